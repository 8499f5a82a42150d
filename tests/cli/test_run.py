"""`python -m bot run`, as an operator runs it: a process of its own, against a Discord on this machine."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.cli import heartbeat, run
from bot.engine.models.library import ModelLibrary
from bot.engine.models.profiles import ModelProfile
from bot.engine.models.registry import EMBEDDED, PREFERRED, Registered
from tests.cli.discord_server import TOKEN, DiscordServer, discord_server
from tests.conftest import CHECKPOINTS

ROOT = Path(__file__).parents[2]


class RunningBot:
    """The process, and what it has said so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said = ""

    async def until(self, words: str) -> None:
        assert self.process.stderr
        async with asyncio.timeout(90):
            while words not in self.said:
                line = await self.process.stderr.readline()
                assert line, f"the bot ended without saying {words!r}:\n{self.said}"
                self.said += line.decode()

    async def end(self) -> int:
        assert self.process.stderr
        async with asyncio.timeout(90):
            self.said += (await self.process.stderr.read()).decode()
            return await self.process.wait()


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with discord_server() as running:
        yield running


@asynccontextmanager
async def bot_process(server: DiscordServer, folder: Path, **environment: str) -> AsyncIterator[RunningBot]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TALELOOM_", "DISCORD_"))}
    settings = {"TALELOOM_DATA_DIR": str(folder / "data"), "TALELOOM_CACHE_DIR": str(folder / "cache")}
    process = await asyncio.create_subprocess_exec(
        *server.program,
        "run",
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), **settings, **environment},
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield RunningBot(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_without_a_token_one_sentence_says_where_to_get_one(server: DiscordServer, tmp_path: Path) -> None:
    async with bot_process(server, tmp_path) as bot:
        assert await bot.end() == 1
    assert bot.said.count("\n") == 1
    assert "discord.com/developers" in bot.said
    assert "`make demo`" in bot.said


async def test_a_token_that_discord_does_not_know_is_one_sentence(
    server: DiscordServer, tmp_path: Path, exported_tiny: Path
) -> None:
    wrong = TOKEN.replace("abc", "xyz")
    async with bot_process(server, tmp_path, DISCORD_TOKEN=wrong, TALELOOM_MODEL=str(exported_tiny)) as bot:
        assert await bot.end() == 1
    assert "Discord does not know this token." in bot.said
    assert "Traceback" not in bot.said
    assert wrong not in bot.said


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (4004, "Discord does not know this token. Make a new one"),
        (4011, "Leave TALELOOM_SHARDS out or set it higher"),
        (4012, "Discord cannot be reached: it closed the connection with code 4012."),
    ],
)
async def test_what_discord_ends_for_good_while_the_bot_runs_is_one_sentence(
    server: DiscordServer, tmp_path: Path, exported_tiny: Path, code: int, said: str
) -> None:
    async with bot_process(server, tmp_path, DISCORD_TOKEN=TOKEN, TALELOOM_MODEL=str(exported_tiny)) as bot:
        await bot.until('"event": "ready"')
        await server.close(code)
        assert await bot.end() == 1
    assert said in bot.said
    assert "Traceback" not in bot.said


async def test_no_way_to_discord_is_one_sentence(tmp_path: Path, exported_tiny: Path) -> None:
    nobody = DiscordServer()
    nobody.url = "http://127.0.0.1:9"
    async with bot_process(nobody, tmp_path, DISCORD_TOKEN=TOKEN, TALELOOM_MODEL=str(exported_tiny)) as bot:
        assert await bot.end() == 1
    assert "Discord cannot be reached: " in bot.said
    assert "Traceback" not in bot.said


async def test_all_wrong_settings_are_named_at_once(server: DiscordServer, tmp_path: Path) -> None:
    wrong = {"TALELOOM_LIMITS__QUEUE": "many", "TALELOOM_LOG__LEVEL": "loud"}
    async with bot_process(server, tmp_path, DISCORD_TOKEN=TOKEN, **wrong) as bot:
        assert await bot.end() == 1
    assert bot.said.count("\n") == 1
    assert "TALELOOM_LIMITS__QUEUE" in bot.said
    assert "TALELOOM_LOG__LEVEL" in bot.said


async def test_a_model_that_does_not_fit_is_refused_before_anything_connects(
    server: DiscordServer, tmp_path: Path, exported_tiny: Path
) -> None:
    huge = {"TALELOOM_MODEL": str(exported_tiny), "TALELOOM_ENGINE__CACHE_MB": "262144"}
    async with bot_process(server, tmp_path, DISCORD_TOKEN=TOKEN, **huge) as bot:
        assert await bot.end() == 1
    assert "MB are free" in bot.said
    assert server.identified == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_stop_signal_ends_a_running_bot_with_status_0(
    server: DiscordServer, tmp_path: Path, exported_tiny: Path, number: signal.Signals
) -> None:
    async with bot_process(server, tmp_path, DISCORD_TOKEN=TOKEN, TALELOOM_MODEL=str(exported_tiny)) as bot:
        await bot.until('"event": "ready"')
        bot.process.send_signal(number)
        assert await bot.end() == 0
    assert sorted(server.identified) == [[0, 2], [1, 2]], "as many shards as Discord recommends"
    for fact in ("Taleloom", str(exported_tiny), "MB free", str(tmp_path / "data"), "permissions=", '"stopped"'):
        assert fact in bot.said
    assert TOKEN not in bot.said
    assert "Traceback" not in bot.said


