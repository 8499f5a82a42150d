"""Stories are trees of turns that only grow; what is shown is a pointer."""

from __future__ import annotations

import asyncio
from datetime import timedelta, timezone
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from bot.ids import ChannelId, GuildId, MessageId, StoryId, TurnId, UserId
from bot.store.errors import StoryGoneError, TurnNotFoundError
from bot.turns import Draft, Story, Turn, TurnKind

if TYPE_CHECKING:
    from bot.store import Database
    from tests.store.conftest import Clock

CHANNEL, AUTHOR = ChannelId(1_234_567_890_123_456_789), UserId(987_654_321_098_765_432)
PROMPT = Draft(kind=TurnKind.PROMPT, text="Once upon a time", author_id=AUTHOR)


def answer(text: str = " there was a fox.") -> Draft:
    return Draft(
        kind=TurnKind.MODEL,
        text=text,
        model="smollm2-135m",
        preset="vivid",
        seed=2**53 - 1,
        tokens=7,
        seconds=0.25,
        finish="eos",
        details=MappingProxyType({"tries": 2, "sampling": {"temperature": 0.9}, "left_out": ("a", None)}),
    )


async def begin(database: Database, *, private: bool = False, author: UserId = AUTHOR) -> tuple[Story, Turn]:
    return await database.stories.begin(
        PROMPT, guild_id=GuildId(3), channel_id=CHANNEL, author_id=author, private=private
    )


async def test_a_story_begins_with_its_root_and_shows_it(database: Database, clock: Clock) -> None:
    story, turn = await begin(database)
    assert story == Story(
        id=story.id,
        guild_id=GuildId(3),
        channel_id=CHANNEL,
        author_id=AUTHOR,
        head_id=turn.id,
        tip_id=turn.id,
        private=False,
        created_at=clock.time,
    )
    assert (turn.parent_id, turn.story_id, turn.text, turn.kind) == (None, story.id, PROMPT.text, TurnKind.PROMPT)
    assert turn.created_at.utcoffset() == timedelta(0)
    assert await database.stories.story(story.id) == story
    assert await database.stories.turn(turn.id) == turn


async def test_a_turn_is_kept_word_for_word_with_all_that_is_known_of_it(database: Database) -> None:
    _, root = await begin(database)
    text = "  “Nein!” said 狐狸 👩‍👩‍👧 \n\n\t**bold** \u202ebackwards\u202c 'quoted'; DROP TABLE turns; --  "
    turn = await database.stories.append(root.id, answer(text))
    assert turn.text == text
    assert (turn.model, turn.preset, turn.seed, turn.tokens) == ("smollm2-135m", "vivid", 2**53 - 1, 7)
    assert (turn.seconds, turn.finish) == (0.25, "eos")
    assert turn.details == {"tries": 2, "sampling": {"temperature": 0.9}, "left_out": ["a", None]}
    assert await database.stories.turn(turn.id) == turn


async def test_what_no_database_keeps_is_taken_out_of_a_text(database: Database) -> None:
    _, root = await begin(database)
    turn = await database.stories.append(
        root.id, Draft(kind=TurnKind.MODEL, text="狐\0狸\ud800!", details={"cut": "a\0b"})
    )
    assert turn.text == "狐狸?!"
    assert turn.details == {"cut": "ab"}


async def test_a_moment_in_another_time_zone_comes_back_as_the_same_moment(database: Database, clock: Clock) -> None:
    clock.time = clock.time.astimezone(timezone(timedelta(hours=8)))
    story, _ = await begin(database)
    assert story.created_at == clock.time
    assert story.created_at.utcoffset() == timedelta(0)


async def test_an_answer_follows_its_prompt_and_is_shown(database: Database) -> None:
    story, root = await begin(database)
    turn = await database.stories.append(root.id, answer())
    shown = await database.stories.story(story.id)
    assert shown is not None
    assert shown.head_id == turn.id
    assert await database.stories.path(turn.id) == (root, turn)


async def test_variants_are_siblings_and_undo_is_a_move(database: Database) -> None:
    story, root = await begin(database)
    first = await database.stories.append(root.id, answer("one"))
    second = await database.stories.append(root.id, answer("two"))
    assert await database.stories.children(root.id) == (first, second)
    await database.stories.move_head(story.id, first.id)
    shown = await database.stories.story(story.id)
    assert shown is not None
    assert shown.head_id == first.id
    assert await database.stories.turn(second.id) == second


async def test_a_path_over_300_turns_is_in_order_and_leaves_branches_out(database: Database) -> None:
    _, root = await begin(database)
    turns = [root]
    for number in range(300):
        if number % 10 == 0:
            await database.stories.append(turns[-1].id, answer(f"a branch at {number}"))
        turns.append(await database.stories.append(turns[-1].id, answer(str(number))))
    assert await database.stories.path(turns[-1].id) == tuple(turns)
    assert await database.stories.path(turns[10].id) == tuple(turns[:11])


async def test_what_is_not_there_is_none_or_empty(database: Database) -> None:
    assert await database.stories.turn(TurnId(99)) is None
    assert await database.stories.story(StoryId(99)) is None
    assert await database.stories.path(TurnId(99)) == ()
    assert await database.stories.children(TurnId(99)) == ()
    assert await database.stories.latest(ChannelId(99)) is None
    assert await database.stories.messages(TurnId(99)) == ()
    assert await database.stories.turn_of_message(MessageId(99)) is None
    assert not await database.stories.delete(StoryId(99))


