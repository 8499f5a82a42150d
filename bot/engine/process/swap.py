"""Lets one model in where memory is short: texts of the others end first, and new ones of theirs wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.waiting import Wait


class Swap:
    """One at a time.

    Args:
        wait: How to await what others do.
    """

    def __init__(self, wait: Wait) -> None:
        self._wait = wait
        self._turn = asyncio.Lock()
        self._over = asyncio.Event()
        self._freed = asyncio.Event()
        self._favoured: str | None = None

    @asynccontextmanager
    async def favour(self, name: str) -> AsyncIterator[None]:
        """Let a model in for as long as the context lasts."""
        await self._wait(self._turn.acquire())
        try:
            self._favoured = name
            self._over.clear()
            yield
        finally:
            self._favoured = None
            self._over.set()
            self._turn.release()

    def favours(self, name: str) -> bool:
        """Tell whether a model is the one that is let in."""
        return self._favoured == name

    async def passed(self, name: str) -> None:
        """Wait while another model is let in."""
        while self._favoured not in {None, name}:
            await self._wait(self._over.wait())

    def freed(self) -> None:
        """Note that a text has ended."""
        self._freed.set()

    async def until_freed(self) -> None:
        """Wait until a text ends."""
        self._freed.clear()
        await self._wait(self._freed.wait())
