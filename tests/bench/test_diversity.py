"""How many different words there are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bench.diversity import distinct, distinct_by_text
from bot.writing.ranking import repeated

TEXTS = st.lists(st.lists(st.sampled_from(["fox", "sea", "ran", "old"]), max_size=6).map(" ".join), min_size=1)


def test_distinct_counts_runs_over_all_texts() -> None:
    texts = ["The fox saw the sea.", "The fox ran."]
    assert distinct(texts, 1) == 5 / 8  # the, fox, saw, sea, ran
    assert distinct(texts, 2) == 5 / 6  # “the fox” twice


def test_no_run_stretches_over_two_texts() -> None:
    assert distinct(["fox", "fox"], 2) == 0
    assert distinct([], 1) == 0


@given(TEXTS, st.integers(1, 3))
def test_what_the_texts_stand_for_is_distinct_on_average(texts: list[str], size: int) -> None:
    values = distinct_by_text(texts, size)
    assert len(values) == len(texts)
    assert sum(values) / len(values) == pytest.approx(distinct(texts, size), abs=1e-9)


def test_a_text_that_says_nothing_new_stands_for_less() -> None:
    new, old, again = distinct_by_text(["a fox ran", "the sea sang", "the sea sang"], 1)
    assert old == again < new


def test_repeated_is_the_share_of_runs_that_were_there_before() -> None:
    assert repeated("one two three four five") == 0
    assert repeated("one two three four one two three four") == pytest.approx(1 / 5)
    assert repeated("too short") == 0
