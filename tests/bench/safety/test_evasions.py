"""The development sets, and what the shipped lists make of them."""

from __future__ import annotations

import pytest

from bot.bench.safety.evasions import caught, chinese, honest, measure, mixed, passed, single
from bot.bench.safety.kinds import ALL, CHINESE, FIRST, LATER
from bot.safety.words.lexicon import Lexicon, load_words

LEXICON = Lexicon(load_words())


def test_there_are_many_kinds_and_all_of_them_do_something() -> None:
    assert len(ALL) == len(FIRST) + len(LATER) >= 60
    assert {case.kind for case in single(ALL)} == set(ALL)
    assert {case.kind for case in chinese()} == set(CHINESE)


def test_the_same_seed_gives_the_same_cases_and_another_seed_others() -> None:
    assert list(mixed(50, seed=3)) == list(mixed(50, seed=3))
    assert list(mixed(50, seed=3)) != list(mixed(50, seed=4))
    assert list(single(ALL)) == list(single(ALL))


def test_a_case_says_where_the_word_stands() -> None:
    for case in single({"plain": FIRST["plain"]}):
        assert case.text[case.start : case.end] == case.entry


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_nearly_all_disguised_words_are_found(seed: int) -> None:
    assert caught(LEXICON, list(single(ALL, seed))).share >= 0.98
    assert caught(LEXICON, list(mixed(seed=seed))).share >= 0.9
    assert caught(LEXICON, list(chinese(seed))).share >= 0.98


@pytest.mark.parametrize(("language", "lines"), [("en", 400), ("zh", 150)])
def test_nearly_all_honest_lines_pass(language: str, lines: int) -> None:
    texts = honest(language)
    assert len(texts) >= lines
    assert passed(LEXICON, texts).share >= 0.975


def test_the_rates_name_what_was_missed_and_what_was_flagged() -> None:
    rates = measure(Lexicon({}))
    assert rates["plain"].share == 0
    assert rates["plain"].others[0].startswith("fuck: ")
    assert rates["honest English"].share == 1
    assert {"all single", "mixtures", "Chinese", "honest Chinese"} <= rates.keys()