async def test_a_running_bot_leaves_a_sign_of_life(server: DiscordServer, tmp_path: Path, exported_tiny: Path) -> None:
    async with bot_process(server, tmp_path, DISCORD_TOKEN=TOKEN, TALELOOM_MODEL=str(exported_tiny)) as bot:
        await bot.until('"event": "ready"')
        assert (tmp_path / "data" / heartbeat.NAME).exists()
        bot.process.send_signal(signal.SIGTERM)
        assert await bot.end() == 0


async def test_a_story_that_is_being_written_ends_with_what_it_has_when_the_bot_is_stopped(
    server: DiscordServer, tmp_path: Path, exported_tiny: Path
) -> None:
    settings = {"TALELOOM_MODEL": str(exported_tiny), "TALELOOM_SHUTDOWN_SECONDS": "0"}
    async with bot_process(server, tmp_path, DISCORD_TOKEN=TOKEN, **settings) as bot:
        await bot.until('"event": "ready"')
        await server.interact("write", prompt="Once upon a time there was a fisherman", length=400)
        await server.until("writing…")
        bot.process.send_signal(signal.SIGTERM)
        assert await bot.end() == 0
    assert "Stopped." in server.contents[-1]
    assert "writing…" not in server.contents[-1]
    assert len(server.contents[-1]) > 60


async def test_its_owner_ends_the_bot_as_a_stop_signal_does(
    server: DiscordServer, tmp_path: Path, exported_tiny: Path
) -> None:
    settings = {"TALELOOM_MODEL": str(exported_tiny), "TALELOOM_SHUTDOWN_SECONDS": "0"}
    async with bot_process(server, tmp_path, DISCORD_TOKEN=TOKEN, **settings) as bot:
        await bot.until('"event": "ready"')
        await server.interact("write", prompt="Once upon a time there was a fisherman", length=400)
        await server.until("writing…")
        await server.interact("admin stop")
        await server.until("**End the bot?**")
        await server.press("End it")
        assert await bot.end() == 0
    assert "The bot is stopping." in "".join(server.contents)
    assert any("Stopped." in content for content in server.contents)
    assert '"stopped"' in bot.said
    assert "Traceback" not in bot.said
    assert "never retrieved" not in bot.said


async def test_a_second_signal_does_not_wait_for_the_text(
    server: DiscordServer, tmp_path: Path, exported_tiny: Path
) -> None:
    settings = {"TALELOOM_MODEL": str(exported_tiny), "TALELOOM_SHUTDOWN_SECONDS": "600"}
    async with bot_process(server, tmp_path, DISCORD_TOKEN=TOKEN, **settings) as bot:
        await bot.until('"event": "ready"')
        await server.interact("write", prompt="Once upon a time there was a fisherman", length=400)
        await server.until("writing…")
        bot.process.send_signal(signal.SIGTERM)
        await bot.until('"event": "stopping"')
        bot.process.send_signal(signal.SIGTERM)
        assert await bot.end() == 0
    assert "Traceback" not in bot.said


def registered(name: str, location: Path | str, source: str = "folder") -> Registered:
    return Registered(ModelProfile(name=name, source=source, location=str(location), one_line="For tests."))


@pytest.fixture
def library(tmp_path: Path, exported_tiny: Path) -> ModelLibrary:
    """A library whose embedded model is here, and whose GPT-2 would come from the hub."""
    registry = {EMBEDDED: registered(EMBEDDED, exported_tiny), PREFERRED: registered(PREFERRED, "no/where", "hub")}
    return ModelLibrary(tmp_path / "models", registry=registry, hub_cache=tmp_path / "hub")


def chosen_because(library: ModelLibrary) -> str:
    with capture_logs() as logs:
        assert run.choose_model(library, None) == EMBEDDED
    (entry,) = logs
    return str(entry["reason"])


def test_the_model_that_was_set_is_taken_and_made_ready(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checkpoint = str(CHECKPOINTS / "gpt2-tiny")
    assert run.choose_model(ModelLibrary(tmp_path), checkpoint) == checkpoint
    assert capsys.readouterr().err.endswith(f"{checkpoint} is ready.\n")
    assert ModelLibrary(tmp_path).ready(checkpoint)


def test_gpt2_is_the_default_where_it_is_ready(tmp_path: Path, exported_tiny: Path) -> None:
    registry = {PREFERRED: registered(PREFERRED, exported_tiny)}
    assert run.choose_model(ModelLibrary(tmp_path, registry=registry), None) == PREFERRED


def test_without_torch_the_embedded_model_writes(library: ModelLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "can_export", lambda: False)
    assert "make setup" in chosen_because(library)


def test_without_the_hub_the_embedded_model_writes(library: ModelLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "reachable", lambda: False)
    assert "does not answer" in chosen_because(library)


def test_where_the_hub_answers_but_gives_nothing_the_embedded_model_writes(
    library: ModelLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(library, "reachable", lambda: True)
    assert chosen_because(library).startswith(f"The model {PREFERRED} is not available: ")
