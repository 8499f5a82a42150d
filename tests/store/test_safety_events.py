"""Decisions of the safety layer are kept without the texts, counted, forgiven, and forgotten in time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from bot.ids import ChannelId
from bot.store import schema
from bot.store.safety_events import DayOfHits, SafetyEvent
from tests.store.filling import ADA, BEN, CHANNEL, HERE, THERE

if TYPE_CHECKING:
    from bot.store import Database
    from tests.store.conftest import Clock

REFUSED = SafetyEvent(
    guild_id=HERE,
    channel_id=CHANNEL,
    user_id=ADA,
    of_model=False,
    category="slur",
    severity=3,
    action="block",
    source="word",
    rule="a word",
)


def event(**other: Any) -> SafetyEvent:
    return SafetyEvent(**{name: getattr(REFUSED, name) for name in SafetyEvent.__dataclass_fields__} | other)


def test_no_column_could_hold_a_text_that_was_read() -> None:
    assert set(schema.safety_events.c.keys()) == {
        *SafetyEvent.__dataclass_fields__, "id", "day", "at", "forgiven",
    }  # fmt: skip


async def test_decisions_come_back_newest_first(database: Database, clock: Clock) -> None:
    await database.safety_events.add(REFUSED)
    first = clock.time
    clock.advance(60)
    other = event(user_id=BEN, of_model=True, action="mask", channel_id=ChannelId(5))
    await database.safety_events.add(other)
    await database.safety_events.add(event(guild_id=None))
    found = await database.safety_events.latest(HERE)
    assert [(dated.event, dated.at) for dated in found] == [(other, clock.time), (REFUSED, first)]
    assert [dated.event for dated in await database.safety_events.latest(HERE, user=ADA)] == [REFUSED]
    assert len(await database.safety_events.latest(HERE, limit=1)) == 1
    assert [dated.event.guild_id for dated in await database.safety_events.latest(None)] == [None]


async def test_decisions_are_counted_by_day_and_category(database: Database, clock: Clock) -> None:
    for category in ("slur", "spam", "slur"):
        await database.safety_events.add(event(category=category))
    clock.advance(86_400)
    await database.safety_events.add(event(category="spam", user_id=BEN))
    await database.safety_events.add(event(guild_id=THERE))
    assert await database.safety_events.by_day(HERE, since=date(2026, 11, 25)) == (
        DayOfHits(date(2026, 11, 25), "slur", 2),
        DayOfHits(date(2026, 11, 25), "spam", 1),
        DayOfHits(date(2026, 11, 26), "spam", 1),
    )
    assert await database.safety_events.by_day(HERE, since=date(2026, 11, 26)) == (
        DayOfHits(date(2026, 11, 26), "spam", 1),
    )
    assert await database.safety_events.by_day(None, since=date(2026, 1, 1)) == ()


async def test_only_a_persons_own_refused_texts_count_in_the_window_and_place(database: Database, clock: Clock) -> None:
    await database.safety_events.add(REFUSED)
    since = clock.advance(60)
    await database.safety_events.add(REFUSED)
    second = clock.advance(60)
    for other in (REFUSED, event(of_model=True), event(action="mask"), event(user_id=BEN), event(guild_id=THERE)):
        await database.safety_events.add(other)
    assert await database.safety_events.refusals(HERE, ADA, "block", since=since) == (since, second)
    assert await database.safety_events.refusals(None, ADA, "block", since=since) == ()


async def test_what_is_forgiven_counts_no_more_against_the_person_but_in_the_figures(
    database: Database, clock: Clock
) -> None:
    await database.safety_events.add(REFUSED)
    since = clock.advance(60)
    harmless = (event(action="mask"), event(of_model=True))
    for other in (REFUSED, REFUSED, event(user_id=BEN), event(guild_id=THERE), *harmless):
        await database.safety_events.add(other)
    assert await database.safety_events.forgive(HERE, ADA, "block", since=since) == 2
    assert await database.safety_events.forgive(HERE, ADA, "block", since=since) == 0
    assert await database.safety_events.refusals(HERE, ADA, "block", since=clock.time) == ()
    assert await database.safety_events.refusals(HERE, BEN, "block", since=clock.time) == (clock.time,)
    assert await database.safety_events.refusals(THERE, ADA, "block", since=clock.time) == (clock.time,)
    assert [day.count for day in await database.safety_events.by_day(HERE, since=clock.time.date())] == [6]


async def test_old_decisions_are_forgotten(database: Database, clock: Clock) -> None:
    await database.safety_events.add(REFUSED)
    later = clock.advance(60)
    await database.safety_events.add(REFUSED)
    assert await database.safety_events.forget_before(later) == 1
    assert await database.safety_events.forget_before(later) == 0
    assert [dated.at for dated in await database.safety_events.latest(HERE)] == [later]
    assert await database.safety_events.forget_before(later + timedelta(seconds=1)) == 1


async def test_decisions_go_with_the_person_and_with_the_server(database: Database) -> None:
    for other in (REFUSED, event(user_id=BEN), event(user_id=BEN, guild_id=THERE)):
        await database.safety_events.add(other)
    assert (await database.people.kept(BEN)).decisions == 2
    exported = (await database.people.export(ADA))["safety_events"]
    assert isinstance(exported, list)
    assert [(row["user_id"], row["category"]) for row in exported] == [("you", "slur")]
    await database.people.erase(ADA)
    assert [dated.event.user_id for dated in await database.safety_events.latest(HERE)] == [BEN]
    await database.people.erase_server(HERE)
    assert await database.safety_events.latest(HERE) == ()
    assert (await database.people.kept(BEN)).decisions == 1
