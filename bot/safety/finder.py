"""Whoever looks for something in a text, and what a server adds to those that there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.safety.verdict import Hit


class Finder(Protocol):
    """Finds what a text falls under."""

    def find(self, text: str) -> Sequence[Hit]:
        """Give the hits in a text, in any order."""
        ...

    def settled(self, text: str) -> int:
        """Give the offset before which no hit begins or goes on, whatever may follow, but those that `find` gives.

        Whoever reads a stream may release so much: of what is found before it, nothing changes any more.
        """
        ...


@dataclass(frozen=True, slots=True)
class OwnRules:
    """What a server has added.

    Attributes:
        finders: Look for what it does not want.
        allowed: Folded words that it wants to pass, though the list of words names them.
        slow: Whether the finders take so long that a text of some length is better read in a thread.
    """

    finders: tuple[Finder, ...] = ()
    allowed: frozenset[str] = frozenset()
    slow: bool = False


NO_OWN_RULES = OwnRules()
