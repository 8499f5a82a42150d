"""What is due goes, what is not stays, and one thing that fails keeps nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.ids import ChannelId, GuildId, RequestId, StoryId, UserId
from bot.store import Database, Scope
from bot.store.people import RETENTION
from bot.store.safety_events import SafetyEvent
from bot.turns import Draft, TurnKind
from bot.writing.housekeeping import Housekeeping, Swept
from tests.store.conftest import Clock

ADA, BEN = UserId(11), UserId(12)
HERE, THERE = GuildId(21), GuildId(22)
DAY, MINUTE = 86_400, 60


@pytest.fixture
async def store(clock: Clock) -> AsyncIterator[Database]:
    opened = await Database.open("sqlite+aiosqlite://", now=clock)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def nobody_plays(_: UserId) -> None:
    pass


@pytest.fixture
def housekeeping(store: Database, clock: Clock) -> Housekeeping:
    return Housekeeping(store.people, store.safety_events, now=clock, part=nobody_plays)


async def begin(store: Database, author: UserId = ADA, guild: GuildId = HERE) -> StoryId:
    draft = Draft(kind=TurnKind.PROMPT, text="It began.", author_id=author)
    story, _ = await store.stories.begin(
        draft, guild_id=guild, channel_id=ChannelId(guild), author_id=author, private=False
    )
    return story.id


async def keep_for(store: Database, guild: GuildId, days: Any) -> None:
    await store.settings.set(Scope.SERVER, guild, RETENTION, days, by=BEN)


async def test_where_nothing_is_due_nothing_goes(store: Database, housekeeping: Housekeeping, clock: Clock) -> None:
    story = await begin(store)
    clock.advance(1000 * DAY)
    assert await housekeeping.sweep() == Swept()
    assert await store.stories.story(story)


async def test_a_person_goes_a_day_after_asking_and_not_before(
    store: Database, housekeeping: Housekeeping, clock: Clock
) -> None:
    story = await begin(store)
    other = await begin(store, BEN)
    await store.people.request_erasure(ADA)
    clock.advance(DAY - 1)
    assert await housekeeping.sweep() == Swept()
    clock.advance(1)
    assert await housekeeping.sweep() == Swept(people=1)
    assert await store.stories.story(story) is None
    assert await store.stories.story(other)
    assert await housekeeping.sweep() == Swept()


async def test_who_writes_again_meanwhile_goes_all_the_same_and_who_takes_it_back_stays(
    store: Database, housekeeping: Housekeeping, clock: Clock
) -> None:
    stays = await begin(store, BEN)
    await store.people.request_erasure(ADA)
    await store.people.request_erasure(BEN)
    story = await begin(store)
    await store.people.withdraw_erasure(BEN)
    clock.advance(DAY)
    assert await housekeeping.sweep() == Swept(people=1)
    assert await store.stories.story(story) is None
    assert await store.stories.story(stays)


async def test_a_deleted_story_goes_after_a_day(store: Database, housekeeping: Housekeeping, clock: Clock) -> None:
    story = await begin(store)
    await store.stories.delete(story)
    clock.advance(DAY)
    assert await housekeeping.sweep() == Swept()
    clock.advance(1)
    assert await housekeeping.sweep() == Swept(deleted_stories=1)
    assert await store.stories.story(story) is None


async def test_a_server_goes_thirty_days_after_the_bot_left_it_unless_it_is_back(
    store: Database, housekeeping: Housekeeping, clock: Clock
) -> None:
    story = await begin(store)
    kept = await begin(store, guild=THERE)
    await store.people.server_left(HERE)
    await store.people.server_left(THERE)
    await store.people.server_joined(THERE)
    clock.advance(30 * DAY - 1)
    assert await housekeeping.sweep() == Swept()
    clock.advance(1)
    assert await housekeeping.sweep() == Swept(servers=1)
    assert await store.stories.story(story) is None
    assert await store.stories.story(kept)


async def test_a_story_goes_when_nothing_was_written_in_it_for_as_long_as_its_server_keeps_it(
    store: Database, housekeeping: Housekeeping, clock: Clock
) -> None:
    old, lively, elsewhere = await begin(store), await begin(store), await begin(store, guild=THERE)
    await keep_for(store, HERE, 7)
    clock.advance(7 * DAY)
    assert await housekeeping.sweep() == Swept()
    found = await store.stories.story(lively)
    assert found
    await store.stories.append(found.head_id, Draft(kind=TurnKind.MODEL, text=" It went on."))
    clock.advance(1)
    assert await housekeeping.sweep() == Swept(expired_stories=1)
    assert await store.stories.story(old) is None
    assert await store.stories.story(lively)
    assert await store.stories.story(elsewhere)


async def test_a_story_that_is_being_written_is_not_too_old(
    store: Database, housekeeping: Housekeeping, clock: Clock
) -> None:
    found = await store.stories.story(await begin(store))
    assert found
    await keep_for(store, HERE, 1)
    clock.advance(2 * DAY)
    await store.jobs.open(
        RequestId("r"), turn_id=found.head_id, user_id=ADA, guild_id=HERE, channel_id=ChannelId(1), locale="en"
    )
    assert await housekeeping.sweep() == Swept()
    await store.jobs.close(RequestId("r"))
    assert await housekeeping.sweep() == Swept(expired_stories=1)


@pytest.mark.parametrize("days", [0, 10**9, 10**15, "seven", None])
async def test_days_that_mean_nothing_delete_nothing(
    store: Database, housekeeping: Housekeeping, clock: Clock, days: Any
) -> None:
    story = await begin(store)
    if days is not None:
        await keep_for(store, HERE, days)
    clock.advance(400 * DAY)
    assert await housekeeping.sweep() == Swept()
    assert await store.stories.story(story)


async def test_times_can_be_set(store: Database, clock: Clock) -> None:
    quick = timedelta(minutes=1)
    times = {"erasure_after": quick, "deleted_after": quick, "departed_after": quick}
    housekeeping = Housekeeping(store.people, store.safety_events, now=clock, part=nobody_plays, **times)
    await store.stories.delete(await begin(store))
    await store.people.request_erasure(BEN)
    await store.people.server_left(THERE)
    clock.advance(MINUTE + 1)
    assert await housekeeping.sweep() == Swept(people=1, deleted_stories=1, servers=1)


async def test_what_fails_keeps_nothing_else_and_is_done_the_next_time(
    store: Database, housekeeping: Housekeeping, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(store)
    await begin(store, BEN)
    await store.stories.delete(await begin(store, UserId(13)))
    await keep_for(store, THERE, 1)
    await begin(store, UserId(13), THERE)
    await store.people.request_erasure(ADA)
    await store.people.request_erasure(BEN)
    await store.people.server_left(GuildId(23))
    clock.advance(40 * DAY)

    erase = store.people.erase

    async def failing(user_id: UserId, **options: Any) -> bool:
        if user_id == ADA:
            raise ZeroDivisionError
        return await erase(user_id, **options)

    async def unlisted(*_: object) -> Any:
        raise OSError

    monkeypatch.setattr(store.people, "erase", failing)
    monkeypatch.setattr(store.people, "departed_before", unlisted)
    assert await housekeeping.sweep() == Swept(people=1, deleted_stories=1, expired_stories=1, failed=2)

    monkeypatch.undo()
    assert await housekeeping.sweep() == Swept(people=1, servers=1)


async def test_a_decision_of_the_safety_layer_goes_after_ninety_days(
    store: Database, housekeeping: Housekeeping, clock: Clock
) -> None:
    refused = SafetyEvent(
        guild_id=HERE,
        channel_id=ChannelId(5),
        user_id=ADA,
        of_model=False,
        category="spam",
        severity=2,
        action="block",
        source="pattern",
        rule="link",
    )
    await store.safety_events.add(refused)
    clock.advance(90 * DAY)
    assert await housekeeping.sweep() == Swept()
    clock.advance(1)
    assert await housekeeping.sweep() == Swept(decisions=1)
    assert await store.safety_events.latest(HERE) == ()
