"""Somebody who asks is answered in time, and what they asked for is done once."""

from __future__ import annotations

import asyncio

import pytest

from bot.ui import asked
from bot.ui.asked import in_time


class Work:
    def __init__(self, seconds: float) -> None:
        self.begun = self.done = self.acknowledged = 0
        self._seconds = seconds

    async def __call__(self) -> str:
        self.begun += 1
        await asyncio.sleep(self._seconds)
        self.done += 1
        return "done"

    async def acknowledge(self) -> None:
        self.acknowledged += 1


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "ANSWER_SECONDS", 0.05)


@pytest.mark.parametrize(("seconds", "acknowledged"), [(0.0, 0), (0.2, 1)])
async def test_what_takes_long_is_acknowledged_and_not_begun_again(seconds: float, acknowledged: int) -> None:
    work = Work(seconds)
    assert await in_time(work, work.acknowledge) == "done"
    assert (work.begun, work.done, work.acknowledged) == (1, 1, acknowledged)


async def test_what_nobody_waits_for_any_more_is_broken_off() -> None:
    work = Work(60)
    waiting = asyncio.create_task(in_time(work, work.acknowledge))
    await asyncio.sleep(0.1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.sleep(0)
    assert (work.begun, work.done) == (1, 0)


async def test_what_was_done_is_not_lost_where_it_cannot_be_acknowledged() -> None:
    work = Work(0.1)

    async def fails() -> None:
        await asyncio.sleep(0.2)
        raise ConnectionResetError

    assert await in_time(work, fails) == "done"
