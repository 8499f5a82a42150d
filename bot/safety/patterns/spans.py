"""A piece of a text that a pattern found, and how overlapping pieces are kept apart."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, Protocol

LONGEST = 220
"""Characters of the longest piece that any pattern finds: so much of an endless one is held back, and no more."""


class Span(NamedTuple):
    """A piece of a text, from `start` to before `end`, and the name of the pattern that found it."""

    start: int
    end: int
    name: str


class Pattern(Protocol):
    """Looks for one family of things.

    What a pattern finds at a place depends on the 64 characters before it and the `LONGEST` behind it alone: whoever
    reads a stream sees no more.
    """

    def spans(self, text: str) -> Iterator[Span]:
        """Give what there is of it in a text."""
        ...

    def undecided(self, text: str) -> int:
        """Give from where on what follows may make, lengthen or undo a find; the length where nothing may."""
        ...


def every(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Give a match for each place where one begins, each cut short where the next begins.

    Which places those are does not depend on where the search began, as it would with matches that exclude one another.

    Args:
        pattern: A lookahead whose first group is what is looked for.
        text: The text.
    """
    return apart([match.span(1) for match in pattern.finditer(text)])


def apart(places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Give places, in order of their beginnings, each cut short where the next begins.

    So a row of them can be parted between any two, and a stream needs not wait for its end.
    """
    for (start, end), (following, _) in pairwise([*places, (sys.maxsize, 0)]):
        yield start, min(end, following)


def open_at(pattern: re.Pattern[str], text: str, within: int = LONGEST) -> int:
    """Give where a match begins that reaches the end of a text, at most so many characters before it, or its length."""
    tail = text[-within:]
    match = pattern.search(tail)
    return len(text) - len(tail) + match.start() if match else len(text)


def last_word(text: str, limit: int = LONGEST) -> int:
    """Give where the ASCII characters at the end of a text begin that no space divides, or so many before the end."""
    tail = text[-limit:]
    return len(text) - len(tail) + len(tail.rstrip(_GRAPHIC))


_GRAPHIC = "".join(map(chr, range(33, 127)))
