"""Subjects of Chinese passages: runs of two or three characters that hold together and that a passage has often.

Chinese has no spaces: that characters are a word is told from their standing together far more often than chance would
have them (pointwise mutual information), and that a run is a whole one from no longer run being nearly as frequent.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.tuning.subjects.subject import Subject

_STRETCH = re.compile(r"[\u3400-\u9fff]+")
_LETTERS = 2_000_000
"""Of the texts no more is counted: runs of characters take much memory."""
_ENOUGH = 3
_COHESION = 12.0
"""How many times more often than by chance."""
_WHOLE = 0.6


@dataclass(slots=True)
class ChineseWords:
    """The characters of everything that is learned from.

    Args:
        vague: Characters that no subject has: those of verbs of speaking, pronouns, particles.
    """

    vague: frozenset[str] = frozenset()
    _single: Counter[str] = field(default_factory=Counter)
    _runs: Counter[str] = field(default_factory=Counter)
    _total: int = 0

    def add(self, paragraphs: Iterable[str]) -> None:
        """Count the characters of paragraphs, and their runs."""
        for paragraph in paragraphs:
            if self._total > _LETTERS:
                return
            for stretch in _STRETCH.findall(paragraph):
                self._total += len(stretch)
                self._single.update(stretch)
                self._runs.update(self._telling(stretch))

    def subjects(self, paragraphs: Sequence[str]) -> list[Subject]:
        """Say what a passage is about, the most telling first; nothing where nothing stands out."""
        stretches = [stretch for paragraph in paragraphs for stretch in _STRETCH.findall(paragraph)]
        counts = Counter(run for stretch in stretches for run in self._telling(stretch))
        length = sum(map(len, stretches))
        scores = {
            run: count * math.log(count / length / ((self._runs[run] + 1) / (self._total + 1)))
            for run, count in counts.items()
            if count >= _ENOUGH and run in paragraphs[0] and self._is_word(run) and self._is_whole(run, counts)
        }
        ranked = sorted(scores, key=lambda run: (-scores[run], run))
        return [Subject(run, run, run) for run in ranked if scores[run] > 0]

    def _telling(self, stretch: str) -> list[str]:
        runs = (stretch[start : start + size] for size in (2, 3) for start in range(len(stretch) - size + 1))
        return [run for run in runs if not self.vague & set(run)]

    def _is_word(self, run: str) -> bool:
        chance = math.prod(self._single[each] / (self._total + 1) for each in run)
        return chance > 0 and self._runs[run] / (self._total + 1) > _COHESION ** (len(run) - 1) * chance

    def _is_whole(self, run: str, counts: Counter[str]) -> bool:
        """Say whether a run is no part of a longer one, and no word with a chance neighbour."""
        if len(run) == 2:
            return all(
                count < _WHOLE * counts[run] for longer, count in counts.items() if len(longer) == 3 and run in longer
            )
        return all(counts[run] >= _WHOLE * counts[part] for part in (run[:2], run[1:]))
