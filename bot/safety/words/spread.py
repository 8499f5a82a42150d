"""Letters that are spread: `f u c k`, `f.u.c.k`, `f💥u💥c💥k`, one below the other.

Letters count as spread only where each stands alone and all of them together are a word, with little before or behind
it; initials, single letters in a sentence and what is spelt out are not taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from bot.safety.words.disguises import Match
from bot.safety.words.lookalikes import MEANINGS

WIDEST_GAP = 10
"""Characters of the original between two letters."""
MOST_LETTERS = 24
_HEAD = 3
"""Letters that may stand before the word in the same run."""
_SINGLE = re.compile(r"(?<![a-z0-9])([a-z0-9])\1{0,3}(?![a-z0-9])")
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


def spread(text: str, origin: Sequence[int], read: Callable[[str], str | None]) -> Iterator[Match]:
    """Give the spread words in a folded text.

    Args:
        text: The text.
        origin: The offset in the original of each character.
        read: Gives the form that letters and signs are as a whole, or none.
    """
    for run in runs(text, origin):
        if 2 <= len(run) <= MOST_LETTERS:
            yield from _in_run(text, _with_signs(text, run), read)


def _in_run(text: str, places: list[tuple[int, int]], read: Callable[[str], str | None]) -> Iterator[Match]:
    drawn = [text[start:end] for start, end in places]
    once = "".join(letters[0] for letters in drawn)
    for start in range(min(_HEAD, len(places) - 3) + 1):
        if start and once[:start] not in _BEFORE:
            continue
        for end in range(len(places), start + 2, -1):
            if end < len(places) and once[end:] not in _BEHIND:
                continue
            form = read(once[start:end]) or read("".join(drawn[start:end]))
            if form is not None and (len(form) > 3 or (end - start == len(places) and once.isalpha())):
                yield Match(places[start][0], places[end - 1][1], form)
                return


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
