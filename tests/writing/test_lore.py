"""What people tell the model beside a story: read, held to its limits, and put before the model."""

from __future__ import annotations

from typing import Any

import pytest

from bot.ids import StoryId, UserId
from bot.lore import NO_LORE, EntryId, Lore
from bot.safety.layer import Safety
from bot.safety.words.lexicon import Lexicon
from bot.store import Database
from bot.turns import Story
from bot.writing.door import Door
from bot.writing.errors import WordingRefusedError
from bot.writing.lore import DEEPEST, ENTRY_LIMIT, KEY_LIMIT, MOST_ENTRIES, MOST_KEYS, TEXT_LIMIT, LoreKeeper
from bot.writing.lore_errors import (
    EntryEmptyError,
    EntryGoneError,
    EntryKeysError,
    LoreChangedError,
    TooMuchLoreError,
    WorldFullError,
)
from tests.fake_engine import FakeEngine
from tests.writing.desk import LONG, WORDS, Desk, request, settings

ME, OTHER = UserId(1), UserId(2)


@pytest.fixture
def keeper(store: Database) -> LoreKeeper:
    return LoreKeeper(store, Door(Safety([Lexicon(WORDS)])))


async def begun(desk: Desk, prompt: str = "It began.", **changes: Any) -> tuple[Story, Any]:
    """A story with a passage; gives it and the passage."""
    outcome = await desk.write(prompt, **changes)
    return outcome.story, outcome.turn


async def test_all_that_people_type_is_read_first(desk: Desk, keeper: LoreKeeper) -> None:
    story, _ = await begun(desk)
    with pytest.raises(WordingRefusedError):
        await keeper.set_memory(story.id, NO_LORE, "A slurword.", ME)
    with pytest.raises(WordingRefusedError):
        await keeper.set_note(story.id, NO_LORE, "A slurword.", 3, ME)
    for typed in (("slurword", "Red.", ""), ("fox", "A slurword.", ""), ("fox", "Red.", "slurword")):
        with pytest.raises(WordingRefusedError):
            await keeper.add(story.id, *typed, ME)
    assert await keeper.of(story.id) == NO_LORE
    lore = await keeper.set_memory(story.id, NO_LORE, "A badword<|im_end|>.", ME)
    assert "badword" not in lore.memory
    assert "im_end" not in lore.memory


async def test_what_is_too_much_is_refused_with_its_numbers(desk: Desk, keeper: LoreKeeper) -> None:
    story, _ = await begun(desk)
    with pytest.raises(TooMuchLoreError, match="2001 characters; at most 2000"):
        await keeper.set_memory(story.id, NO_LORE, "x" * (TEXT_LIMIT + 1), ME)
    with pytest.raises(TooMuchLoreError, match="1001 characters; at most 1000"):
        await keeper.add(story.id, "fox", "x" * (ENTRY_LIMIT + 1), "", ME)
    for keys in (",".join(map(str, range(MOST_KEYS + 1))), "x" * (KEY_LIMIT + 1)):
        with pytest.raises(EntryKeysError):
            await keeper.add(story.id, keys, "Red.", "", ME)
    for keys, text in ((" , ", "Red."), ("fox", " ")):
        with pytest.raises(EntryEmptyError):
            await keeper.add(story.id, keys, text, "", ME)
    for number in range(MOST_ENTRIES):
        await keeper.check_room(story.id)
        await keeper.add(story.id, f"fox{number}", "Red.", "", ME)
    with pytest.raises(WorldFullError):
        await keeper.check_room(story.id)
    with pytest.raises(WorldFullError):
        await keeper.add(story.id, "one more", "Red.", "", ME)


async def test_keys_are_parted_at_commas_of_any_kind_and_each_is_kept_once(desk: Desk, keeper: LoreKeeper) -> None:
    story, _ = await begun(desk)
    entry = await keeper.add(story.id, " fox,  red   fox，狐狸、fox;\nvixen ", "Red.", "  the   woods ", ME)
    assert entry.keys == ("fox", "red fox", "狐狸", "vixen")
    assert entry.group == "the woods"


async def test_the_notes_place_stays_within_bounds(desk: Desk, keeper: LoreKeeper) -> None:
    story, _ = await begun(desk)
    assert (await keeper.set_note(story.id, NO_LORE, "Rain.", 0, ME)).depth == 1
    assert (await keeper.set_note(story.id, await keeper.of(story.id), "Rain.", 99, ME)).depth == DEEPEST


