"""Words of a phrase are found with Markdown, quotes and emoji between them, and only they are masked."""

from __future__ import annotations

import pytest

from bot.safety.verdict import Category
from bot.safety.words.lexicon import Lexicon, load_words

LEXICON = Lexicon(load_words())
NAMES = Lexicon({"john smith": Category.CUSTOM, "the red wedding": Category.CUSTOM}, own=True)


def found(lexicon: Lexicon, text: str) -> set[tuple[str, str]]:
    return {(hit.rule.name, text[hit.start : hit.end]) for hit in lexicon.find(text)}


@pytest.mark.parametrize(
    ("text", "name", "piece"),
    [
        ("kill **yourself**", "kill yourself", "kill **yourself"),
        ("Just **kill** __yourself__.", "kill yourself", "kill** __yourself"),
        ("||kill|| ||yourself||", "kill yourself", "kill|| ||yourself"),
        ("`kill` *yourself*", "kill yourself", "kill` *yourself"),
        ("kill \\*yourself\\*", "kill yourself", "kill \\*yourself"),
        ("> kill\n> yourself", "kill yourself", "kill\n> yourself"),
        ("“kill” “yourself”", "kill yourself", "kill” “yourself"),
        ("kill 'yourself'", "kill yourself", "kill 'yourself"),
        ("kill ❤️ yourself", "kill yourself", "kill ❤️ yourself"),
        ("kill 💥🔥 yourself", "kill yourself", "kill 💥🔥 yourself"),
        ("kill <:boom:123456789012345678> yourself", "kill yourself", "kill <:boom:123456789012345678> yourself"),
        ("k!ll **yourself**", "kill yourself", "k!ll **yourself"),
        ("heil **hitler**", "heil hitler", "heil **hitler"),
        ("heil, hitler", "heil, hitler", "heil, hitler"),
        ("white **power**", "white power", "white **power"),
        ("child **porn**", "child porn", "child **porn"),
        ("gas the🔥jews", "gas the jews", "gas the🔥jews"),
        ("gas *the* 🔥 jews", "gas the jews", "gas *the* 🔥 jews"),
    ],
)
def test_signs_between_the_words_of_a_phrase_hide_nothing(text: str, name: str, piece: str) -> None:
    assert (name, piece) in found(LEXICON, text)


@pytest.mark.parametrize(
    "text",
    [
        "He hailed him: heil. Hitler nodded.",
        "Buy food, drink, bleach and soap.",
        "State your age group, sex and income, your name, phone, sex and age.",
        "It was a fast, white, power-driven boat.",
        "Is it a she, male or female?",
        "“What did you kill?” Yourself alone you saw.",
        "kill" + " *" * 12 + " yourself",
        "spic **and** span, the “pussy” cat",
    ],
)
def test_what_is_listed_or_ends_a_sentence_is_no_phrase(text: str) -> None:
    assert not {name for name, _ in found(LEXICON, text) if " " in name}


@pytest.mark.parametrize("text", ["john **smith**", "john 🙂 smith", "john, smith", "John_Smith", "“John” “Smith”"])
def test_a_servers_own_phrase_is_found_across_signs_and_commas(text: str) -> None:
    assert {name for name, _ in found(NAMES, text)} == {"john smith"}


def test_a_longer_own_phrase_is_found_across_several_gaps() -> None:
    text = "of **the** 🔥 *red*, wedding!"
    assert found(NAMES, text) == {("the red wedding", "the** 🔥 *red*, wedding")}
    assert found(NAMES, "John. Smith went. The red. Wedding") == set()


@pytest.mark.parametrize("text", ["1488", "on 1488.", "#1488", "１４８８", "-1488-"])
def test_a_number_is_found_where_it_stands_alone(text: str) -> None:
    assert Lexicon({"1488": Category.CUSTOM}, own=True).find(text)


@pytest.mark.parametrize("text", ["14880", "21488", "214880", "in 14881918", "x1488"])
def test_a_number_is_not_found_in_a_longer_one(text: str) -> None:
    assert Lexicon({"1488": Category.CUSTOM}, own=True).find(text) == []


def test_a_word_that_ends_with_a_digit_is_bounded_by_digits_there_alone() -> None:
    lexicon = Lexicon({"area51": Category.CUSTOM, "4chan": Category.CUSTOM}, own=True)
    assert found(lexicon, "area51 area510 4chan 14chan") == {("area51", "area51"), ("4chan", "4chan")}
