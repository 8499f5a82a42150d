"""One line or one word of the model's is one, whole, and goes on with the story."""

from __future__ import annotations

import pytest

from bot.writing.brief import cut
from bot.writing.requests import Shape
from tests.writing.desk import Desk


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (" there was a king", " there"),
        (" there", ""),
        ("line of", ""),
        (", there was", " there"),
        ("\n\nThe old", " The"),
        (" “Who is", " Who"),
        (" king, who", " king,"),
        (" … — ", ""),
        ("有一座山", "有一"),
        ("，有一座", ""),
        ("", ""),
    ],
)
def test_a_word_is_the_first_whole_one_with_the_space_before_it(text: str, word: str) -> None:
    assert cut(Shape.WORD, text) == word


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (" the fox is a shadow\nand then", "the fox is a shadow"),
        ("\nThe fox left. It rained.", "The fox left."),
        ("雪下了一夜。第二天", "雪下了一夜。"),
        ("", ""),
    ],
)
def test_a_line_ends_with_its_sentence_or_its_line(text: str, line: str) -> None:
    assert cut(Shape.LINE, text) == line


def test_a_line_without_end_is_cut_at_a_word() -> None:
    line = cut(Shape.LINE, "over and under " * 40)
    assert len(line) <= 200
    assert line.endswith(("over", "and", "under"))


async def test_what_makes_no_word_is_tried_again(desk: Desk) -> None:
    pieces = iter((["\n\n"], [" upon"], [" a time there"]))
    desk.engine.script = lambda _: next(pieces)
    outcome = await desk.write("Once upon", shape=Shape.WORD)
    assert outcome.text == " a"
    assert len(desk.engine.requests) == 3
    assert all(request.sampling.max_new_tokens <= 8 for request in desk.engine.requests)


async def test_the_last_word_is_not_said_again(desk: Desk) -> None:
    pieces = iter(([" Upon a"], [" a time"]))
    desk.engine.script = lambda _: next(pieces)
    assert (await desk.write("Once upon", shape=Shape.WORD)).text == " a"


async def test_a_line_of_chatter_is_tried_again(desk: Desk) -> None:
    pieces = iter((["Here is a poem about it:\n"], ["violets are blue\nand"]))
    desk.engine.script = lambda _: next(pieces)
    outcome = await desk.write("Roses are red at the end", shape=Shape.LINE)
    assert outcome.text == "violets are blue"
