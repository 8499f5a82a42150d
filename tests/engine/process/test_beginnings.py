from __future__ import annotations

from bot.engine.process.beginnings import BLOCK_CHARACTERS, Beginnings

STORY = "Once upon a time there was a fox who lived in a wood beside the sea. " * 5


def test_whoever_has_read_the_longest_beginning_is_found() -> None:
    beginnings = Beginnings()
    beginnings.note(STORY, 0)
    assert beginnings.reader(STORY + "And then the fox went home.") == 0
    beginnings.note(STORY + "And then the fox went home. " * 9, 1)
    assert beginnings.reader(STORY + "And then the fox went home. " * 12) == 1


def test_a_text_that_shares_less_than_a_block_is_not_known() -> None:
    beginnings = Beginnings()
    beginnings.note(STORY, 0)
    assert beginnings.reader(STORY[: BLOCK_CHARACTERS - 1] + "!") is None
    assert beginnings.reader("") is None


def test_a_short_text_is_known_by_the_whole_of_it() -> None:
    beginnings = Beginnings()
    beginnings.note("A fox", 1)
    assert beginnings.reader("A fox") == 1
    assert beginnings.reader("A fox ran") is None


def test_what_was_read_longest_ago_is_forgotten() -> None:
    beginnings = Beginnings(most_blocks=2)
    for number, text in enumerate(("one", "two", "one", "three")):
        beginnings.note(text, number)
    assert [beginnings.reader(text) for text in ("one", "two", "three")] == [2, None, 3]
