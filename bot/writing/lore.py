"""What people tell the model beside a story: read by the safety layer, held to its limits, and kept."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.ids import StoryId, UserId
from bot.lore import Entry, EntryDraft, EntryId, Lore
from bot.store import Database
from bot.writing.door import Door, Passage
from bot.writing.lore_errors import (
    EntryEmptyError,
    EntryGoneError,
    EntryKeysError,
    LoreChangedError,
    TooMuchLoreError,
    WorldFullError,
)
from bot.writing.prompts import opening_of

TEXT_LIMIT = 2000
"""Characters of a memory, and of a note."""
ENTRY_LIMIT = 1000
MOST_ENTRIES = 100
MOST_KEYS = 10
KEY_LIMIT = 50
GROUP_LIMIT = 50
DEEPEST = 10
"""Sentences before the story's end, of the note."""

_COMMAS = re.compile(r"[,，、;；\n]")


class LoreKeeper:
    """Keeps lore. Whether somebody may change it is asked before.

    Args:
        store: Where it is.
        door: What reads all that people type.
    """

    def __init__(self, store: Database, door: Door) -> None:
        self._database = store
        self._store = store.lore
        self._door = door

    async def of(self, story: StoryId) -> Lore:
        """Give what the model is told beside a story."""
        return await self._store.of(story)

    async def set_memory(self, story: StoryId, before: Lore, memory: str, by: UserId) -> Lore:
        """Give a story another memory; an empty one takes it away.

        Args:
            story: Whose.
            before: As whoever changes it knows it.
            memory: Its words.
            by: Who changes it.

        Raises:
            TooMuchLoreError, WordingRefusedError: it cannot be kept.
            LoreChangedError: somebody else changed it meanwhile.
            StoryGoneError: the story was deleted.
        """
        memory = await _read(await self._at(story, by), memory, TEXT_LIMIT)
        return await self._change(story, before, replace(before, memory=memory), by)

    async def set_note(self, story: StoryId, before: Lore, note: str, depth: int, by: UserId) -> Lore:
        """Give a story another note, or have it stand elsewhere; see `set_memory`."""
        depth = min(max(depth, 1), DEEPEST)
        note = await _read(await self._at(story, by), note, TEXT_LIMIT)
        return await self._change(story, before, replace(before, note=note, depth=depth), by)

    async def check_room(self, story: StoryId) -> None:
        """See whether a story's world may have one more entry.

        Raises:
            WorldFullError: it has as many as it may.
        """
        if len((await self.of(story)).entries) >= MOST_ENTRIES:
            raise WorldFullError(limit=MOST_ENTRIES)

    async def entry(self, story: StoryId, entry: EntryId) -> Entry:
        """Find an entry of a story's world.

        Raises:
            EntryGoneError: it was removed.
        """
        found = next((each for each in (await self.of(story)).entries if each.id == entry), None)
        if found is None:
            raise EntryGoneError
        return found

    async def add(self, story: StoryId, keys: str, text: str, group: str, by: UserId) -> Entry:
        """Add an entry to a story's world.

        Args:
            story: Whose.
            keys: With commas between them.
            text: What the model is told.
            group: Its name; empty for none.
            by: Who adds it.

        Raises:
            EntryEmptyError, EntryKeysError, TooMuchLoreError, WordingRefusedError, WorldFullError: it cannot be kept.
            StoryGoneError: the story was deleted.
        """
        entry = await self._store.add(
            story, await _draft(await self._at(story, by), keys, text, group), by, limit=MOST_ENTRIES
        )
        if entry is None:
            raise WorldFullError(limit=MOST_ENTRIES)
        return entry

    async def reword(self, before: Entry, keys: str, text: str, group: str, by: UserId) -> None:
        """Give an entry other words; see `add`.

        Raises:
            EntryGoneError, LoreChangedError: it is not any more as whoever changes it knows it.
        """
        draft = await _draft(await self._at(before.story_id, by), keys, text, group)
        if not await self._store.reword(before, draft, by):
            await self.entry(before.story_id, before.id)
            raise LoreChangedError

    async def switch(self, story: StoryId, entry: EntryId, *, enabled: bool, whole_group: bool) -> None:
        """Switch an entry on or off, or all of its group.

        Raises:
            EntryGoneError: it was removed.
        """
        group = (await self.entry(story, entry)).group if whole_group else ""
        if group:
            await self._store.switch_group(story, group, enabled=enabled)
        elif not await self._store.switch(story, entry, enabled=enabled):
            raise EntryGoneError

    async def remove(self, story: StoryId, entry: EntryId) -> None:
        """Take an entry away.

        Raises:
            EntryGoneError: somebody did so before.
        """
        if not await self._store.remove(story, entry):
            raise EntryGoneError

    async def _change(self, story: StoryId, before: Lore, after: Lore, by: UserId) -> Lore:
        if not await self._store.change(story, before, after, by):
            raise LoreChangedError
        return after

    async def _at(self, story: StoryId, by: UserId) -> Passage:
        return await self._door.of_number(self._database, story, by)


async def _draft(passage: Passage, keys: str, text: str, group: str) -> EntryDraft:
    named = [" ".join(key.split()) for key in _COMMAS.split(await _read(passage, keys))]
    draft = EntryDraft(
        keys=tuple(dict.fromkeys(filter(None, named))),
        text=await _read(passage, text, ENTRY_LIMIT),
        group=" ".join((await _read(passage, group, GROUP_LIMIT)).split()),
    )
    if not draft.keys or not draft.text:
        raise EntryEmptyError
    if len(draft.keys) > MOST_KEYS or any(len(key) > KEY_LIMIT for key in draft.keys):
        raise EntryKeysError(count=MOST_KEYS, length=KEY_LIMIT)
    return draft


async def _read(passage: Passage, typed: str, limit: int | None = None) -> str:
    words = opening_of(typed)
    if limit is not None and len(words) > limit:
        raise TooMuchLoreError(length=len(words), limit=limit)
    return (await passage.words(words)).strip() if words else ""
