"""Keeps the demo's world going: its clock follows the wall clock, its page what happens, its file both."""

from __future__ import annotations

import asyncio
import contextvars
import time
from datetime import UTC, datetime

import simcord
import structlog

from bot.demo import simcord_private
from bot.demo.world import World, WorldFile

TICK_SECONDS = 0.5
SAVING_SHARE = 0.05  # of the time; a world of a thousand messages takes 9 ms, and more are saved less often

log = structlog.get_logger(__name__)


class Ticker:
    """Ticks for as long as the page is open.

    Args:
        env: The running world.
        preview: Its page.
        world: What is saved beside the world's content.
        file: Where it is saved.
    """

    def __init__(self, env: simcord.Env, preview: simcord.Preview, world: World, file: WorldFile) -> None:
        self._env = env
        self._preview = preview
        self._world = world
        self._file = file
        self._unpublished = False
        self._unsaved = False
        self._save_at = 0.0

    def start(self) -> asyncio.Task[None]:
        """Tick in a task of its own, until that is cancelled."""
        # In an empty context, so that the world does not take this for the bot's work and wait for it to end.
        return contextvars.Context().run(asyncio.create_task, self._run())

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            await self.tick()

    async def tick(self) -> None:
        """Bring clock, page and file up to date; what is in use by a person's action waits for the next tick."""
        try:
            behind = (datetime.now(UTC) - self._env.now()).total_seconds()
            if behind > 0:
                await self._env.advance_time(behind)
            if simcord_private.take_changes(self._env):
                self._unpublished = self._unsaved = True
            if self._unpublished:
                await self._preview.refresh()
                self._unpublished = False
        except (simcord.SetupError, TimeoutError) as error:
            log.debug("tick put off", reason=str(error))
        if self._unsaved and time.perf_counter() >= self._save_at:
            self.save()

    def save(self) -> None:
        """Write the world down; a disk that is full costs the page nothing."""
        began = time.perf_counter()
        try:
            self._file.save(self._env, self._world)
            self._unsaved = False
        except OSError as error:
            log.warning("world not saved", reason=str(error))
        now = time.perf_counter()
        self._save_at = now + (now - began) / SAVING_SHARE
