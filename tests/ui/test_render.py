"""How a story looks: within Discord's limits, whatever was typed and written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from gettext import NullTranslations
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ids import StoryId, TurnId
from bot.turns import Turn, TurnKind
from bot.ui import render
from bot.ui.texts import Translate
from bot.writing.details import TurnDetails
from bot.writing.settings import Source

SPEAK = Translate("en-US", NullTranslations())
TEXT = st.text(st.sampled_from("ab .!\n`*_~|他。“”<\\"), max_size=40).flatmap(
    lambda text: st.integers(1, 120).map(lambda times: text * times)
)


def written(*, tokens: int = 160, seconds: float = 2.0, finish: str = "eos", **details: Any) -> Turn:
    return Turn(
        id=TurnId(2),
        story_id=StoryId(1),
        parent_id=TurnId(1),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        kind=TurnKind.MODEL,
        text="Text.",
        model="gpt2",
        preset="vivid",
        seed=7,
        tokens=tokens,
        seconds=seconds,
        finish=finish,
        details=TurnDetails(**details).model_dump(mode="json"),
    )


@given(TEXT, TEXT, st.booleans(), st.lists(st.text(max_size=900), max_size=4))
def test_no_message_is_longer_than_discord_takes(opening: str, text: str, asked: bool, footer: list[str]) -> None:
    shown = render.with_footer(render.parts(render.opening(opening, asked=asked), text), *footer)
    assert all(len(message) <= render.MESSAGE_LIMIT for message in shown)
    assert all(message.count("```") % 2 == 0 or "`" in message.replace("```", "") for message in shown)


@given(TEXT)
def test_the_text_is_all_there(text: str) -> None:
    """Only white space at the seams is lost, and only marks that close Markdown are added."""

    def letters(text: str) -> str:
        return "".join(character for character in text if character not in " \n`\\")

    assert letters("".join(render.parts("", text))) == letters(text)


@pytest.mark.parametrize(
    ("text", "asked", "shown"),
    [
        ("It began.", False, "**It began.**"),
        ("a story about foxes", True, "> a story about foxes\n"),
        ("It *began*.", False, "> It *began*.\n"),
        ("One.\nTwo.", False, "> One.\n> Two.\n"),
        ("`code", False, "> `code`\n"),
        ("", False, ""),
    ],
)
def test_what_was_typed_is_bold_or_quoted(text: str, asked: bool, shown: str) -> None:
    assert render.opening(text, asked=asked) == shown


def test_of_a_long_opening_the_end_is_shown_from_a_sentence_on() -> None:
    shown = render.opening("The clock struck twelve again. " * 40 + "He woke.")
    assert shown.startswith("**…The clock struck")
    assert shown.endswith("He woke.**")
    assert render.OPENING_LIMIT - 40 < len(shown) <= render.OPENING_LIMIT + 5


def test_a_long_opening_without_a_sentence_is_cut_anywhere() -> None:
    assert render.opening("x" * 5000) == f"**…{'x' * render.OPENING_LIMIT}**"


def test_a_story_is_split_at_a_sentence() -> None:
    shown = render.parts("**It began.**", " The clock struck twelve again." * 100)
    assert len(shown) == 2
    assert all(part.endswith(".") for part in shown)
    assert shown[0].startswith("**It began.** The clock")


def test_small_print_stands_beneath_the_last_message_alone() -> None:
    assert render.with_footer(["one", "two"], "a", "", "b") == ["one", "two\n-# a\n-# b"]
    assert render.with_footer(["one"]) == ["one"]
    assert render.with_footer([], "a") == ["-# a"]


def test_a_line_of_small_print_stays_one() -> None:
    assert render.with_footer(["one"], "a\n# b") == ["one\n-# a # b"]


def test_small_print_that_has_no_room_is_cut_and_the_text_is_not() -> None:
    (shown,) = render.with_footer(["x" * 1700], "y" * 900)
    assert len(shown) == render.MESSAGE_LIMIT
    assert shown.startswith("x" * 1700 + "\n-# yyy")
    assert shown.endswith("y…")


def test_the_small_print_says_how_the_text_came_about() -> None:
    changed = (("temperature", 1.5, Source.CHANNEL), ("top_k", 0, Source.USER))
    assert render.details(written(changed=changed), SPEAK) == [
        "seed 7 · vivid · temperature 1.5 (this channel) · top_k 0 (your settings) · gpt2 · 160 tokens · 80/s"
    ]


def test_one_of_a_thing_is_said_as_one() -> None:
    lines = render.details(written(tokens=1, seconds=0.0, faults=("loop",), left_out=1), SPEAK)
    assert lines == [
        "seed 7 · vivid · gpt2 · 1 token · 0/s",
        "1 passage was written again because of a loop.",
        "The model no longer sees the first 1 character of this story.",
    ]


def test_all_that_a_reader_should_know_is_said() -> None:
    faults = ("loop", "list", "loop", "slur")
    lines = render.details(written(finish="stopped", interrupted=True, faults=faults, left_out=99), SPEAK)[1:]
    assert lines == [
        "Stopped.",
        "The model could not go on and the text ends here. Continue goes on from it.",
        "4 passages were written again because of a loop, a list, what is not allowed here.",
        "The model no longer sees the first 99 characters of this story.",
    ]


def test_what_the_model_was_not_told_for_want_of_room_is_said() -> None:
    lines = render.details(written(memory_left_out=1, note_left_out=20, world_left_out=2), SPEAK)[1:]
    assert lines == [
        "The last 1 character of the memory had no room.",
        "The last 20 characters of the author's note had no room.",
        "2 world entries had no room, or not enough.",
    ]
    assert render.details(written(world_left_out=1), SPEAK)[1:] == ["1 world entry had no room, or not enough."]


def test_a_turn_of_an_older_version_is_shown_with_what_is_known_of_it() -> None:
    old = replace(written(), details=MappingProxyType({"tries": 3}), preset=None, model=None)
    assert render.details(old, SPEAK) == ["seed 7 · 160 tokens · 80/s"]


def test_of_a_list_that_is_too_long_whole_lines_are_shown() -> None:
    lines = [f"- preset {number}" for number in range(300)]
    shown = render.in_one_message("\n".join(lines)).split("\n")
    assert (shown[:-1], shown[-1]) == (lines[: len(shown) - 1], "…")
    assert render.MESSAGE_LIMIT - 20 < len("\n".join(shown)) <= render.MESSAGE_LIMIT


@given(st.text(alphabet="ab\n", max_size=200), st.integers(min_value=10, max_value=60))
def test_what_fits_a_message_is_shown_as_it_is_and_the_rest_is_its_beginning(text: str, limit: int) -> None:
    shown = render.in_one_message(text, limit)
    assert len(shown) <= limit
    assert shown == text if len(text) <= limit else text.startswith(shown.removesuffix("…").removesuffix("\n"))
    assert len(text) <= limit or shown.endswith("…")
