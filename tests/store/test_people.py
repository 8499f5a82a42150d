"""A person's data: found in every table, given out, and gone when it is to be gone."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from bot.games import Presence
from bot.ids import MessageId, RequestId
from bot.store import Scope, schema
from bot.store.errors import TurnNotFoundError
from bot.store.people import Kept
from bot.store.personal import PERSONAL, REMOVED, Fate
from tests.store.filling import (
    ADA,
    BEN,
    CHANNEL,
    CLEO,
    HERE,
    THERE,
    Filler,
    answer,
    begin,
    places_of,
    play,
    rows,
    texts,
    typed,
)

if TYPE_CHECKING:
    from bot.store import Database
    from tests.store.conftest import Clock

IMPERSONAL = {
    "id", "guild_id", "channel_id", "message_id", "turn_id", "story_id", "parent_id", "head_id", "tip_id", "seed",
    "tokens", "panel_id", "asked_after_id",
}  # fmt: skip
"""Names of numbers that are nobody's."""


@pytest.fixture
async def filler(database: Database, clock: Clock) -> Filler:
    return await Filler.ready(database, clock)


def may_hold_a_person(column: sa.Column[Any]) -> bool:
    """By its name, or because it is a large number of which nobody has said that it is nobody's."""
    named = column.name in {"user_id", "author_id"} or column.name.endswith("_by")
    return named or (isinstance(column.type, sa.BigInteger) and column.name not in IMPERSONAL)


def test_every_column_that_may_hold_a_person_is_declared() -> None:
    declared = {personal.column for personal in PERSONAL}
    columns = [column for table in schema.metadata.sorted_tables for column in table.columns]
    missing = [str(column) for column in columns if may_hold_a_person(column) and column not in declared]
    assert missing == [], "say in bot/store/personal.py what becomes of these, or in IMPERSONAL that they hold nobody"


async def test_after_erasure_a_person_stands_in_no_column_of_any_table(database: Database, filler: Filler) -> None:
    await filler.fill_all()
    others = {table.name: await rows(database, table) for table in schema.metadata.sorted_tables}
    await begin(database)
    for personal in PERSONAL:
        held: list[Any] = [pattern.replace("%", "5").format(ADA) for pattern in personal.patterns]
        for value in held or [ADA]:
            said = {"scope": Scope.USER} if personal.scoped else {}
            await filler.fill(personal.table, **said, **{personal.column.name: value})
    assert await places_of(database, ADA) == {str(personal.column) for personal in PERSONAL}

    assert await database.people.erase(ADA)

    assert await places_of(database, ADA) == set()
    assert await database.people.kept(ADA) == Kept(**dict.fromkeys(Kept.__dataclass_fields__, 0))
    assert await database.check() == []
    for table in schema.metadata.sorted_tables:
        left = await rows(database, table)
        assert all(row in left for row in others[table.name]), f"{table}: others lost something"
        added = {personal.column.name for personal in PERSONAL if personal.table is table}
        stay = [personal for personal in PERSONAL if personal.table is table and personal.fate is Fate.NAME_GOES]
        nameless = [row for row in left if row not in others[table.name]]
        assert len(nameless) == len(stay) - (table is schema.stories), table
        assert all(0 in {row[name] for name in added} for row in nameless)


async def test_an_erased_persons_own_stories_are_gone_with_every_turn(database: Database, clock: Clock) -> None:
    story, turn = await begin(database)
    await database.stories.append(turn.id, typed("Or so they said.", ADA))
    root = (await database.stories.path(turn.id))[0]
    await database.stories.append(root.id, answer(" Another way."))
    await database.stories.reword(story.id, typed("Other words.", ADA))
    await database.stories.record_messages(turn.id, CHANNEL, [MessageId(5), MessageId(6)])
    await database.jobs.open(
        RequestId("r"), turn_id=turn.id, user_id=BEN, guild_id=HERE, channel_id=CHANNEL, locale="en"
    )
    await database.jobs.attach_message(RequestId("r"), MessageId(7))
    await database.jobs.mark_undelivered(turn.id, BEN)
    deleted, _ = await begin(database)
    await database.stories.delete(deleted.id)

    assert await database.people.erase(ADA)

    for table in (schema.stories, schema.turns, schema.messages, schema.jobs, schema.job_messages, schema.undelivered):
        assert await rows(database, table) == [], table
    assert await database.stories.story(story.id) is None


