"""How many different words texts have, and how much of them was there before. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.writing.judging import words


def distinct(texts: Sequence[str], size: int) -> float:
    """Give distinct-n: of all runs of so many words in texts, the share that differ (Li et al. 2016).

    The more text, the lower it is: it is to be compared between texts of about the same length alone.

    Args:
        texts: Taken together.
        size: Words of a run, at least 1. An ideograph is a word.
    """
    runs = Counter(run for text in texts for run in _runs(text, size))
    return len(runs) / max(1, runs.total())


def distinct_by_text(texts: Sequence[str], size: int) -> list[float]:
    """Divide distinct-n among the texts, so that its uncertainty can be told: their mean is what `distinct` gives.

    A text stands for what all others lack without it (the jackknife's pseudo-values, Tukey 1958). To draw texts with
    replacement would not do: one that is drawn twice only repeats itself.

    Args:
        texts: Taken together.
        size: See `distinct`.
    """
    counts = [Counter(_runs(text, size)) for text in texts]
    total: Counter[tuple[str, ...]] = Counter()
    for each in counts:
        total.update(each)
    length = total.total()
    without = [
        (len(total) - sum(total[run] == count for run, count in each.items())) / max(1, length - each.total())
        for each in counts
    ]
    whole, mean = len(total) / max(1, length), sum(without) / max(1, len(without))
    return [whole + (len(texts) - 1) * (mean - each) for each in without]


def _runs(text: str, size: int) -> list[tuple[str, ...]]:
    found = words(text)
    return list(zip(*(found[start:] for start in range(size)), strict=False))
