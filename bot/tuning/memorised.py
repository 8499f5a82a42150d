"""How much of what a model writes stands word for word in what it learned from. Pure functions."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.stories.openings import is_chinese
from bot.tuning.document import paragraphs_of

RUN = 8
"""Words: so many in a row are rarely the same by chance. Of Chinese, twice as many characters."""
BEGINNINGS, BEGINNING_WORDS, PASSAGE_WORDS = 12, 12, 40
"""How many passages a model is given the beginning of, how much of each, and the least that a passage has."""
WARNED = 0.05
"""From this share of all runs on a model is said to know its texts by heart."""

_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Memorised:
    """What of some texts stands in others."""

    share: float
    """Of the runs of eight words, those that stand there, 0 to 1."""
    longest: str
    """The longest passage that does, at least a run; empty for none."""

    @property
    def warns(self) -> bool:
        """It is more than one would want."""
        return self.share >= WARNED


def memorised(texts: Sequence[str], learned: Iterable[str]) -> Memorised:
    """Compare what a model wrote with what it learned from.

    Args:
        texts: What it wrote.
        learned: What it learned from; gone through once, so it may be large.
    """
    written = [list(_WORD.finditer(text)) for text in texts]
    size = 2 * RUN if is_chinese(" ".join(texts)) else RUN
    places: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    for number, words in enumerate(written):
        for at, run in enumerate(_runs([word.group().casefold() for word in words], size)):
            places.setdefault(run, []).append((number, at))
    total = sum(map(len, places.values()))
    found: dict[tuple[int, int], int] = {}
    for text in learned:
        before: dict[tuple[int, int], int] = {}
        for run in _runs([word.casefold() for word in _WORD.findall(text)], size):
            before = {(number, at): before.get((number, at - 1), 0) + 1 for number, at in places.get(run, ())}
            for place, length in before.items():
                found[place] = max(length, found.get(place, 0))
    (number, at), length = max(found.items(), key=lambda item: item[1], default=((0, 0), 0))
    if not length:
        return Memorised(0.0, "")
    words = written[number]
    passage = texts[number][words[at - length + 1].start() : words[at + size - 1].end()]
    return Memorised(len(found) / total, " ".join(passage.split()))


def beginnings(learned: Sequence[str], seed: int) -> list[str]:
    """Give the first words of passages that a model learned from: what it knows by heart it goes on with.

    Asked for by its own beginning, a text comes out that nothing else brings to light
    (Carlini et al. 2023, arXiv:2202.07646).

    Args:
        learned: What it learned from.
        seed: What the passages are drawn by.
    """
    passages = [(paragraph, list(_WORD.finditer(paragraph))) for text in learned for paragraph in paragraphs_of(text)]
    long = [(paragraph, words) for paragraph, words in passages if len(words) >= PASSAGE_WORDS]
    drawn = random.Random(seed).sample(long, min(BEGINNINGS, len(long)))  # noqa: S311 - a draw that the seed tells again
    return [paragraph[: words[BEGINNING_WORDS - 1].end()] for paragraph, words in drawn]


def _runs(words: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    return (tuple(words[at : at + size]) for at in range(len(words) - size + 1))
