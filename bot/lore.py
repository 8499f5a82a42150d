"""What people tell the model beside a story: memory, a note, and the world. Values that the store keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from bot.ids import StoryId, UserId

EntryId = NewType("EntryId", int)

DEPTH = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryDraft:
    """Something of a story's world that is not in the store yet."""

    keys: tuple[str, ...]
    """The words at which the model is told of it; at least one."""
    text: str
    group: str = ""
    """Entries of one group are switched on and off together; empty is none."""
    enabled: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry(EntryDraft):
    """Something of a story's world."""

    id: EntryId
    story_id: StoryId
    edited_by: UserId
    edited_at: datetime
    """Aware, UTC."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lore:
    """All that the model is told beside a story."""

    memory: str = ""
    """Always in front of the story."""
    note: str = ""
    """Stands a few sentences before the story's end."""
    depth: int = DEPTH
    """How many, at least 1."""
    entries: tuple[Entry, ...] = ()
    """Oldest first."""


NO_LORE = Lore()
