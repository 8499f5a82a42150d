"""Figures of two sides over the same prompts."""

from __future__ import annotations

import pytest

from bot.bench.comparison import Pair, Row, compare

GOOD = "The old king looked at the sea until evening. A boat came home, and in it sat his only daughter."
SHORT = "The end."
BROKEN = "The old king looked at the sea until evening and then he went down to the harbour with"
LOOP = "The king sat down here. " * 6


def rows(*pairs: Pair, seed: int = 1) -> dict[str, Row]:
    return {row.name: row for row in compare(pairs, seed)}


def test_each_side_is_counted_over_the_same_prompts() -> None:
    found = rows(Pair("one", GOOD, BROKEN), Pair("two", GOOD, LOOP.strip()), Pair("three", SHORT, GOOD))
    assert (found["mid_sentence"].a, found["mid_sentence"].b) == pytest.approx((0, 1 / 3))
    assert (found["looping"].a, found["looping"].b) == pytest.approx((0, 1 / 3))
    assert (found["short"].a, found["short"].b) == pytest.approx((1 / 3, 0))
    assert found["mid_sentence"].difference == pytest.approx(-1 / 3)
    assert found["words"].a == pytest.approx((20 + 20 + 2) / 3)


def test_a_text_that_is_missing_counts_against_its_side_alone_once() -> None:
    found = rows(Pair("one", "", GOOD), Pair("two", GOOD, GOOD), Pair("three", GOOD, BROKEN))
    assert (found["nothing_written"].a, found["nothing_written"].b) == pytest.approx((1 / 3, 0))
    assert found["mid_sentence"].texts == 2
    assert found["mid_sentence"].b == 1 / 2


def test_subjects_are_counted_over_wishes_alone() -> None:
    found = rows(
        Pair("write a story about a king", GOOD, "Nobody came."),
        Pair("dragon", GOOD, GOOD),
        Pair("He ran.", GOOD, GOOD),
    )
    assert found["subject_named"].texts == 2
    assert (found["subject_named"].a, found["subject_named"].b) == (1 / 2, 0)
    assert "subject_named" not in rows(Pair("He ran.", GOOD, GOOD))


def test_the_same_texts_differ_in_nothing() -> None:
    found = rows(*(Pair(str(number), GOOD, GOOD) for number in range(5)))
    assert not any(row.differs for row in found.values())
    assert all(row.difference == 0 for row in found.values())


def test_what_differs_in_nearly_every_pair_differs_surely_and_swapped_the_other_way() -> None:
    pairs = [Pair(str(number), GOOD, BROKEN if number else GOOD) for number in range(12)]
    there, back = rows(*pairs), rows(*(Pair(pair.prompt, pair.b, pair.a) for pair in pairs))
    assert there["mid_sentence"].differs
    assert there["mid_sentence"].difference == -back["mid_sentence"].difference == pytest.approx(-11 / 12)
    interval = there["mid_sentence"].interval
    assert interval
    assert interval.low == -1.0, "no share differs by more than all"


def test_there_is_no_star_without_an_interval() -> None:
    alike = rows(*(Pair(str(number), GOOD, BROKEN) for number in range(10)))["mid_sentence"]
    assert (alike.differs, alike.told, alike.difference) == (False, None, -1)
    few = rows(*(Pair(str(number), GOOD, BROKEN if number else GOOD) for number in range(9)))["mid_sentence"]
    assert (few.differs, few.interval) == (False, None)


def test_one_prompt_has_figures_and_no_interval() -> None:
    row = rows(Pair("one", GOOD, BROKEN))["mid_sentence"]
    assert row.interval is None
    assert not row.differs
    assert row.as_json() == {"texts": 1, "a": 0, "b": 1, "difference": -1, "low": None, "high": None}


def test_of_no_pairs_there_is_nothing_to_say() -> None:
    assert rows() == {}
