"""What a passage is about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody or something, in the forms in which people type it."""

    word: str
    """Alone: “widow”, “Dorothy”, “wild swans”."""
    phrase: str
    """As it stands behind “about”: “a poor widow”, “Dorothy”, “the sea”."""
    title: str
    """As it stands in a title: “The Widow”, “Dorothy”."""

    @property
    def begins(self) -> bool:
        """“Once upon a time there was …” can be said of it."""
        return self.phrase.startswith(("a ", "an "))
