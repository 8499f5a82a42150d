"""The words that are looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.safety.verdict import Category, Severity
from bot.safety.words.lexicon import Lexicon, load_words
from bot.safety.words.lists import Place

SHIPPED = load_words()
LEXICON = Lexicon(SHIPPED)


def found(words: dict[str, Category], text: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in Lexicon(words).find(text)]


def falls_under(text: str) -> dict[Category, Severity]:
    return {hit.category: hit.severity for hit in sorted(LEXICON.find(text), key=lambda hit: hit.severity)}


def test_a_word_stands_alone() -> None:
    words = {"ass": Category.PROFANITY}
    assert found(words, "ass, ass-like (ass) _ass_ classic assassin bass ass1") == ["ass"] * 4


def test_the_longest_word_is_taken() -> None:
    words = {"dog": Category.PROFANITY, "dog style": Category.SEXUAL}
    assert [hit.category for hit in Lexicon(words).find("dog style dog")] == [
        Category.SEXUAL,
        Category.PROFANITY,
    ]


def test_a_shorter_word_that_is_worse_is_kept_beside_a_longer_one() -> None:
    words = {"dog": Category.SLUR, "dog style": Category.SEXUAL}
    assert {hit.category for hit in Lexicon(words).find("dog style")} == {Category.SEXUAL, Category.SLUR}


def test_signs_in_a_word_are_meant_as_they_stand() -> None:
    assert found({"a.s": Category.PROFANITY, "s+x": Category.SEXUAL}, "a.s axs s+x ssx") == ["a.s", "s+x"]


def test_no_word_is_looked_for_in_an_empty_lexicon() -> None:
    assert found({}, "anything, at all") == []


def test_the_shipped_lists_know_swearing_and_what_is_worse() -> None:
    assert SHIPPED["fuck"].category is Category.PROFANITY
    assert SHIPPED["fuck"].place is Place.ANYWHERE
    assert SHIPPED["nigger"].severity is Severity.SEVERE
    assert SHIPPED["lolicon"].category is Category.SEXUAL_MINORS
    assert SHIPPED["kill yourself"].category is Category.SELF_HARM
    never = {"god", "kill", "pawn", "womb", "damn", "gay", "dick", "lesbian", "queer", "virgin", "jew", "muslim", "rum"}
    assert not never & SHIPPED.entries.keys()
    assert all(word == word.strip() and word for word in SHIPPED.entries)


@pytest.mark.parametrize(
    ("text", "category", "severity"),
    [
        ("He is full of bullshit.", Category.PROFANITY, Severity.STRONG),
        ("Those motherfuckers!", Category.PROFANITY, Severity.STRONG),
        ("a son of a bitch", Category.PROFANITY, Severity.MILD),
        ("a blowjob", Category.SEXUAL, Severity.STRONG),
        ("you niggers", Category.SLUR, Severity.SEVERE),
        ("just kys already", Category.SELF_HARM, Severity.SEVERE),
        ("go hang yourself", Category.SELF_HARM, Severity.SEVERE),
        ("他妈的", Category.PROFANITY, Severity.STRONG),
        ("你怎么不去死", Category.SELF_HARM, Severity.SEVERE),
        ("儿童色情", Category.SEXUAL_MINORS, Severity.SEVERE),
    ],
)
def test_an_entry_says_what_it_falls_under_and_how_bad_it_is(text: str, category: Category, severity: Severity) -> None:
    assert falls_under(text)[category] is severity


@pytest.mark.parametrize(
    "text",
    [
        "Scunthorpe and the Matsushita works in Fukushima", "Dr. Kuntz met Mr. Hitchcock in Penistone.",
        "He sniggered at the niggle.",
        "spic and span", "a chink in the armour", "a bundle of faggots and a faggot of wood", "summa cum laude",
        "kaffir lime leaves",
        "The ass brayed.", "You'll kill yourself on that ladder!", "他在路口交给我一封信。", "妈妈的手",
        "做完早操，你妈叫你回家", "gay, lesbian and queer people",
        "Niger, niggle, hoar", "the pussy cat by the fire",
    ],
)  # fmt: skip
def test_what_only_looks_like_an_entry_is_let_pass(text: str) -> None:
    assert LEXICON.find(text) == []


def test_what_is_innocent_in_one_place_does_not_cover_another() -> None:
    text = "a bundle of faggots, you faggots"
    assert [hit.start for hit in LEXICON.find(text)] == [text.rindex("faggots")]


def test_an_operator_can_allow_and_add_words(tmp_path: Path) -> None:
    file = tmp_path / "lexicon.toml"
    (tmp_path / "english.toml").write_text('[strong.profanity]\nstem = ["fuck"]\nword = ["shit"]\n', encoding="utf-8")
    file.write_text(
        'allow = ["Fuck"]\n[categories]\ncustom = ["Frobnicate", "frübnicate", "\u200b"]\n', encoding="utf-8"
    )
    words = load_words(file)
    assert set(words.entries) == {"shit", "frobnicate", "frubnicate"}
    assert words["frobnicate"].category is words["frubnicate"].category is Category.CUSTOM


def test_a_stem_has_its_endings_and_is_named_by_what_is_listed(tmp_path: Path) -> None:
    file = tmp_path / "lexicon.toml"
    file.write_text('[mild.custom]\nstem = ["grumble"]\n', encoding="utf-8")
    words = load_words(file)
    assert {"grumble", "grumbles", "grumbled", "grumbling", "grumbler"} <= words.entries.keys()
    assert words["grumbling"].name == "grumble"
    assert words["grumbling"].severity is Severity.MILD


def test_a_word_that_is_disguised_often_is_known_in_its_misspellings(tmp_path: Path) -> None:
    file = tmp_path / "lexicon.toml"
    file.write_text(
        'disguised = ["grumbler"]\nallow = ["grumbla"]\n[strong.custom]\nword = ["grumbler"]\n', encoding="utf-8"
    )
    lexicon = Lexicon(load_words(file))
    for text in ("relbmurg", "grmblr", "grubmler", "grumblah", "umblergray", "grum bler", "g******r", "gr*mbl*r"):
        assert [text[hit.start : hit.end] for hit in lexicon.find(text)] == [text]
    assert lexicon.find("grumbla") == []


@pytest.mark.parametrize(
    "content", ["allow = 'a'", "[categories]\nnonsense = ['a']", "deny = ['a']", "[strong.profanity]\nmaybe = ['a']"]
)
def test_a_file_that_cannot_be_meant_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "lexicon.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"lexicon\.toml"):
        load_words(file)


def test_a_list_beside_it_that_cannot_be_meant_is_named(tmp_path: Path) -> None:
    (tmp_path / "lexicon.toml").write_text("allow = []", encoding="utf-8")
    (tmp_path / "french.toml").write_text("allow = 3", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"french\.toml"):
        load_words(tmp_path / "lexicon.toml")
