"""A Discord in memory with the bot in it, and people who act."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import discord
import simcord
import simcord.interactions

from bot.app import Taleloom, create_bot
from bot.demo import simcord_private
from bot.demo.runner import ExternalWait
from bot.engine.models.library import ModelLibrary
from bot.ids import MessageId
from bot.waiting import Wait
from config.settings import LimitSettings, Settings, StreamSettings
from tests.fake_engine import FakeEngine

T = TypeVar("T")

SETTLE_SECONDS = 60.0  # a busy machine must not fail a test
AFTER = ["Continue", "Retry", "Undo", "Edit"]
"""The buttons beneath a turn that nothing lies beside or behind."""

QUICK = StreamSettings.model_construct(edit_seconds=0.0, interaction_minutes=13.0)
GENEROUS = LimitSettings(user_burst=1000, user_per_minute=1000, server_burst=1000, server_per_minute=1000)


def quick_settings(**changes: Any) -> Settings:
    """Settings for tests: a store in memory, edits without pause, limits that nobody meets."""
    usual = {
        "database_url": "sqlite+aiosqlite://",
        "limits": GENEROUS,
        "model": "smollm2-135m",
        "safety": {"classifier": "none"},
    }
    values: dict[str, Any] = usual | changes
    return Settings(**values).model_copy(update={"stream": values.get("stream", QUICK)})


@dataclass
class World:
    """A server with a channel, a writer, a guest, and an admin."""

    env: simcord.Env
    bot: Taleloom
    engine: FakeEngine
    guild: Any
    channel: Any
    writer: Any
    guest: Any
    admin: Any
    settings: Settings
    locales: dict[int, str] = field(default_factory=dict)

    async def write(self, prompt: str, *, who: Any = None, channel: Any = None, **options: Any) -> Any:
        """Type /write and wait until the story is there."""
        result = await self.begin(prompt, who=who, channel=channel, **options)
        await self.written()
        return result

    async def begin(self, prompt: str, *, who: Any = None, channel: Any = None, **options: Any) -> Any:
        """Type /write; gives control back as soon as the bot waits for its engine."""
        return await (who or self.writer).slash(channel or self.channel, "write", prompt=prompt, **options)

    async def click(self, message: Any, label: str, who: Any = None) -> Any:
        """Press a button and wait until what it began is there."""
        result = await (who or self.writer).click(message, label=label)
        await self.written()
        return result

    async def written(self) -> None:
        """Wait until nothing is being written any more."""
        for _ in range(2000):
            if not self.bot.services.presenter.busy:
                break
            await asyncio.sleep(0.005)
        else:
            raise AssertionError("something is still being written")
        await self.env.settle()

    def last(self, channel: Any = None) -> discord.Message:
        """Give the newest message."""
        message: discord.Message = (channel or self.channel).history()[-1]
        return message

    def texts(self, channel: Any = None) -> list[str]:
        """Give what the messages say, oldest first."""
        return [message.content for message in (channel or self.channel).history()]

    async def delete_story(self, message: discord.Message) -> None:
        """Delete the story that a message shows, without changing the message."""
        stories = self.bot.services.store.stories
        turn = await stories.turn_of_message(MessageId(message.id))
        assert turn
        assert await stories.delete(turn.story_id)

    async def restart(self, away_minutes: float = 0) -> None:
        """Stop the bot and start another with the same store, at once or after a while."""
        engine = self.engine
        await self.bot.close()
        if away_minutes:
            self.env.backend.advance_clock(away_minutes * 60)
        self.engine = FakeEngine(wait=self._wait, script=engine.script)
        self.bot = create_bot(self.settings, wait=self._wait, engine_factory=self._engine, now=self.env.now)
        await self.env.restart_bot(self.bot)
        await self.env.settle()

    async def _wait(self, awaitable: Awaitable[T], /) -> T:
        result: T = await self.env.external_wait(awaitable, reason="the engine")
        return result

    def _engine(self, _: ModelLibrary, __: Settings, ___: Wait) -> FakeEngine:
        return self.engine


@asynccontextmanager
async def open_world(
    settings: Settings | None = None, engine: FakeEngine | None = None, **configuration: Any
) -> AsyncIterator[World]:
    """Open a world; leaving it fails if the bot has raised an error that nobody answered.

    Args:
        settings: Those of the bot.
        engine: What writes.
        configuration: `load` and `config_dir` of `create_bot`.
    """
    settings = settings or quick_settings()
    world = World.__new__(World)
    world.settings, world.locales = settings, {}
    world.engine = engine or FakeEngine()
    world.engine._wait = world._wait
    # The environment does not exist before the bot does, and the bot's clock is the environment's.
    world.bot = create_bot(
        settings, wait=world._wait, engine_factory=world._engine, now=lambda: world.env.now(), **configuration
    )
    world.env = simcord.Env(world.bot, settle_timeout=SETTLE_SECONDS)
    await simcord_private.start(world.env)
    try:
        world.guild = world.env.create_guild("Story Club")
        world.channel = world.guild.create_text_channel("stories")
        world.writer = world.guild.add_member(world.env.create_user("writer"))
        world.guest = world.guild.add_member(world.env.create_user("guest"))
        manager = world.guild.create_role(
            "Managers", permissions=discord.Permissions(manage_guild=True, manage_messages=True)
        )
        world.admin = world.guild.add_member(world.env.create_user("admin"), roles=[manager])
        yield world
        world.env.raise_errors()
    finally:
        world.engine.go_on()
        await world.bot.close()  # simcord only detaches it
        await world.env.shutdown()


@dataclass
class RealWorld:
    """A server with a channel and a writer, and a bot whose engine runs a real model in its own process."""

    env: simcord.Env
    bot: Taleloom
    channel: Any
    writer: Any
    guest: Any

    async def written(self) -> None:
        """Wait until nothing is being written any more."""
        while self.bot.services.presenter.busy:
            await asyncio.sleep(0.01)
        await self.env.settle()


@asynccontextmanager
async def open_real_world(model: Path, cache: Path) -> AsyncIterator[RealWorld]:
    """Open a world with a model's folder; what is made of it goes to the cache."""
    wait = ExternalWait()
    bot = create_bot(quick_settings(model=str(model), cache_dir=cache, engine={"cache_mb": 64}), wait=wait)
    env = wait.env = simcord.Env(bot, settle_timeout=SETTLE_SECONDS)
    await simcord_private.start(env)
    try:
        guild = env.create_guild("Story Club")
        channel = guild.create_text_channel("stories")
        people = [guild.add_member(env.create_user(name)) for name in ("writer", "guest")]
        yield RealWorld(env, bot, channel, *people)
    finally:
        wait.env = None
        await bot.close()
        await env.shutdown()


@asynccontextmanager
async def speaking(world: World, who: Any, locale: str) -> AsyncIterator[None]:
    """Give a member another language; simcord knows English alone."""
    payload = simcord.interactions.base_payload

    def localised(*args: Any, user_id: int, **kwargs: Any) -> Any:
        record, data = payload(*args, user_id=user_id, **kwargs)
        if user_id == who.id:
            data["locale"] = locale
        return record, data

    simcord.interactions.base_payload = localised
    try:
        yield
    finally:
        simcord.interactions.base_payload = payload
