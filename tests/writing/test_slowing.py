"""Whoever is refused again and again waits, longer each time, and a moderator can end it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ids import ChannelId, GuildId, UserId
from bot.store import Database
from bot.store.safety_events import SafetyEvent
from bot.writing.slowing import Brake, ShutOutError, SlowedError, Slowing, Wait, wait_after
from tests.store.conftest import Clock

ADA, BEN = UserId(11), UserId(12)
HERE, THERE = GuildId(21), GuildId(22)
RULE = Slowing()
NOON = Clock().time
MINUTE = timedelta(minutes=1)


def test_nobody_waits_for_a_few_refusals() -> None:
    assert wait_after([], NOON, RULE) is None
    assert wait_after([NOON] * 4, NOON, RULE) is None
    assert wait_after([NOON + 3 * number * MINUTE for number in range(8)], NOON + 21 * MINUTE, RULE) is None


@pytest.mark.parametrize(("count", "minutes"), [(5, 1), (6, 2), (7, 4), (8, 8), (9, 10)])
def test_the_fifth_refusal_in_ten_minutes_makes_one_wait_and_each_further_one_twice_as_long(
    count: int, minutes: int
) -> None:
    until = NOON + minutes * MINUTE
    assert wait_after([NOON] * count, NOON, RULE) == Wait(until, shut_out=False)
    assert wait_after([NOON] * count, until, RULE) is None


def test_the_tenth_refusal_in_an_hour_shuts_out_for_an_hour_after_it() -> None:
    times = [NOON + 6 * number * MINUTE for number in range(10)]
    assert wait_after(times, times[-1], RULE) == Wait(times[-1] + 60 * MINUTE, shut_out=True)
    assert wait_after(times, times[-1] + 60 * MINUTE, RULE) is None
    spread = [NOON + 7 * number * MINUTE for number in range(10)]
    assert wait_after(spread, spread[-1], RULE) is None


@given(st.lists(st.integers(0, 200), max_size=15).map(sorted), st.integers(0, 400))
def test_no_wait_is_longer_than_the_rule_says_and_old_refusals_do_not_matter(minutes: list[int], later: int) -> None:
    times = [NOON + minute * MINUTE for minute in minutes]
    now = NOON + (max(minutes, default=0) + later) * MINUTE
    wait = wait_after(times, now, RULE)
    assert wait is None or now < wait.until <= times[-1] + RULE.shut_out
    assert wait == wait_after([at for at in times if at >= now - RULE.looked_back], now, RULE)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(clock: Clock) -> AsyncIterator[Database]:
    opened = await Database.open("sqlite+aiosqlite://", now=clock)
    yield opened
    await opened.close()


@pytest.fixture
def brake(store: Database, clock: Clock) -> Brake:
    return Brake(store.safety_events, now=clock)


async def refuse(store: Database, count: int, user: UserId = ADA, guild: GuildId | None = HERE) -> None:
    for _ in range(count):
        await store.safety_events.add(
            SafetyEvent(
                guild_id=guild,
                channel_id=ChannelId(31),
                user_id=user,
                of_model=False,
                category="slur",
                severity=3,
                action="block",
                source="word",
                rule="a word",
            )
        )


async def test_a_person_waits_in_the_server_of_the_refusals_and_nobody_else_does(store: Database, brake: Brake) -> None:
    await refuse(store, 5)
    with pytest.raises(SlowedError):
        await brake.check(HERE, ADA)
    await brake.check(HERE, BEN)
    await brake.check(THERE, ADA)
    await brake.check(None, ADA)


async def test_the_wait_ends_by_itself(store: Database, brake: Brake, clock: Clock) -> None:
    await refuse(store, 5)
    with pytest.raises(SlowedError, match=str(int(clock.time.timestamp()) + 61)):
        await brake.check(HERE, ADA)
    clock.advance(60)
    await brake.check(HERE, ADA)


async def test_a_moderator_lets_somebody_in_again_until_there_are_new_refusals(
    store: Database, brake: Brake, clock: Clock
) -> None:
    await refuse(store, 10)
    with pytest.raises(ShutOutError):
        await brake.check(HERE, ADA)
    assert await brake.release(HERE, ADA)
    assert not await brake.release(HERE, ADA)
    await brake.check(HERE, ADA)
    clock.advance(1)
    await refuse(store, 5)
    with pytest.raises(SlowedError):
        await brake.check(HERE, ADA)
