"""The die: fair, told again by its seed, and read in words."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.stories.games.dice import Luck, Throw, throw


@pytest.mark.parametrize(
    ("value", "luck"),
    [(1, Luck.DISASTER), (2, Luck.FAILURE), (8, Luck.FAILURE), (9, Luck.PRICE), (12, Luck.PRICE),
     (13, Luck.SUCCESS), (19, Luck.SUCCESS), (20, Luck.TRIUMPH)],
)  # fmt: skip
def test_each_value_is_read_in_one_way(value: int, luck: Luck) -> None:
    assert Throw(value).luck is luck


def test_the_seed_and_the_step_tell_the_throw() -> None:
    assert throw(5, 1) == throw(5, 1)
    assert len({throw(5, number).value for number in range(30)}) > 10
    assert [throw(5, number) for number in range(9)] != [throw(6, number) for number in range(9)]


def test_every_side_comes_about_as_often() -> None:
    counts = Counter(throw(1, number).value for number in range(20_000))
    assert sorted(counts) == list(range(1, 21))
    assert min(counts.values()) > 850


def test_every_throw_is_told_in_both_languages() -> None:
    told = {Throw(value).told(chinese=chinese) for value in range(1, 21) for chinese in (False, True)}
    assert len(told) == 2 * len(Luck)
