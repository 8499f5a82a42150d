"""Letters that are spread: `f u c k`, `f.u.c.k`, `f💥u💥c💥k`, one below the other.

Single letters count as spread only where each stands alone and all of them together are a word, with little before or
behind it; initials, single letters in a sentence and what is spelt out are not taken apart. Letters two by two
(`fu ck`, `bi tc h`) count where the pieces around them, and not all of themselves, are words of one or two letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Sequence

from bot.safety.words.disguises import Match
from bot.safety.words.lookalikes import MEANINGS

WIDEST_GAP = 10
"""Characters of the original between two letters."""
MOST_LETTERS = 24
MOST_CHUNKS = 12
"""Pieces of one or two letters that a word may be written in."""
_HEAD = 3
"""Letters that may stand before the word in the same run."""
_SINGLE = re.compile(r"(?<![a-z0-9])([a-z0-9])\1{0,3}(?![a-z0-9])")
_CHUNK = re.compile(r"[a-z]{1,2}")
_CHUNKS = re.compile(r"(?<![a-z0-9])[a-z]{1,2}(?: [a-z]{1,2})+(?![a-z0-9])")
_SHORT_WORDS = frozenset(
    {
        "a", "i", "u", "o", "ad", "ah", "ai", "am", "an", "as", "at", "ax", "be", "by", "do", "eh", "ex", "fa",
        "go", "ha", "he", "hi", "hm", "ho", "id", "if", "in", "is", "it", "la", "lo", "ma", "me", "mm", "mr", "ms",
        "my", "no", "of", "oh", "ok", "on", "or", "ow", "ox", "oz", "pa", "pm", "re", "so", "ta", "to", "tv", "uh",
        "uk", "um", "up", "us", "ve", "vs", "we", "ya", "ye", "yo",
    }
)  # fmt: skip
_BEFORE = frozenset({"i", "a", "u", "o", "so", "ur", "my", "the", "you", "go", "no", "oh", "ua", "ya"})
_BEHIND = frozenset(
    {
        "u", "you", "off", "me", "it", "this", "that", "him", "her", "them", "all", "up", "yes", "no", "ya", "yu", "s",
        "y", "ed", "er", "ing", "in", "ers", "head", "now",
    }
)  # fmt: skip


def runs(text: str, origin: Sequence[int]) -> Iterator[list[tuple[int, int]]]:
    """Give the places of letters that stand alone one behind the other, each from where to before where."""
    run: list[tuple[int, int]] = []
    for single in _SINGLE.finditer(text):
        place = single.span()
        if run and not _is_near(text, origin, run[-1][1], place[0]):
            yield run
            run = []
        run.append(place)
    if run:
        yield run


def _is_near(text: str, origin: Sequence[int], end: int, start: int) -> bool:
    """Say whether only a few signs, and no other letters, are between two letters."""
    gap = text[end : min(start, end + WIDEST_GAP + 1)]
    return (
        0 < len(gap) <= WIDEST_GAP
        and origin[start] - origin[end - 1] - 1 <= WIDEST_GAP
        and not any(map(str.isalnum, gap))
    )


def spread(
    text: str, origin: Sequence[int], read: Callable[[str], str | None], *, doubled: bool = True
) -> Iterator[Match]:
    """Give the spread words in a folded text.

    Args:
        text: The text.
        origin: The offset in the original of each character.
        read: Gives the form that letters and signs are as a whole, or none.
        doubled: Whether letters that stand two by two may be meant once.
    """
    for run in runs(text, origin):
        if 2 <= len(run) <= MOST_LETTERS:
            yield from _in_run(text, _with_signs(text, run), read, doubled=doubled)


def _in_run(
    text: str, places: list[tuple[int, int]], read: Callable[[str], str | None], *, doubled: bool
) -> Iterator[Match]:
    drawn = [text[start:end] for start, end in places]
    once = "".join(letters[0] for letters in drawn)
    for start in range(min(_HEAD, len(places) - 3) + 1):
        if start and once[:start] not in _BEFORE:
            continue
        for end in range(len(places), start + 2, -1):
            if end < len(places) and once[end:] not in _BEHIND:
                continue
            form = (doubled and read(once[start:end])) or read("".join(drawn[start:end]))
            if form is not None and (len(form) > 3 or (end - start == len(places) and once.isalpha())):
                yield Match(places[start][0], places[end - 1][1], form)
                return


def chunk_runs(text: str, origin: Sequence[int]) -> Iterator[list[tuple[int, int]]]:
    """Give the places of pieces of one or two letters, each a space from the next, two of them at least."""
    for run in _CHUNKS.finditer(text):
        places = [piece.span() for piece in _CHUNK.finditer(text, run.start(), run.end())]
        begin = 0
        for place in range(1, len(places)):
            if origin[places[place][0]] - origin[places[place - 1][1] - 1] - 1 > WIDEST_GAP:
                yield places[begin:place]
                begin = place
        yield places[begin:]


def in_chunks(text: str, origin: Sequence[int], forms: Container[str]) -> Iterator[Match]:
    """Give the words in a folded text that are written in pieces of one or two letters.

    Args:
        text: The text.
        origin: The offset in the original of each character.
        forms: The words.
    """
    for places in chunk_runs(text, origin):
        pieces = [text[start:end] for start, end in places]
        real = [piece in _SHORT_WORDS for piece in pieces]
        for first in range(len(pieces)):
            if first and not real[first - 1]:
                continue
            letters = pieces[first]
            for last in range(first + 1, min(len(pieces), first + MOST_CHUNKS)):
                letters += pieces[last]
                if (
                    len(letters) > max(3, last + 1 - first)
                    and (last + 1 == len(pieces) or real[last + 1])
                    and not all(real[first : last + 1])
                    and letters in forms
                ):
                    yield Match(places[first][0], places[last][1], letters)


def _with_signs(text: str, run: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Add the signs that stand alone between the letters, as `!` does in `s h ! t`."""
    places: list[tuple[int, int]] = []
    for start, end in run:
        if places:
            before = places[-1][1]
            sign = text[before:start].strip()
            if len(sign) == 1 and text[before] == " " == text[start - 1] and (sign == "*" or sign in MEANINGS):
                places.append((before + 1, before + 2))
        places.append((start, end))
    return places
