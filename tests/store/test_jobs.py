"""A text that is being written is never forgotten, and neither is one that nobody saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.ids import ChannelId, GuildId, MessageId, RequestId, TurnId, UserId
from bot.store import Database, Job
from bot.turns import Draft, TurnKind

if TYPE_CHECKING:
    from tests.store.conftest import Clock

USER, CHANNEL = UserId(7), ChannelId(5)


@pytest.fixture
async def turn(database: Database) -> TurnId:
    draft = Draft(kind=TurnKind.PROMPT, text="Once", author_id=USER)
    _, turn = await database.stories.begin(draft, guild_id=None, channel_id=CHANNEL, author_id=USER, private=False)
    return turn.id


async def begin(database: Database, name: str, turn: TurnId) -> None:
    await database.jobs.open(
        RequestId(name), turn_id=turn, user_id=USER, guild_id=GuildId(3), channel_id=CHANNEL, locale="zh-CN"
    )


async def test_what_was_not_closed_is_left_over_oldest_first_with_its_messages(
    database: Database, turn: TurnId, clock: Clock
) -> None:
    first = clock.time
    await begin(database, "b", turn)
    second = clock.advance(1)
    await begin(database, "a", turn)
    await database.jobs.attach_message(RequestId("b"), MessageId(200))
    await database.jobs.attach_message(RequestId("b"), MessageId(100))
    await database.jobs.attach_message(RequestId("b"), MessageId(100))

    def job(name: str, at: object, *messages: int) -> Job:
        return Job(
            request_id=RequestId(name),
            turn_id=turn,
            user_id=USER,
            guild_id=GuildId(3),
            channel_id=CHANNEL,
            locale="zh-CN",
            created_at=at,  # type: ignore[arg-type]
            message_ids=tuple(MessageId(number) for number in messages),
        )

    assert await database.jobs.leftovers() == (job("b", first, 100, 200), job("a", second))


async def test_a_closed_job_leaves_nothing(database: Database, turn: TurnId) -> None:
    await begin(database, "a", turn)
    await database.jobs.attach_message(RequestId("a"), MessageId(100))
    await database.jobs.close(RequestId("a"))
    await database.jobs.close(RequestId("a"))
    await database.jobs.attach_message(RequestId("a"), MessageId(101))
    assert await database.jobs.leftovers() == ()
    await begin(database, "a", turn)
    assert [job.message_ids for job in await database.jobs.leftovers()] == [()]


async def test_a_job_goes_on_from_a_turn_that_is_there(database: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        await begin(database, "a", TurnId(99))


async def test_an_unseen_turn_is_kept_for_its_person_until_it_is_shown(database: Database, turn: TurnId) -> None:
    later = await database.stories.append(turn, Draft(kind=TurnKind.MODEL, text="there was"))
    await database.jobs.mark_undelivered(later.id, USER)
    await database.jobs.mark_undelivered(turn, USER)
    await database.jobs.mark_undelivered(turn, USER)
    assert await database.jobs.undelivered(USER) == (turn, later.id)
    assert await database.jobs.undelivered(UserId(8)) == ()
    await database.jobs.delivered(turn)
    await database.jobs.delivered(turn)
    assert await database.jobs.undelivered(USER) == (later.id,)