async def test_whoever_writes_while_a_person_is_erased_finds_the_story_whole_or_gone(database: Database) -> None:
    _, turn = await begin(database)
    other, _ = await begin(database, BEN)

    async def write_on() -> None:
        with suppress(TurnNotFoundError):
            await database.stories.append(turn.id, answer(" On."))

    await asyncio.gather(*(write_on() for _ in range(5)), database.people.erase(ADA), *(write_on() for _ in range(5)))

    assert await database.check() == []
    assert {row["story_id"] for row in await rows(database, schema.turns)} == {other.id}


async def test_stories_of_others_stay_word_for_word_without_the_name(database: Database) -> None:
    story, turn = await begin(database, BEN)
    await database.stories.append(turn.id, typed("And Ada laughed.", ADA))
    alone, _ = await begin(database, BEN)
    before = await texts(database, alone)

    await database.people.erase(ADA)

    assert await texts(database, story) == [
        ("Typed by 32.", BEN), (" And so it went.", None), ("And Ada laughed.", 0),
    ]  # fmt: skip
    assert await texts(database, alone) == before
    found = await database.stories.story(story.id)
    assert found
    assert found.author_id == BEN


async def test_an_own_story_in_which_others_wrote_stays_without_the_name(database: Database) -> None:
    story, turn = await begin(database)
    later = await database.stories.append(turn.id, typed("Ben was here.", BEN))
    await database.stories.append(later.id, answer(" He was."))

    await database.people.erase(ADA)

    found = await database.stories.story(story.id)
    assert found
    assert found.author_id == 0
    assert [author for _, author in await texts(database, story)] == [0, None, BEN, None]
    again = await database.stories.append(found.head_id, answer(" It goes on."))
    assert again.story_id == story.id


async def test_a_story_goes_with_the_last_person_who_wrote_in_it(database: Database) -> None:
    story, turn = await begin(database)
    await database.stories.append(turn.id, typed("Ben was here.", BEN))
    await database.people.erase(ADA)
    other, turn = await begin(database, CLEO)
    await database.stories.append(turn.id, typed("Ben was here too.", BEN))

    await database.people.erase(BEN)

    assert await database.stories.story(story.id) is None
    assert await database.stories.story(other.id)
    assert await database.stories.children(turn.id)


async def test_whoever_is_erased_plays_no_more(database: Database) -> None:
    game = await play(database, BEN, ADA)
    await database.people.erase(ADA)
    now = await database.games.get(game.story.id)
    assert now
    assert [(player.user_id, player.presence) for player in now.game.players] == [
        (BEN, Presence.IN),
        (REMOVED, Presence.OUT),
    ]


async def test_a_game_goes_with_its_story(database: Database) -> None:
    game = await play(database, ADA)
    await database.people.erase(ADA)
    assert await database.games.get(game.story.id) is None


async def test_what_is_kept_is_counted(database: Database, clock: Clock) -> None:
    _, turn = await begin(database)
    await begin(database)
    _, turn = await begin(database, BEN)
    await database.stories.append(turn.id, typed("And Ada laughed.", ADA))
    await database.settings.set(Scope.USER, ADA, "temperature", 0.5, by=ADA)
    await database.settings.set(Scope.SERVER, HERE, "temperature", 0.5, by=ADA)
    await database.settings.set(Scope.SERVER, ADA, "temperature", 0.5, by=BEN)  # a server of the same number
    for guild in (HERE, THERE, HERE):
        await database.usage.add(guild, ADA, tokens=5)
    clock.advance(86_400)
    await database.usage.add(None, ADA, tokens=5)
    await database.blocks.add(HERE, ADA, by=BEN)
    await database.blocks.add(HERE, BEN, by=ADA)
    await database.jobs.mark_undelivered(turn.id, ADA)
    await play(database, ADA, BEN)

    kept = await database.people.kept(ADA)

    assert kept == Kept(
        stories=3, turns=4, settings=1, usage_days=2, entries=3, blocks=1, decisions=0, games=1, waiting=1
    )
    assert await database.people.kept(CLEO) == Kept(**dict.fromkeys(Kept.__dataclass_fields__, 0))


