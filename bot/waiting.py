"""The one seam that a test world needs: how the bot waits for what happens outside the event loop."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Wait(Protocol):
    """Awaits something that another thread or process will finish.

    On Discord this is `plain_wait`. A Discord in memory must know whether the bot has settled, and puts its own here.
    """

    async def __call__(self, awaitable: Awaitable[T], /) -> T:
        """Await and give the result."""
        ...


async def plain_wait(awaitable: Awaitable[T], /) -> T:
    """Await, and nothing else."""
    return await awaitable
