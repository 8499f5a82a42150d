"""Pairs that are judged blind, and what is kept of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.bench.blind import BadChoicesError, BlindPair, Choice, Choices, Tally, draw_pairs
from bot.bench.statistics import Interval, wilson

PROMPTS = [(f"prompt {number}", number) for number in range(40)]
TEXTS = [(f"a{number}", f"b{number}") for number in range(40)]


def pair(
    prompt: str = "He ran.", names: tuple[str, str] = ("A", "B"), texts: tuple[str, str] = ("x", "y")
) -> BlindPair:
    return BlindPair(prompt, 1, names, texts)


def test_the_order_is_drawn_and_the_same_seed_draws_it_again() -> None:
    pairs = draw_pairs(PROMPTS, ("A", "B"), TEXTS, seed=3)
    assert pairs == draw_pairs(PROMPTS, ("A", "B"), TEXTS, seed=3)
    assert pairs != draw_pairs(PROMPTS, ("A", "B"), TEXTS, seed=4)
    assert sorted(each.prompt for each in pairs) == sorted(prompt for prompt, _ in PROMPTS)
    assert [each.prompt for each in pairs] != [prompt for prompt, _ in PROMPTS]
    assert 5 < sum(each.names == ("A", "B") for each in pairs) < 35


def test_each_name_stays_with_its_text() -> None:
    for each in draw_pairs(PROMPTS, ("A", "B"), TEXTS, seed=3):
        assert each.said == {("A", f"a{each.seed}"), ("B", f"b{each.seed}")}


def test_pairs_without_a_choice_are_not_shown() -> None:
    texts = [("same", "same"), ("", "b"), ("a", ""), ("a", "b")]
    assert [each.seed for each in draw_pairs(PROMPTS[:4], ("A", "B"), texts, seed=1)] == [3]


def test_choices_are_there_again_in_whatever_order_the_sides_are_named(tmp_path: Path) -> None:
    file = tmp_path / "choices.jsonl"
    first = Choices.read(file)
    first.add(Choice(pair(texts=("它", "y\u2028z")), "A"))
    first.add(Choice(pair("She sang."), None))
    assert Choices.read(file).made == first.made
    again = Choices.read(file).about([pair(names=("B", "A"), texts=("other", "words")), pair("Unseen.")])
    assert [choice.winner for choice in again] == ["A"]


def test_choices_between_others_are_not_counted() -> None:
    choices = Choices(None, [Choice(pair(names=("A", "C")), "A")])
    assert choices.about([pair()]) == []


def test_who_changes_their_mind_is_counted_once() -> None:
    choices = Choices(None, [Choice(pair(), "A"), Choice(pair(), "B")])
    assert [choice.winner for choice in choices.about([pair()])] == ["B"]


def test_ties_are_counted_and_decide_nothing() -> None:
    tally = Tally.of([Choice(pair(), winner) for winner in ("A", "A", "B", None)], "A", "B")
    assert tally == Tally(2, 1, 1, prompts=1)
    assert tally.decided == 3
    assert tally.interval.holds(2 / 3)


@pytest.mark.parametrize("line", ["nonsense", "[]", '{"winner": "A"}'])
def test_a_file_of_something_else_is_left_alone(tmp_path: Path, line: str) -> None:
    file = tmp_path / "notes.txt"
    file.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(BadChoicesError, match="line 2 is no choice"):
        Choices.read(file)


def test_a_winner_that_was_not_shown_is_no_choice(tmp_path: Path) -> None:
    file = tmp_path / "choices.jsonl"
    Choices(file).add(Choice(pair(), "C"))
    with pytest.raises(BadChoicesError, match="line 1 is no choice"):
        Choices.read(file)


def test_a_file_that_cannot_be_read_or_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadChoicesError, match="cannot be gone on with"):
        Choices.read(tmp_path)
    with pytest.raises(BadChoicesError, match="Give --keep another file"):
        Choices(tmp_path).add(Choice(pair(), "A"))


def test_pairs_of_one_prompt_are_as_good_as_one() -> None:
    many = [Choice(BlindPair(f"prompt {number % 3}", number, ("A", "B"), ("x", "y")), "A") for number in range(30)]
    tally = Tally.of(many, "A", "B")
    assert (tally.decided, tally.prompts) == (30, 3)
    assert tally.interval == wilson(3, 3)
    assert Tally.of([], "A", "B").interval == Interval(0.0, 1.0)
