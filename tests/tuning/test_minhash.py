"""Signatures estimate how much two sets have in common."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.tuning.minhash import PLACES, MinHasher, Nearest

HASHER = MinHasher()
WORDS = st.sets(st.text("abc", min_size=1, max_size=4), min_size=1, max_size=30)


def numbers(start: int, end: int) -> set[str]:
    return {str(number) for number in range(start, end)}


@pytest.mark.parametrize("common", [0, 300, 600, 800, 950, 1000])
def test_the_estimate_is_near_the_similarity(common: int) -> None:
    one, other = numbers(0, 1000), numbers(1000 - common, 2000 - common)
    similarity = len(one & other) / len(one | other)
    agreeing = float(np.mean(HASHER.signature(one) == HASHER.signature(other)))
    assert agreeing == pytest.approx(similarity, abs=4 * 0.5 / PLACES**0.5)


@given(WORDS, WORDS)
def test_the_signature_of_a_union_is_the_lower_of_both(one: set[str], other: set[str]) -> None:
    lower = np.minimum(HASHER.signature(one), HASHER.signature(other))
    assert (HASHER.signature(one | other) == lower).all()


def test_large_sets_are_taken_in_parts_and_come_to_the_same() -> None:
    parts = [HASHER.signature(numbers(start, start + 5000)) for start in range(0, 20_000, 5000)]
    assert (HASHER.signature(numbers(0, 20_000)) == np.minimum.reduce(parts)).all()


@given(st.lists(WORDS, max_size=6), WORDS)
@settings(max_examples=50)
def test_the_first_that_is_the_same_is_found(sets: list[set[str]], wanted: set[str]) -> None:
    nearest = Nearest(1.0)
    for number, each in enumerate([*sets, wanted]):
        nearest.add(number, HASHER.signature(each))
    assert nearest.find(HASHER.signature(wanted)) == [*sets, wanted].index(wanted)


def test_what_is_too_far_is_not_found() -> None:
    nearest = Nearest(0.8)
    nearest.add("one", HASHER.signature(numbers(0, 1000)))
    assert nearest.find(HASHER.signature(numbers(0, 1050))) == "one"
    assert nearest.find(HASHER.signature(numbers(500, 1500))) is None
    assert nearest.find(HASHER.signature(set())) is None
