"""From the supervisor's thread into the event loop, and into futures that may be gone already."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from bot.engine.errors import EngineError
from bot.engine.process import wire
from bot.engine.process.supervisor import Link, Listener

T = TypeVar("T")


class Threadsafe:
    """Carries the supervisor's calls into an event loop.

    Args:
        listener: Hears them there.
    """

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self) -> None:
        """Carry them into the event loop that runs now; must be called before the supervisor starts."""
        self._loop = asyncio.get_running_loop()

    def linked(self, link: Link) -> None:
        """See `Listener.linked`."""
        self._call(lambda: self._listener.linked(link))

    def received(self, message: wire.FromEngine) -> None:
        """See `Listener.received`."""
        self._call(lambda: self._listener.received(message))

    def lost(self, reason: str, *, final: bool) -> None:
        """See `Listener.lost`."""
        self._call(lambda: self._listener.lost(reason, final=final))

    def _call(self, function: Callable[[], None]) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop was closed without the engine
                self._loop.call_soon_threadsafe(function)


def resolve(future: asyncio.Future[T], result: T) -> None:
    """Give a future its result, unless it is done."""
    if not future.done():
        future.set_result(result)


def refuse(future: asyncio.Future[T], error: EngineError) -> None:
    """End a future with an error, unless it is done; nobody has to be waiting for it."""
    if not future.done():
        future.set_exception(error)
        future.exception()
