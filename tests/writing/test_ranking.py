"""Of several texts the likeliest is the best, unless it repeats itself or breaks off."""

from __future__ import annotations

import pytest

from bot.writing.ranking import REPEATED_WEIGHT, UNFINISHED_WEIGHT, Candidate, is_finished, ranked, repeated, score

GOOD = "The miller went home. Nobody saw him go."


def test_the_likelier_by_token_is_better_however_long_it_is() -> None:
    long, short = Candidate(GOOD, 100, -200.0), Candidate(GOOD, 10, -30.0)
    assert (score(long), score(short)) == (-2.0, -3.0)
    assert ranked([short, long]) == [1, 0]


def test_a_text_that_repeats_itself_is_worse_than_a_less_likely_one() -> None:
    circles = Candidate("He went to the mill. He went to the mill. He went to the mill.", 15, -3.0)
    assert repeated(circles.text) > 0.4
    assert score(circles) == pytest.approx(-0.2 - REPEATED_WEIGHT * repeated(circles.text))
    assert ranked([circles, Candidate(GOOD, 10, -15.0)]) == [1, 0]


def test_an_end_within_a_sentence_counts_against_a_text() -> None:
    broken = Candidate("The miller went home. Nobody saw…", 10, -20.0)
    assert score(broken) == -2.0 - UNFINISHED_WEIGHT
    assert [is_finished(text) for text in (GOOD, "“Go!” she said.", "他走了。", "他走了", "And then…", "")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip


def test_chinese_is_counted_by_characters() -> None:
    assert repeated("老人走到河边坐下来。" * 3) > 0.4
    assert repeated("老人走到河边，坐了很久，直到天黑。") == 0


def test_nothing_is_the_worst_and_equals_keep_their_order() -> None:
    assert score(Candidate(" ", 0, 0.0)) == float("-inf")
    same = Candidate(GOOD, 10, -20.0)
    assert ranked([Candidate("", 0, 0.0), same, same]) == [1, 2, 0]
    assert ranked([]) == []
