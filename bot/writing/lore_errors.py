"""What can go wrong with what the model is told beside a story."""

from __future__ import annotations

from bot.errors import N_
from bot.writing.errors import WritingError


class LoreError(WritingError):
    """A memory, a note or an entry of the world cannot be as somebody wants it."""


class LoreChangedError(LoreError):
    """Something is not any more what somebody is changing."""

    template = N_("Somebody else changed this meanwhile, so your words were not kept. Open it again to see theirs.")


class TooMuchLoreError(LoreError):
    """Words beyond what is kept."""

    template = N_("This text has {length} characters; at most {limit} are kept.")


class EntryEmptyError(LoreError):
    """An entry that says nothing, or that nothing brings in."""

    template = N_("An entry needs words for the model, and at least one key that brings them in.")


class EntryKeysError(LoreError):
    """Too many keys, or too long ones."""

    template = N_("An entry has at most {count} keys of {length} characters each, with commas between them.")


class WorldFullError(LoreError):
    """A story that has as many entries as one may have."""

    template = N_("A story's world has at most {limit} entries. Remove one first.")


class EntryGoneError(LoreError):
    """An entry that was removed."""

    template = N_("This entry is not there any more. /story world shows those there are.")