async def test_nothing_is_added_to_a_turn_that_is_not_there(database: Database) -> None:
    with pytest.raises(TurnNotFoundError):
        await database.stories.append(TurnId(99), answer())


async def test_a_deleted_story_takes_no_turns_and_keeps_those_it_has(database: Database, clock: Clock) -> None:
    story, root = await begin(database)
    clock.advance(60)
    assert await database.stories.delete(story.id)
    assert not await database.stories.delete(story.id)
    with pytest.raises(StoryGoneError):
        await database.stories.append(root.id, answer())
    with pytest.raises(StoryGoneError):
        await database.stories.move_head(story.id, root.id)
    gone = await database.stories.story(story.id)
    assert gone is not None
    assert gone.deleted_at == clock.time
    assert await database.stories.path(root.id) == (root,)


async def test_a_story_never_shows_another_storys_turn(database: Database) -> None:
    story, _ = await begin(database)
    _, other = await begin(database)
    with pytest.raises(TurnNotFoundError):
        await database.stories.move_head(story.id, other.id)


async def test_the_latest_story_is_neither_deleted_nor_somebody_elses_private_one(database: Database) -> None:
    first, _ = await begin(database)
    second, _ = await begin(database)
    private, _ = await begin(database, private=True, author=UserId(5))
    assert await database.stories.latest(CHANNEL) == second
    assert await database.stories.latest(CHANNEL, viewer_id=UserId(6)) == second
    assert await database.stories.latest(CHANNEL, viewer_id=UserId(5)) == private
    await database.stories.delete(second.id)
    assert await database.stories.latest(CHANNEL) == first


async def test_the_messages_of_a_turn_are_found_in_order_and_lead_back_to_it(database: Database) -> None:
    _, root = await begin(database)
    turn = await database.stories.append(root.id, answer())
    await database.stories.record_messages(turn.id, CHANNEL, [MessageId(30), MessageId(20)])
    assert await database.stories.messages(turn.id) == (30, 20)
    assert await database.stories.turn_of_message(MessageId(20)) == turn


async def test_a_message_that_is_written_over_shows_the_new_turn(database: Database) -> None:
    _, root = await begin(database)
    first = await database.stories.append(root.id, answer("one"))
    second = await database.stories.append(root.id, answer("two"))
    await database.stories.record_messages(first.id, CHANNEL, [MessageId(30)])
    await database.stories.record_messages(second.id, CHANNEL, [MessageId(29), MessageId(30)])
    assert await database.stories.messages(first.id) == ()
    assert await database.stories.messages(second.id) == (29, 30)


async def test_messages_of_a_turn_that_is_not_there_are_refused(database: Database) -> None:
    await database.stories.record_messages(TurnId(99), CHANNEL, [])
    with pytest.raises(TurnNotFoundError):
        await database.stories.record_messages(TurnId(99), CHANNEL, [MessageId(1)])


async def test_many_who_write_at_once_all_get_their_turn(database: Database) -> None:
    story, root = await begin(database)
    turns = await asyncio.gather(*(database.stories.append(root.id, answer(str(number))) for number in range(20)))
    assert {turn.text for turn in await database.stories.children(root.id)} == {str(number) for number in range(20)}
    shown = await database.stories.story(story.id)
    assert shown is not None
    assert shown.head_id in {turn.id for turn in turns}


async def test_the_parts_of_one_showing_are_told_from_another_showing_of_the_same_turn(database: Database) -> None:
    _, root = await begin(database)
    turn = await database.stories.append(root.id, answer())
    await database.stories.record_messages(turn.id, CHANNEL, [MessageId(10), MessageId(11), MessageId(14)])
    await database.stories.record_messages(turn.id, CHANNEL, [MessageId(20), MessageId(22), MessageId(23)])
    await database.stories.record_messages(turn.id, CHANNEL, [MessageId(30)])
    assert await database.stories.messages_beside(MessageId(14)) == (10, 11, 14)
    assert await database.stories.messages_beside(MessageId(23)) == (20, 22, 23)
    assert await database.stories.messages_beside(MessageId(30)) == (30,)
    assert await database.stories.messages_beside(MessageId(99)) == (99,)


async def test_variants_follow_the_same_parent_and_a_root_has_none_beside_it(database: Database) -> None:
    _, root = await begin(database)
    one = await database.stories.append(root.id, answer())
    await database.stories.append(one.id, answer())
    other = await database.stories.append(root.id, answer())
    assert await database.stories.variants(one) == await database.stories.variants(other) == (one, other)
    assert await database.stories.variants(root) == (root,)


async def test_the_latest_story_can_be_asked_for_by_its_author(database: Database) -> None:
    mine, _ = await begin(database, author=UserId(5))
    await begin(database, author=UserId(6))
    assert await database.stories.latest(CHANNEL, viewer_id=UserId(5), author_id=UserId(5)) == mine
    assert await database.stories.latest(CHANNEL, author_id=UserId(7)) is None
