"""How sure a figure is: intervals that hold the true value 95 times of 100. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Z_95 = 1.959964
"""The standard normal distribution's 97.5th percentile."""
DRAWS = 4000
FEWEST = 10
"""Of fewer prompts the draws know too little to be widened into an interval: three that agree would look like proof."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a value lies, both ends included."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Say whether a value lies within."""
        return self.low <= value <= self.high


def wilson(wins: float, trials: int) -> Interval:
    """Give the 95 % score interval of a share (Wilson 1927), which is of use for few trials and near 0 and 1 as well.

    Args:
        wins: From 0 to `trials`; a mean share of each times their number where a trial can be won in part.
        trials: With none, the share may be anything from 0 to 1.
    """
    if not trials:
        return Interval(0.0, 1.0)
    share, square = wins / trials, Z_95**2
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    reach = Z_95 / (1 + square / trials) * math.sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    # At both ends the formula gives 0 and 1 but for rounding.
    return Interval(0.0 if wins == 0 else middle - reach, 1.0 if wins == trials else middle + reach)


def paired_bootstrap(differences: Sequence[Sequence[float]], seed: int, draws: int = DRAWS) -> Interval | None:
    """Give the 95 % percentile interval of a mean difference (Efron 1979; of pairs, Efron and Tibshirani 1993).

    Prompts are drawn, each with all its texts, because texts of one prompt resemble each other. Of few prompts the
    percentiles lie too close together, as if their spread were known: both ends are moved away from the mean by what
    Student's distribution is wider, and a sample's spread smaller (Hesterberg 2015, arXiv:1411.5279).

    Args:
        differences: For each prompt, the differences between both sides' texts; a prompt may have none.
        seed: Of the draws.
        draws: How often as many prompts as there are get drawn.

    Returns:
        None where fewer than `FEWEST` prompts have a difference.
    """
    sums = np.array([sum(each) for each in differences if each])
    sizes = np.array([len(each) for each in differences if each])
    count = len(sums)
    if count < FEWEST:
        return None
    chance = np.random.default_rng(seed)
    drawn = (chance.integers(count, size=count) for _ in range(draws))
    ends = np.quantile([sums[each].sum() / sizes[each].sum() for each in drawn], (0.025, 0.975))
    mean = sums.sum() / sizes.sum()
    low, high = mean + (ends - mean) * math.sqrt(count / (count - 1)) * student_95(count - 1) / Z_95
    return Interval(float(low), float(high))


def student_95(freedom: int) -> float:
    """Give the 97.5th percentile of Student's distribution (Abramowitz and Stegun 26.7.5), to 0.001 from 4 on.

    Args:
        freedom: Degrees of it.
    """
    z = Z_95
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92_160,
    )
    return z + sum(term / float(freedom) ** power for power, term in enumerate(terms, 1))
