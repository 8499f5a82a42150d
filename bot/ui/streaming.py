"""A message that grows: at most one edit a second, the newest text wins, the last one always arrives."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Protocol

import aiohttp
import discord
import structlog

log = structlog.get_logger(__name__)

RETRY_SECONDS = (1.0, 2.0, 4.0)  # discord.py has tried five times before; this is for outages of some seconds

UNSENT = (discord.HTTPException, aiohttp.ClientError, OSError)
"""What a call to Discord ends with that did not get through: refused, or lost with the connection."""


class Parts(Protocol):
    """Where parts of a text are put; see `Outlet`."""

    async def put(self, index: int, content: str, view: discord.ui.View | None) -> None:
        """Send or edit a part."""
        ...

    async def drop_after(self, count: int) -> None:
        """Delete the parts beyond the first `count`."""
        ...


class GrowingMessage:
    """Shows one text as it grows, over as many messages as it needs.

    Args:
        parts: Where it is shown.
        edit_seconds: Shortest time between two edits.
        before: How many messages there are already, whose text makes way for this one.
        clock: Seconds from any start.
        retry_seconds: Waits between the tries of the last edit.
    """

    def __init__(
        self,
        parts: Parts,
        *,
        edit_seconds: float,
        before: int = 0,
        clock: Callable[[], float] = time.perf_counter,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
    ) -> None:
        self._parts = parts
        self._edit_seconds = edit_seconds
        self._clock = clock
        self._retry_seconds = tuple(retry_seconds)
        self._shown: list[tuple[str, discord.ui.View | None]] = [("", None)] * before
        self._edited_at = -edit_seconds
        self.gone = False
        """The message was deleted, or may not be edited any more: nothing more needs to be shown there."""

    def due(self) -> bool:
        """Say whether an edit may be made now; asked before a frame is drawn at all."""
        return not self.gone and self._clock() - self._edited_at >= self._edit_seconds

    async def frame(self, contents: Sequence[str], view: discord.ui.View | None) -> None:
        """Show the text as it stands, if that is due and says something new. A failure waits for the next frame."""
        if not self.due():
            return
        try:
            await self._show(contents, view)
        except UNSENT as error:
            self._failed(error)

    async def finish(self, contents: Sequence[str], view: discord.ui.View | None) -> bool:
        """Show the last state; False if that could not be done."""
        for wait in (*self._retry_seconds, None):
            if self.gone:
                return False
            await self._until_due()
            try:
                await self._show(contents, view)
            except UNSENT as error:
                self._failed(error)
                if wait is not None and not self.gone:
                    await asyncio.sleep(wait)
            else:
                return True
        return False

    async def _until_due(self) -> None:
        rest = self._edit_seconds - (self._clock() - self._edited_at)
        if rest > 0:
            await asyncio.sleep(rest)
            # A sleep ends early where the event loop has another clock than this one.
            await self._until_due()

    async def _show(self, contents: Sequence[str], view: discord.ui.View | None) -> None:
        for index, content in enumerate(contents):
            part = (content, view if index == len(contents) - 1 else None)
            if index < len(self._shown) and self._same(self._shown[index], part):
                continue
            self._edited_at = self._clock()
            await self._parts.put(index, *part)
            self._shown[index : index + 1] = [part]
        if len(self._shown) > len(contents):
            await self._parts.drop_after(len(contents))
            del self._shown[len(contents) :]
        self._edited_at = self._clock()

    @staticmethod
    def _same(one: tuple[str, discord.ui.View | None], other: tuple[str, discord.ui.View | None]) -> bool:
        return one[0] == other[0] and one[1] is other[1]

    def _failed(self, error: Exception) -> None:
        self._edited_at = self._clock()
        self.gone = isinstance(error, discord.NotFound | discord.Forbidden)
        log.warning("message not shown", error=str(error) or type(error).__name__)