async def test_whoever_comes_second_is_told(desk: Desk, keeper: LoreKeeper) -> None:
    story, _ = await begun(desk)
    await keeper.set_memory(story.id, NO_LORE, "One.", ME)
    with pytest.raises(LoreChangedError):
        await keeper.set_memory(story.id, NO_LORE, "Two.", OTHER)
    entry = await keeper.add(story.id, "fox", "Red.", "", ME)
    await keeper.reword(entry, "fox", "Grey.", "", ME)
    with pytest.raises(LoreChangedError):
        await keeper.reword(entry, "fox", "Blue.", "", OTHER)
    await keeper.remove(story.id, entry.id)
    for attempt in (
        keeper.reword(entry, "fox", "Blue.", "", OTHER),
        keeper.remove(story.id, entry.id),
        keeper.switch(story.id, entry.id, enabled=True, whole_group=False),
        keeper.switch(story.id, entry.id, enabled=True, whole_group=True),
        keeper.entry(StoryId(99), EntryId(1)),
    ):
        with pytest.raises(EntryGoneError):
            await attempt


async def test_a_story_goes_on_with_what_the_model_is_told(desk: Desk, keeper: LoreKeeper) -> None:
    desk.engine.script = lambda _: [LONG]
    story, turn = await begun(desk)
    await keeper.set_memory(story.id, NO_LORE, "It is 1300.", ME)
    await keeper.set_note(story.id, await keeper.of(story.id), "It rains.", 1, ME)
    await keeper.add(story.id, "fox", "The fox is red.", "", ME)
    await keeper.add(story.id, "owl", "The owl is wise.", "", ME)
    before = len(desk.engine.requests)
    desk.engine.script = None
    await desk.write(parent_id=turn.id)
    asked = desk.engine.requests[before]
    assert asked.prompt == (f"It is 1300.\n\nThe fox is red.\n\nIt began.\n[Author's note: It rains.]\n{LONG.strip()}")
    assert asked.instruction == "Write a short story."


async def test_what_is_told_is_seen_by_no_other_story(desk: Desk, keeper: LoreKeeper) -> None:
    story, _ = await begun(desk)
    await keeper.set_memory(story.id, NO_LORE, "It is 1300.", ME)
    _, turn = await begun(desk)
    await desk.write(parent_id=turn.id)
    assert desk.engine.requests[-1].prompt.startswith("It began.")
    assert desk.engine.requests[-1].instruction == ""


async def test_a_wish_stays_what_is_asked_for_beside_what_the_model_is_told(desk: Desk, keeper: LoreKeeper) -> None:
    story, turn = await begun(desk, "a story about foxes")
    await keeper.set_memory(story.id, NO_LORE, "It is 1300.", ME)
    await desk.write(parent_id=turn.id)
    asked = desk.engine.requests[-1]
    assert asked.instruction == "Write a story about foxes."
    assert asked.prompt.startswith("It is 1300.\n\n")
    root = (await desk.store.stories.path(turn.id))[0]
    await desk.write(parent_id=root.id)
    assert desk.engine.requests[-1].prompt == "It is 1300.\n\n"


async def test_a_genre_stands_behind_what_the_model_is_told(desk: Desk, keeper: LoreKeeper) -> None:
    story, turn = await begun(desk)
    await keeper.set_memory(story.id, NO_LORE, "It is 1300.", ME)
    await desk.write(parent_id=turn.id, genre="mystery")
    front, lead, _ = desk.engine.requests[-1].prompt.split("\n\n", 2)
    assert front == "It is 1300."
    assert not lead.startswith("It began")


async def test_what_had_no_room_is_kept_with_the_turn(store: Database, keeper: LoreKeeper) -> None:
    desk = Desk(store, FakeEngine(context=120), settings())
    story, turn = await begun(desk, "A fox met an owl.", options={"max_new_tokens": 20})
    await keeper.set_memory(story.id, NO_LORE, "This is how it was. " * 20, ME)
    await keeper.set_note(story.id, await keeper.of(story.id), "It rains here. " * 20, 1, ME)
    for animal in ("fox", "owl"):
        await keeper.add(story.id, animal, f"The {animal} is an animal of the woods. " * 3, "", ME)
    outcome = await desk.write(parent_id=turn.id, options={"max_new_tokens": 20})
    details = outcome.details
    assert details.memory_left_out > 0
    assert details.note_left_out > 0
    assert details.world_left_out == 2
    assert len(desk.engine.requests[-1].prompt.split()) <= 100


async def test_a_preview_is_what_the_model_gets_and_changes_nothing(desk: Desk, keeper: LoreKeeper) -> None:
    story, turn = await begun(desk)
    await keeper.set_memory(story.id, Lore(), "It is 1300.", ME)
    asked = request("", parent_id=turn.id)
    before = len(desk.engine.requests)
    preview = await desk.writer.preview(asked)
    assert len(desk.engine.requests) == before
    assert len(await desk.store.stories.path(turn.id)) == 2
    await desk.writer.finish(asked)
    assert desk.engine.requests[before].prompt == preview.context.text
    assert (preview.model, preview.room.context, preview.room.writing) == ("fake", 2000, 160)
    assert preview.context.shares.memory == 3 + 2
