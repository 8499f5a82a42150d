"""The demo in this process: the real bot with a small model, driven by what the page sends."""

from __future__ import annotations

import asyncio
import signal
import socket
import urllib.request
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.cli.demo import demo_settings
from bot.demo.errors import WorldUnreadableError
from bot.demo.runner import Demo, run
from bot.demo.world import CHINESE, World, WorldFile
from bot.ui.texts import Texts
from config.settings import Settings


class Client:
    """A page without a browser."""

    def __init__(self, address: str, session: aiohttp.ClientSession) -> None:
        self._base, _, capability = address.partition("/#")
        self._session = session
        self._headers = {"X-Simcord-Capability": capability}
        self._sequence = 0

    async def open(self, viewer: int) -> None:
        async with self._session.post(
            f"{self._base}/api/pages", headers=self._headers, json={"viewer_id": str(viewer)}
        ) as answer:
            self._headers["X-Simcord-Context"] = (await answer.json())["context"]["id"]

    async def state(self) -> dict[str, Any]:
        async with self._session.get(f"{self._base}/api/state", headers=self._headers) as answer:
            return dict(await answer.json())

    async def commands(self) -> dict[str, dict[str, Any]]:
        async with self._session.get(f"{self._base}/api/commands", headers=self._headers) as answer:
            return {entry["path"][-1]: entry for entry in (await answer.json())["entries"]}

    async def act(self, kind: str, **body: object) -> dict[str, Any]:
        state, self._sequence = await self.state(), self._sequence + 1
        action = {
            "protocol_version": 3,
            "sequence": self._sequence,
            "request_id": str(self._sequence),
            "generation": state["context"]["generation"],
            "bot_generation": state["botGeneration"],
            "published_revision": state["publishedRevision"],
            "kind": kind,
            **body,
        }
        async with self._session.post(f"{self._base}/api/action", headers=self._headers, json=action) as answer:
            return dict(await answer.json())

    async def run(self, name: str, **options: object) -> dict[str, Any]:
        entry = (await self.commands())[name]
        return await self.act(
            "run_command",
            command_id=entry["commandId"],
            path=entry["path"],
            schema_fingerprint=entry["schemaFingerprint"],
            options=options,
        )

    async def sees(self, text: str) -> None:
        while text not in str((await self.state())["messages"]):
            await asyncio.sleep(0.05)


class Running:
    """A demo that runs in this process."""

    def __init__(self, folder: Path, model: Path) -> None:
        self.file = WorldFile(folder / "world.json")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._up: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        settings = Settings(data_dir=folder, cache_dir=folder / "cache", model=str(model), engine={"cache_mb": 64})
        demo = Demo(
            settings=demo_settings(settings),
            file=self.file,
            saved=self.file.load(),
            capability="secret",
            channel="stories",
            listener=lambda: self._listener,
            up=self._up.set_result,
        )
        self.task = asyncio.create_task(run(demo))

    async def address(self) -> str:
        awaited: set[asyncio.Future[Any]] = {self.task, self._up}
        await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
        if self.task.done():
            self._listener.close()
            await self.task
        return await self._up

    @property
    def world(self) -> World:
        saved = self.file.load()
        assert saved
        return saved[0]

    async def end(self) -> None:
        """Do what SIGTERM does; a real one, which `test_page.py` sends to a process of its own, may end the tests."""
        if not self.task.done():
            handlers: Any = vars(asyncio.get_running_loop())["_signal_handlers"]
            handlers[signal.SIGTERM]._run()
        await self.task


@pytest.mark.parametrize("person", ["bob", "mei"])
async def test_a_story_is_written_and_is_there_after_a_restart(
    tmp_path: Path, exported_tiny: Path, person: str
) -> None:
    async with asyncio.timeout(120), aiohttp.ClientSession() as session:
        first = Running(tmp_path, exported_tiny)
        page = Client(await first.address(), session)
        await page.open(first.world.people[person])
        speak = Texts().speak(CHINESE if person == "mei" else "en-US")
        names = {speak.name("option", "prompt"): "Once upon a time there was", speak.name("option", "length"): "40"}
        answer = await page.run("write", **names)
        assert answer["settlement"] == "settled", answer
        await page.sees(speak("Retry"))
        messages = (await page.state())["messages"]
        await first.end()

        second = Running(tmp_path, exported_tiny)
        again = Client(await second.address(), session)
        await again.open(second.world.people[person])
        found = (await again.state())["messages"]
        assert messages.keys() == found.keys()
        await second.end()


async def test_the_clock_is_todays_and_what_is_said_is_saved_as_it_is_said(tmp_path: Path, exported_tiny: Path) -> None:
    async with asyncio.timeout(120), aiohttp.ClientSession() as session:
        demo = Running(tmp_path, exported_tiny)
        page = Client(await demo.address(), session)
        await page.open(demo.world.people["cleo"])
        answer = await page.act("send_message", content="A word of mine")
        assert answer["settlement"] == "settled", answer
        while b"A word of mine" not in _content(demo.file):
            await asyncio.sleep(0.05)
        await page.act("close")
        await demo.task


def _content(file: WorldFile) -> bytes:
    saved = file.load()
    return saved[1] if saved else b""


async def test_a_damaged_world_ends_the_demo_with_one_sentence(tmp_path: Path, exported_tiny: Path) -> None:
    async with asyncio.timeout(120):
        demo = Running(tmp_path, exported_tiny)
        await demo.address()
        await demo.end()
        path = tmp_path / "world.json"
        path.write_text(path.read_text().replace('"frozen": "', '"frozen": "AAAA'))
        with pytest.raises(WorldUnreadableError, match="--reset"):
            await Running(tmp_path, exported_tiny).address()


async def test_the_page_answers_on_this_machine_alone_and_only_with_the_secret(
    tmp_path: Path, exported_tiny: Path
) -> None:
    async with asyncio.timeout(120), aiohttp.ClientSession() as session:
        demo = Running(tmp_path, exported_tiny)
        base, _, capability = (await demo.address()).partition("/#")
        assert base.startswith("http://127.0.0.1:")
        assert capability == "secret"
        for headers in ({"X-Simcord-Capability": "guess"}, {"X-Simcord-Capability": capability, "Host": "example.org"}):
            async with session.post(f"{base}/api/pages", headers=headers, json={}) as answer:
                assert answer.status in {401, 403}
        await demo.end()
    with pytest.raises(OSError, match="refused"):
        await asyncio.to_thread(urllib.request.urlopen, base)