async def test_an_export_holds_what_one_wrote_word_for_word_and_nothing_of_others(
    database: Database, clock: Clock
) -> None:
    text = "  “Nein!” said 狐狸 👩‍👩‍👧 \n\n\t**bold** 'quoted'  "
    story, root = await database.stories.begin(
        typed(text, ADA), guild_id=None, channel_id=CHANNEL, author_id=ADA, private=True
    )
    turn = await database.stories.append(root.id, answer(" The fox went."))
    await database.stories.append(turn.id, typed("Ben's own words.", BEN))
    _, turn = await begin(database, BEN)
    mine = await database.stories.append(turn.id, typed("And Ada laughed.", ADA))
    await database.settings.set(Scope.SERVER, HERE, "temperature", 0.5, by=ADA)
    await database.settings.set(Scope.SERVER, HERE, "temperature", 0.9, by=BEN)
    await database.usage.add(HERE, ADA, tokens=5)
    await database.blocks.add(HERE, ADA, by=BEN)
    await database.limits.take(f"user:{ADA}", capacity=5, per_second=1)

    found = json.loads(json.dumps(await database.people.export(ADA)))

    assert found["user_id"] == str(ADA)
    assert found["exported_at"] == "2026-11-25T12:00:00+00:00"
    (own,) = found["stories"]
    assert (own["id"], own["private"], own["channel_id"], own["author_id"]) == (
        str(story.id), True, str(CHANNEL), "you",
    )  # fmt: skip
    assert [(turn["text"], turn["author_id"]) for turn in own["turns"]] == [(text, "you"), (" The fox went.", None)]
    assert own["turns"][1]["details"] == {"tries": 2}
    assert own["turns"][0]["created_at"] == clock.time.isoformat()
    (elsewhere,) = found["turns_in_stories_of_others"]
    assert (elsewhere["id"], elsewhere["text"]) == (str(mine.id), "And Ada laughed.")
    assert found["settings"] == []  # Ben's value stands there now
    assert [(line["key"], line["to_value"], line["changed_by"]) for line in found["settings_changes"]] == [
        ("temperature", 0.5, "you")
    ]
    assert found["usage"] == [{"day": "2026-11-25", "guild_id": str(HERE), "user_id": "you", "texts": 1, "tokens": 5}]
    assert found["blocks"][0]["blocked_by"] == "somebody else"
    assert found["buckets"][0]["key"] == f"user:{ADA}"
    assert str(BEN) not in json.dumps(found)


async def test_an_export_covers_every_table_that_holds_a_person(database: Database, filler: Filler) -> None:
    await filler.fill_all()
    for personal in PERSONAL:
        if not personal.patterns:
            said = {"scope": Scope.USER} if personal.scoped else {}
            await filler.fill(personal.table, **said, **{personal.column.name: ADA})
    found = await database.people.export(ADA)
    for personal in PERSONAL:
        name = "turns_in_stories_of_others" if personal.table is schema.turns else personal.table.name
        assert found[name] or personal.patterns, personal.column
    json.dumps(found)


async def test_a_wish_is_kept_until_it_is_taken_back(database: Database, clock: Clock) -> None:
    people = database.people
    assert await people.erasure_requested(ADA) is None
    asked = await people.request_erasure(ADA)
    assert asked == clock.time
    clock.advance(3600)
    assert await people.request_erasure(ADA) == asked  # asking again does not put it off
    assert await people.erasure_requested(ADA) == asked
    await people.request_erasure(BEN)

    assert await people.due_erasures(asked - timedelta(seconds=1)) == ()
    assert await people.due_erasures(asked) == (ADA,)
    assert await people.due_erasures(clock.time) == (ADA, BEN)

    assert await people.withdraw_erasure(ADA)
    assert not await people.withdraw_erasure(ADA)
    assert await people.erasure_requested(ADA) is None
    assert await people.due_erasures(clock.time) == (BEN,)


async def test_nobody_is_erased_who_took_it_back_or_whose_day_is_not_over(database: Database, clock: Clock) -> None:
    story, _ = await begin(database)
    assert not await database.people.erase(ADA, asked_before=clock.time)
    asked = await database.people.request_erasure(ADA)
    assert not await database.people.erase(ADA, asked_before=asked - timedelta(seconds=1))
    assert await database.stories.story(story.id)
    assert await database.people.erase(ADA, asked_before=asked)
    assert await database.stories.story(story.id) is None
    assert await database.people.erasure_requested(ADA) is None
