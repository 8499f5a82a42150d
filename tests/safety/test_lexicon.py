"""The words that are looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.safety.lexicon import Lexicon, load_words
from bot.safety.verdict import Category


def found(words: dict[str, Category], text: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in Lexicon(words).find(text)]


def test_a_word_stands_alone() -> None:
    words = {"ass": Category.PROFANITY}
    assert found(words, "ass, ass-like (ass) _ass_ classic assassin bass ass1") == ["ass"] * 4


def test_the_longest_word_is_taken() -> None:
    words = {"dog": Category.PROFANITY, "dog style": Category.SEXUAL}
    assert [hit.category for hit in Lexicon(words).find("dog style dog")] == [
        Category.SEXUAL,
        Category.PROFANITY,
    ]


def test_signs_in_a_word_are_meant_as_they_stand() -> None:
    assert found({"a.s": Category.PROFANITY, "s+x": Category.SEXUAL}, "a.s axs s+x ssx") == ["a.s", "s+x"]


def test_no_word_is_looked_for_in_an_empty_lexicon() -> None:
    assert found({}, "anything, at all") == []


def test_the_shipped_list_masks_swearing_and_knows_what_is_worse() -> None:
    words = load_words()
    assert words["fuck"] is Category.PROFANITY
    assert words["nigger"] is Category.SLUR
    assert words["lolicon"] is Category.SEXUAL_MINORS
    assert not {"god", "kill", "pawn", "womb", "damn", "gay", "dick", "lesbian", "queer", "virgin"} & words.keys()
    assert all(word == word.strip() and word for word in words)


def test_an_operator_can_allow_and_add_words(tmp_path: Path) -> None:
    file = tmp_path / "lexicon.toml"
    file.write_text(
        'allow = ["Fuck"]\n[categories]\ncustom = ["Frobnicate", "frübnicate", "\u200b"]\n', encoding="utf-8"
    )
    words = load_words(file)
    assert "fuck" not in words
    assert "" not in words
    assert words["frobnicate"] is words["frubnicate"] is Category.CUSTOM


@pytest.mark.parametrize("content", ['allow = ["a"]', "[categories]\nnonsense = ['a']", "deny = ['a']\n[categories]"])
def test_a_file_that_cannot_be_meant_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "lexicon.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"lexicon\.toml"):
        load_words(file)
