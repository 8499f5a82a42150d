"""The demo from its start to its end: the real bot in a Discord that lives in memory, shown as a page."""

from __future__ import annotations

import asyncio
import contextvars
import signal
import socket
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import simcord

from bot.app import Taleloom, create_bot
from bot.demo import simcord_private
from bot.demo.games import lay_out
from bot.demo.surroundings import page_locale, time_zone
from bot.demo.ticker import Ticker
from bot.demo.world import World, WorldFile, build
from config.settings import Settings

SETTLE_SECONDS = 60.0  # a machine that has more to do must not end the demo

T = TypeVar("T")


class ExternalWait:
    """The bot's seam `wait`, for this world: it must not wait for what the engine takes its time with."""

    def __init__(self) -> None:
        self.env: simcord.Env | None = None
        """The running world; None before and after, when nothing has to settle."""
        self._beside: contextvars.ContextVar[str] = contextvars.ContextVar("beside", default="")

    async def __call__(self, awaitable: Awaitable[T], /) -> T:
        """Await and give the result."""
        if self.env is None or self._beside.get():
            return await awaitable
        result: T = await self.env.external_wait(awaitable, reason="the engine")
        return result

    def beside(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something in a task that the world does not know, so that nobody's action waits for it to end."""
        context = contextvars.Context()
        context.run(self._beside.set, "the world")
        return context.run(asyncio.create_task, work)


@dataclass(frozen=True, kw_only=True, slots=True)
class Demo:
    """What a demo is started with."""

    settings: Settings
    file: WorldFile
    saved: tuple[World, bytes] | None
    """What `file` held; None begins anew."""
    capability: str
    """The secret part of the page's address."""
    channel: str
    listener: Callable[[], socket.socket]
    """Gives the listening socket when the page is about to need it."""
    up: Callable[[str], None] = field(default=lambda _: None)
    """Called with the address when the page is there."""


async def run(demo: Demo) -> None:
    """Run until the page's session is ended or the process is asked to stop.

    Raises:
        TaleloomError: the store, a model or the saved world cannot be used.
    """
    wait = ExternalWait()
    bot = create_bot(demo.settings, wait=wait)
    show = _Show(demo, bot, wait)
    with _stop_signals() as stop:
        try:
            await show.run(stop)
        finally:
            wait.env = None
            await bot.close()


class _Show:
    """One demo on its way."""

    def __init__(self, demo: Demo, bot: Taleloom, wait: ExternalWait) -> None:
        self._demo = demo
        self._bot = bot
        self._wait = wait
        self._env = simcord.Env(bot, settle_timeout=SETTLE_SECONDS)
        if demo.saved:
            demo.file.restore(self._env, demo.saved[1])
        simcord_private.set_clock(self._env, datetime.now(UTC))

    async def run(self, stop: asyncio.Event) -> None:
        demo, env = self._demo, self._env
        self._wait.env = env
        try:
            await simcord_private.start(env)
            world = demo.saved[0] if demo.saved else await self._begin()
            with simcord_private.speaking(world.locales()):
                await self._serve(world, stop)
        finally:
            await env.shutdown()

    async def _begin(self) -> World:
        """Make the world, with a game of each kind in it."""
        world = await build(self._env, self._demo.capability)
        games = self._bot.services.games
        # What the safety layer waits for is no work that the world knows of.
        await self._wait.beside(lay_out(games, world.guild_id, world.channels(self._env), world.people))
        return world

    async def _serve(self, world: World, stop: asyncio.Event) -> None:
        preview = self._page(world)
        ticker = Ticker(self._env, preview, world, self._demo.file)
        ticker.save()
        async with AsyncExitStack() as entered:
            with simcord_private.listening_on(self._demo.listener()):
                await entered.enter_async_context(preview)
            self._demo.up(preview.url)
            ticking = ticker.start()
            showing = self._wait.beside(self._show_games())
            try:
                await _first(ticking, asyncio.create_task(stop.wait()), asyncio.create_task(preview.wait_closed()))
            finally:
                ticking.cancel()
                showing.cancel()
                await asyncio.wait({ticking, showing})
                # From here on nothing has to settle, and the bot is driven from outside.
                self._wait.env = None
                await self._bot.drain(0)
                ticker.save()

    async def _show_games(self) -> None:
        """Show the games that were laid out; those of a saved world are there already."""
        if self._demo.saved is None:
            await self._bot.until_loaded()
            await self._bot.services.mending.mend_all()

    def _page(self, world: World) -> simcord.Preview:
        env = self._env
        preview = env.preview(
            world.channel(env, self._demo.channel),
            viewers=world.members(env),
            layout="channel",
            locale=page_locale(),
            timezone=time_zone(),
        )
        simcord_private.keep_address(preview, world.capability)
        simcord_private.accept_localised_options(env, preview, world.locales())
        simcord_private.queue_actions(env, preview)
        return preview


async def _first(*tasks: asyncio.Task[object]) -> None:
    """Wait until one of the tasks is over; raise what it raised."""
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    for task in done:
        task.result()


@contextmanager
def _stop_signals() -> Iterator[asyncio.Event]:
    """Turn the first Ctrl-C or SIGTERM into an event; a second Ctrl-C interrupts what takes too long to end."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def first() -> None:
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, first)
    try:
        yield stop
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
