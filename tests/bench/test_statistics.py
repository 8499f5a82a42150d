"""Intervals: known values, and what must hold of any."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bench.statistics import Interval, paired_bootstrap, student_95, wilson


@pytest.mark.parametrize(
    ("wins", "trials", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 10, 0.0179, 0.4042),
        (5, 10, 0.2366, 0.7634),
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I
        (15, 148, 0.0624, 0.1605),  # the same
        (1, 29, 0.0061, 0.1718),  # the same
    ],
)
def test_wilsons_interval_has_its_known_values(wins: int, trials: int, low: float, high: float) -> None:
    found = wilson(wins, trials)
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-5)


def test_a_trial_can_be_won_in_part() -> None:
    lows, highs = zip(*((found.low, found.high) for found in (wilson(wins, 10) for wins in (2, 2.5, 3))), strict=True)
    assert sorted(lows) == list(lows)
    assert sorted(highs) == list(highs)


def test_of_no_trials_nothing_is_known() -> None:
    assert wilson(0, 0) == Interval(0.0, 1.0)


@given(st.integers(1, 10_000).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_wilsons_interval_holds_the_share_and_mirrors(counts: tuple[int, int]) -> None:
    wins, trials = counts
    found, mirrored = wilson(wins, trials), wilson(trials - wins, trials)
    assert 0 <= found.low <= wins / trials <= found.high <= 1
    assert (1 - mirrored.high, 1 - mirrored.low) == pytest.approx((found.low, found.high))


def test_sides_that_are_equal_differ_by_nothing() -> None:
    assert paired_bootstrap([[0.0]] * 20, seed=1) == Interval(0.0, 0.0)


def test_the_same_seed_draws_the_same_interval_and_another_one_another() -> None:
    differences = [[number**1.5] for number in range(30)]
    assert paired_bootstrap(differences, seed=1) == paired_bootstrap(differences, seed=1)
    assert paired_bootstrap(differences, seed=1) != paired_bootstrap(differences, seed=2)


@pytest.mark.parametrize(
    "differences", [[], [[1.0]], [[1.0, 2.0], []], [[1.0], [1.1], [1.2]], [[float(number)] * 20 for number in range(9)]]
)
def test_fewer_than_ten_prompts_have_no_interval(differences: list[list[float]]) -> None:
    assert paired_bootstrap(differences, seed=1) is None


def test_of_few_prompts_the_interval_is_students() -> None:
    misses = 0
    for trial in range(300):
        chance = random.Random(trial)
        found = paired_bootstrap([[chance.gauss(1, 2)] for _ in range(10)], seed=trial, draws=400)
        assert found
        misses += not found.holds(1.0)
    # The bare percentiles miss it about 35 times.
    assert misses / 300 < 0.08


@pytest.mark.parametrize(("freedom", "known"), [(4, 2.776), (9, 2.262), (19, 2.093), (99, 1.984)])
def test_students_distribution_has_its_known_values(freedom: int, known: float) -> None:
    assert student_95(freedom) == pytest.approx(known, abs=1e-3)


def test_many_differences_have_the_interval_of_the_normal_distribution() -> None:
    chance = random.Random(5)
    differences = [chance.gauss(3, 2) for _ in range(400)]
    mean = sum(differences) / 400
    error = (sum((each - mean) ** 2 for each in differences) / 400 / 400) ** 0.5
    found = paired_bootstrap([[each] for each in differences], seed=1)
    assert found
    assert (found.low, found.high) == pytest.approx((mean - 1.96 * error, mean + 1.96 * error), abs=0.1 * error)


def test_texts_of_one_prompt_are_drawn_together() -> None:
    alike = [[number % 5 * 1.0] * 10 for number in range(20)]
    alone = [[each] for prompt in alike for each in prompt]
    together, apart = paired_bootstrap(alike, seed=1), paired_bootstrap(alone, seed=1)
    assert together
    assert apart
    assert together.high - together.low > 2 * (apart.high - apart.low)
