"""What is judged as one: a sentence, or as much of an endless one as a reader takes in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.sentences import sentence_ends

LONGEST = 400
"""Characters of a unit; a sentence that goes on is cut at a space before that."""
SEEN_BEHIND = 5
"""Characters behind a sentence's end that it may depend on: the quotes that close it, a number after “No.”."""
_PARAGRAPH_END = re.compile(r"\n[^\S\n]*\n\s*")
_SPACE_BEHIND = re.compile(r"\s*")


def unit_ends(text: str, *, last: bool) -> Iterator[int]:
    """Give the offsets behind the units of a text that begins at the beginning of one, each with the space behind it.

    The same units come of the text and, as far as it goes, of any piece of it that begins where a unit does.

    Args:
        text: The text.
        last: Whether nothing follows; what is left then is a unit as well.
    """
    sure = len(text) if last else len(text) - SEEN_BEHIND
    start = 0
    for end in _natural_ends(text):
        if end > sure:
            break
        yield from _cuts(text, start, end)
        if end > start:
            yield end
            start = end
    yield from _cuts(text, start, len(text))
    if last and (not text or start < len(text)):
        yield len(text)


def _natural_ends(text: str) -> list[int]:
    ends = {_SPACE_BEHIND.match(text, end).end() for end in sentence_ends(text)}  # type: ignore[union-attr]
    return sorted(ends | {match.end() for match in _PARAGRAPH_END.finditer(text)})


def _cuts(text: str, start: int, end: int) -> Iterator[int]:
    """Cut what is longer than a unit may be."""
    while end - start > LONGEST:
        space = text.rfind(" ", start + 1, start + LONGEST)
        start = space + 1 if space > 0 else start + LONGEST
        yield start
