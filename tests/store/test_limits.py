"""A bucket never gives more than it holds, to however many at once, and a restart does not fill it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.store import Database, Taken

if TYPE_CHECKING:
    from pathlib import Path

    from tests.store.conftest import Clock

ALLOWED = Taken(allowed=True)


async def test_a_new_bucket_is_full_and_an_empty_one_tells_when_to_come_again(database: Database, clock: Clock) -> None:
    for _ in range(3):
        assert await database.limits.take("user:1", capacity=3, per_second=0.1) == ALLOWED
    refused = await database.limits.take("user:1", capacity=3, per_second=0.1)
    assert refused == Taken(allowed=False, retry_at=clock.time + timedelta(seconds=10))
    assert await database.limits.take("user:2", capacity=3, per_second=0.1) == ALLOWED


async def test_one_token_is_there_at_the_promised_moment_and_no_second(database: Database, clock: Clock) -> None:
    for _ in range(7):
        assert await database.limits.take("user:1", capacity=7, per_second=1 / 7) == ALLOWED
        clock.advance(0.1)
    refused = await database.limits.take("user:1", capacity=7, per_second=1 / 7)
    assert refused.retry_at is not None
    clock.time = refused.retry_at
    assert await database.limits.take("user:1", capacity=7, per_second=1 / 7) == ALLOWED
    assert not (await database.limits.take("user:1", capacity=7, per_second=1 / 7)).allowed


async def test_asking_while_it_is_empty_costs_nothing(database: Database, clock: Clock) -> None:
    await database.limits.take("user:1", capacity=1, per_second=1)
    for _ in range(9):
        clock.advance(0.1)
        assert not (await database.limits.take("user:1", capacity=1, per_second=1)).allowed
    clock.advance(0.1)
    assert await database.limits.take("user:1", capacity=1, per_second=1) == ALLOWED


async def test_a_long_rest_fills_it_to_its_capacity_and_no_further(database: Database, clock: Clock) -> None:
    await database.limits.take("user:1", capacity=2, per_second=1)
    clock.advance(1_000_000)
    taken = [(await database.limits.take("user:1", capacity=2, per_second=1)).allowed for _ in range(3)]
    assert taken == [True, True, False]


async def test_a_clock_that_goes_back_neither_fills_nor_locks_it(database: Database, clock: Clock) -> None:
    start = clock.time
    await database.limits.take("user:1", capacity=2, per_second=1)
    clock.advance(-3600)
    assert await database.limits.take("user:1", capacity=2, per_second=1) == ALLOWED
    refused = await database.limits.take("user:1", capacity=2, per_second=1)
    assert refused.retry_at == start + timedelta(seconds=1)


async def test_a_smaller_capacity_counts_at_once(database: Database) -> None:
    await database.limits.take("user:1", capacity=100, per_second=1)
    taken = [(await database.limits.take("user:1", capacity=2, per_second=1)).allowed for _ in range(3)]
    assert taken == [True, True, False]


async def test_a_token_given_back_can_be_taken_again_and_never_overfills(database: Database) -> None:
    await database.limits.take("user:1", capacity=1, per_second=0.001)
    for _ in range(3):
        await database.limits.give_back("user:1", capacity=1)
    await database.limits.give_back("user:2", capacity=1)
    taken = [(await database.limits.take("user:1", capacity=1, per_second=0.001)).allowed for _ in range(2)]
    assert taken == [True, False]


async def test_twenty_at_once_never_get_more_than_it_holds(database: Database, clock: Clock) -> None:
    taken = await asyncio.gather(
        *(database.limits.take("server:1", capacity=7, per_second=0.1, now=clock.time) for _ in range(20))
    )
    assert sum(one.allowed for one in taken) == 7
    assert all(one.retry_at == clock.time + timedelta(seconds=10) for one in taken if not one.allowed)


async def test_a_restart_does_not_fill_it(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'taleloom.db'}"
    for expected in (True, True, False, False):
        database = await Database.open(url, now=clock)
        assert (await database.limits.take("user:1", capacity=2, per_second=0.001)).allowed is expected
        await database.close()


@pytest.mark.parametrize("capacity", [1, 3])
@given(steps=st.lists(st.floats(0, 3600, allow_nan=False), max_size=25), per_second=st.floats(0.001, 10))
@settings(max_examples=15, deadline=None)
def test_over_any_time_no_more_is_taken_than_it_held_and_gained(
    capacity: int, steps: list[float], per_second: float
) -> None:
    async def main() -> None:
        database = await Database.open("sqlite+aiosqlite://")
        passed, taken = 0.0, 0
        for step in steps:
            passed += step
            now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=passed)
            taken += (await database.limits.take("k", capacity=capacity, per_second=per_second, now=now)).allowed
        gained = (passed - steps[0]) * per_second if steps else 0
        await database.close()
        assert taken <= capacity + gained + 0.01

    asyncio.run(main())
