"""What people type becomes part of a story: parted as it should be, and nothing else than the game asks for."""

from __future__ import annotations

import pytest

from bot.games import GameKind, GameRules
from bot.stories.games import errors
from bot.stories.games.inputs import Form, count_words, phrase, read, separator

RULES = GameRules(turn_letters=100)


@pytest.mark.parametrize(
    ("story", "typed", "joined"),
    [
        ("The door opened.", "A fox came in.", "The door opened. A fox came in."),
        ("The door opened.", '"Who is there?" she asked.', 'The door opened. "Who is there?" she asked.'),
        ("The door", ", which was red", "The door, which was red"),
        ("She said “", "come in", "She said “come in"),
        ("The door opened.\n", "A fox came in.", "The door opened.\nA fox came in."),
        ("门开了。", "一只狐狸走了进来。", "门开了。一只狐狸走了进来。"),
        ("门开了", "，她走了出去", "门开了，她走了出去"),
        ("", "A fox came in.", "A fox came in."),
    ],
)
def test_a_passage_is_parted_from_the_story_as_its_language_does(story: str, typed: str, joined: str) -> None:
    given = read(GameKind.RELAY, RULES, typed, story)
    assert story + given.before + given.text == joined


def test_lines_stand_beneath_one_another() -> None:
    assert separator(GameKind.LINES, "Roses are red", "violets are blue") == "\n"


@pytest.mark.parametrize(
    ("story", "typed", "before"), [("Once", "upon", " "), ("Once", ",", ""), ("从前", "有", ""), ("Once", "“upon", " ")]
)
def test_words_stand_beside_one_another(story: str, typed: str, before: str) -> None:
    assert read(GameKind.WORDS, RULES, typed, story).before == before


@pytest.mark.parametrize("typed", ["upon a", "有 一", "从前有一座山山里有一座庙"])
def test_one_word_is_one_word(typed: str) -> None:
    with pytest.raises(errors.OneWordError):
        read(GameKind.WORDS, RULES, typed, "Once")


def test_one_line_is_one_line() -> None:
    with pytest.raises(errors.OneLineError):
        read(GameKind.LINES, RULES, "a line\nand another", "Once")


@pytest.mark.parametrize("typed", ["", "  \n "])
def test_nothing_is_no_turn(typed: str) -> None:
    with pytest.raises(errors.EmptyTurnError):
        read(GameKind.RELAY, RULES, typed, "Once")


def test_a_turn_has_a_length() -> None:
    assert read(GameKind.RELAY, RULES, " " + "a" * 100 + "\n", "Once").text == "a" * 100
    with pytest.raises(errors.TooLongTurnError, match="100 characters here; this has 101"):
        read(GameKind.RELAY, RULES, "a" * 101, "Once")


@pytest.mark.parametrize(
    ("form", "typed", "text"),
    [
        (Form.DO, "open the door", "You open the door."),
        (Form.DO, "Open the door!", "You open the door!"),
        (Form.DO, "I open the door", "You open the door."),
        (Form.DO, "you run", "You run."),
        (Form.DO, "I", "You I."),
        (Form.DO, "打开门", "你打开门。"),
        (Form.DO, "我打开门。", "你打开门。"),
        (Form.SAY, "Who is there?", 'You say, "Who is there?"'),
        (Form.SAY, '"hello"', 'You say, "hello."'),
        (Form.SAY, "谁在那里？", "你说：“谁在那里？”"),
    ],
)
def test_what_a_hero_does_and_says_is_told_in_the_second_person(form: Form, typed: str, text: str) -> None:
    assert phrase(form, typed) == text


def test_in_an_adventure_a_deed_is_a_paragraph_and_a_tale_goes_on() -> None:
    deed = read(GameKind.ADVENTURE, RULES, "open the door", "A door.", Form.DO)
    assert (deed.before, deed.text) == ("\n\n", "You open the door.")
    tale = read(GameKind.ADVENTURE, RULES, "It rains.", "A door.", Form.STORY)
    assert (tale.before, tale.text) == (" ", "It rains.")


@pytest.mark.parametrize("typed", ['"', "“”", "''", "我", "!", "'''"])
@pytest.mark.parametrize("form", [Form.DO, Form.SAY])
def test_odd_deeds_are_still_told(form: Form, typed: str) -> None:
    assert read(GameKind.ADVENTURE, RULES, typed, "A door.", form).text.startswith(("You ", "你"))


@pytest.mark.parametrize(
    ("text", "words"), [("", 0), ("Two words.", 2), ("一二三", 3), ("三 words 和 more", 4), ("— …", 0)]
)
def test_words_are_counted_and_ideographs_are_words(text: str, words: int) -> None:
    assert count_words(text) == words
