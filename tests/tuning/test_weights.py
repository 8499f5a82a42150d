"""Weights are read as they are typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.tuning.errors import BadWeightError
from bot.tuning.weights import read_weights

SOURCES = (Path("tales/a.txt"), Path("tales/b=c.txt"), Path("novel.epub"))


def test_what_nobody_names_is_seen_once() -> None:
    assert read_weights([], SOURCES) == dict.fromkeys(SOURCES, 1.0)


def test_a_file_and_a_folder_can_be_named_and_the_last_word_counts() -> None:
    assert list(read_weights(["tales=2", "./tales/a.txt=0.5"], SOURCES).values()) == [0.5, 2.0, 1.0]
    assert list(read_weights(["tales/b=c.txt=3"], SOURCES).values()) == [1.0, 3.0, 1.0]


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        ("novel.epub", "does not end with a number"),
        ("novel.epub=", "does not end with a number"),
        ("novel.epub=twice", "does not end with a number"),
        ("=2", "does not end with a number"),
        ("novel.epub=nan", "not between 0.1 and 10"),
        ("novel.epub=0", "not between 0.1 and 10"),
        ("novel.epub=11", "not between 0.1 and 10"),
        ("missing.txt=2", "missing.txt is not among the files"),
        ("nov=2", "nov is not among the files"),
    ],
)
def test_a_weight_that_cannot_be_used_is_told_so(option: str, reason: str) -> None:
    with pytest.raises(BadWeightError, match=reason):
        read_weights([option], SOURCES)
