"""What keeps the demo's world going."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import discord
import pytest
import simcord
from discord.ext import commands

from bot.demo import simcord_private
from bot.demo.ticker import Ticker
from bot.demo.world import World, WorldFile, build


class Scene:
    """A world with its page and its ticker."""

    def __init__(self, env: simcord.Env, world: World, folder: Path) -> None:
        self.env = env
        self.member = world.members(env)[1]
        self.channel = world.channel(env, "stories")
        self.preview = env.preview(self.channel, viewers=[self.member], layout="channel")
        self.file = WorldFile(folder / "world.json")
        self.ticker = Ticker(env, self.preview, world, self.file)

    async def shown(self) -> str:
        return str((await self.preview.snapshot())["messages"])


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    env = simcord.Env(commands.Bot(commands.when_mentioned, intents=discord.Intents(guilds=True)))
    simcord_private.set_clock(env, datetime.now(UTC) - timedelta(minutes=10))
    await env.start()
    made = Scene(env, await build(env, "secret"), tmp_path)
    async with made.preview:
        yield made
    await env.shutdown()


async def test_the_clock_follows_the_wall_clock(scene: Scene) -> None:
    before = datetime.now(UTC)
    await scene.ticker.tick()
    assert before <= scene.env.now() <= datetime.now(UTC)


async def test_what_happened_is_published_and_saved_and_nothing_is_done_without_need(scene: Scene) -> None:
    await scene.ticker.tick()
    revision = scene.preview._pages["python"].revision
    await scene.ticker.tick()
    assert scene.preview._pages["python"].revision == revision
    await scene.member.send(scene.channel, "Something new")
    await scene.ticker.tick()
    assert scene.preview._pages["python"].revision > revision
    scene.ticker.save()
    saved = scene.file.load()
    assert saved
    assert b"Something new" in saved[1]


async def test_a_tick_that_meets_an_action_is_made_up_for_by_the_next(scene: Scene) -> None:
    await scene.member.send(scene.channel, "Something new")
    await scene.ticker.tick()
    revision = scene.preview._pages["python"].revision
    await scene.member.send(scene.channel, "Something newer")
    other = asyncio.create_task(asyncio.sleep(0))
    scene.env._operation_task = other
    await scene.ticker.tick()
    assert scene.preview._pages["python"].revision == revision
    scene.env._operation_task = None
    await scene.ticker.tick()
    assert scene.preview._pages["python"].revision > revision
    await other


async def test_a_full_disk_does_not_stop_the_clock(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(WorldFile, "save", full)
        await scene.ticker.tick()
        scene.ticker.save()
        assert scene.file.load() is None
    scene.ticker.save()
    assert scene.file.load()


async def test_it_ticks_until_it_is_cancelled(scene: Scene) -> None:
    task = scene.ticker.start()
    async with asyncio.timeout(30):
        while scene.file.load() is None:
            await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
