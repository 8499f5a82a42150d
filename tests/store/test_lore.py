"""What the model is told beside a story is kept word for word, and changed only by who saw it as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.ids import StoryId
from bot.lore import NO_LORE, EntryDraft, EntryId, Lore
from bot.store import schema
from bot.store.errors import StoryGoneError
from tests.store.filling import ADA, BEN, CLEO, HERE, begin, rows, typed

if TYPE_CHECKING:
    from bot.store import Database
    from tests.store.conftest import Clock

FOX = EntryDraft(keys=("fox", "狐狸"), text="  Red, “and” sly.\n", group="animals")


async def test_memory_and_note_are_kept_and_read_again(database: Database, clock: Clock) -> None:
    story, _ = await begin(database)
    other, _ = await begin(database)
    assert await database.lore.of(story.id) == NO_LORE
    lore = Lore(memory="It is 1300.\n那时候", note="Rain.", depth=5)
    assert await database.lore.change(story.id, NO_LORE, lore, ADA)
    assert await database.lore.of(story.id) == lore
    assert await database.lore.of(other.id) == NO_LORE
    (row,) = await rows(database, schema.lore)
    assert (row["edited_by"], row["edited_at"]) == (ADA, clock.time)


async def test_of_two_who_change_the_same_the_second_changes_nothing_and_another_part_is_free(
    database: Database,
) -> None:
    story, _ = await begin(database)
    assert await database.lore.change(story.id, NO_LORE, Lore(memory="One."), ADA)
    assert not await database.lore.change(story.id, NO_LORE, Lore(memory="Two."), BEN)
    assert await database.lore.change(story.id, NO_LORE, Lore(note="Rain.", depth=1), BEN)
    assert await database.lore.of(story.id) == Lore(memory="One.", note="Rain.", depth=1)
    assert await database.lore.change(story.id, NO_LORE, NO_LORE, CLEO)  # who changes nothing is in nobody's way
    (row,) = await rows(database, schema.lore)
    assert row["edited_by"] == BEN


async def test_entries_are_added_changed_switched_and_removed(database: Database, clock: Clock) -> None:
    story, _ = await begin(database)
    added = await database.lore.add(story.id, FOX, ADA, limit=2)
    assert added
    assert (added.keys, added.text, added.group, added.enabled) == (FOX.keys, FOX.text, "animals", True)
    assert (added.story_id, added.edited_by, added.edited_at) == (story.id, ADA, clock.time)
    owl = await database.lore.add(story.id, EntryDraft(keys=("owl",), text="Wise."), ADA, limit=2)
    assert owl
    assert await database.lore.add(story.id, FOX, ADA, limit=2) is None

    assert await database.lore.reword(added, replace(FOX, text="Red."), BEN)
    assert not await database.lore.reword(added, replace(FOX, text="Grey."), ADA)
    assert await database.lore.switch(story.id, owl.id, enabled=False)
    fox, owl = (await database.lore.of(story.id)).entries
    assert (fox.text, fox.enabled, fox.edited_by, owl.enabled) == ("Red.", True, BEN, False)
    assert owl.edited_by == ADA, "its words are those of whoever wrote them"

    assert await database.lore.remove(story.id, fox.id)
    assert not await database.lore.remove(story.id, fox.id)
    assert not await database.lore.reword(fox, FOX, ADA)
    assert not await database.lore.switch(story.id, fox.id, enabled=True)
    again = await database.lore.add(story.id, FOX, ADA, limit=2)
    assert again
    assert again.id > owl.id


async def test_switching_an_entry_does_not_stand_in_the_way_of_whoever_words_it(database: Database) -> None:
    story, _ = await begin(database)
    fox = await database.lore.add(story.id, FOX, ADA, limit=9)
    assert fox
    await database.lore.switch(story.id, fox.id, enabled=False)
    assert await database.lore.reword(fox, replace(FOX, text="Red."), ADA)
    (now,) = (await database.lore.of(story.id)).entries
    assert (now.text, now.enabled) == ("Red.", False)


async def test_a_group_is_switched_in_its_own_story_alone(database: Database) -> None:
    story, _ = await begin(database)
    other, _ = await begin(database)
    for _ in range(2):
        await database.lore.add(story.id, FOX, ADA, limit=9)
    await database.lore.add(story.id, replace(FOX, group=""), ADA, limit=9)
    theirs = await database.lore.add(other.id, FOX, ADA, limit=9)
    assert theirs
    assert await database.lore.switch_group(story.id, "animals", enabled=False) == 2
    assert [entry.enabled for entry in (await database.lore.of(story.id)).entries] == [False, False, True]
    assert (await database.lore.of(other.id)).entries == (theirs,)
    assert not await database.lore.remove(story.id, theirs.id)


async def test_nothing_is_added_to_a_story_that_is_gone(database: Database) -> None:
    story, _ = await begin(database)
    await database.stories.delete(story.id)
    for number in (story.id, StoryId(10**9)):
        with pytest.raises(StoryGoneError):
            await database.lore.add(number, FOX, ADA, limit=9)
        with pytest.raises(StoryGoneError):
            await database.lore.change(number, NO_LORE, Lore(memory="One."), ADA)
    assert not await database.lore.switch(StoryId(10**9), EntryId(1), enabled=True)


async def test_lore_goes_with_its_story_and_stays_nameless_in_one_that_stays(database: Database) -> None:
    mine, _ = await begin(database)
    shared, turn = await begin(database, BEN)
    await database.stories.append(turn.id, typed("And Ada laughed.", ADA))
    for story in (mine, shared):
        await database.lore.change(story.id, NO_LORE, Lore(memory="One."), ADA)
        await database.lore.add(story.id, FOX, ADA, limit=9)
    assert (await database.people.kept(ADA)).entries == 4

    await database.people.erase(ADA)

    assert await database.lore.of(mine.id) == NO_LORE
    lore = await database.lore.of(shared.id)
    assert (lore.memory, [entry.edited_by for entry in lore.entries]) == ("One.", [0])
    assert await database.people.erase_server(HERE)
    assert await rows(database, schema.lore) == await rows(database, schema.world_entries) == []
