"""How a story looks: within Discord's limits, whatever was typed and written."""

from __future__ import annotations

from datetime import UTC, datetime
from gettext import NullTranslations
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ids import ChannelId, StoryId, TurnId, UserId
from bot.turns import Story, Turn, TurnKind
from bot.ui import render
from bot.ui.texts import Translate
from bot.writing.requests import Outcome
from bot.writing.settings import Resolved, ResolvedSettings, Source

SPEAK = Translate("en-US", NullTranslations())
TEXT = st.text(st.sampled_from("ab .!\n`*_~|他。“”<\\"), max_size=40).flatmap(
    lambda text: st.integers(1, 120).map(lambda times: text * times)
)


def outcome(**changes: Any) -> Outcome:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    story = Story(
        id=StoryId(1),
        guild_id=None,
        channel_id=ChannelId(1),
        author_id=UserId(1),
        head_id=TurnId(2),
        private=False,
        created_at=now,
    )
    turn = Turn(
        id=TurnId(2),
        story_id=StoryId(1),
        parent_id=TurnId(1),
        created_at=now,
        kind=TurnKind.MODEL,
        text="Text.",
        seed=7,
        tokens=changes.pop("tokens", 160),
        seconds=changes.pop("seconds", 2.0),
    )
    settings = changes.pop("settings", resolved())
    usual: dict[str, Any] = {
        "left_out": 0,
        "faults": (),
        "stopped": False,
        "interrupted": False,
        "parent_id": TurnId(1),
    }
    return Outcome(story=story, turn=turn, settings=settings, **usual | changes)


def resolved(model: str = "gpt2", **values: tuple[Any, Source]) -> ResolvedSettings:
    found = {name: Resolved(*value) for name, value in values.items()}
    return ResolvedSettings(
        MappingProxyType({"model": Resolved(model, Source.DEFAULT), "preset": Resolved("vivid", Source.CALL)} | found),
        MappingProxyType(dict.fromkeys(values)),
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
    settings = resolved(temperature=(1.5, Source.CHANNEL), top_k=(0, Source.USER))
    assert render.details(outcome(settings=settings), SPEAK) == [
        "seed 7 · vivid · temperature 1.5 (this channel) · top_k 0 (your settings) · gpt2 · 160 tokens · 80/s"
    ]


def test_one_of_a_thing_is_said_as_one() -> None:
    lines = render.details(outcome(tokens=1, seconds=0.0, faults=("loop",), left_out=1), SPEAK)
    assert lines == [
        "seed 7 · vivid · gpt2 · 1 token · 0/s",
        "1 passage was written again because of a loop.",
        "The model no longer sees the first 1 character of this story.",
    ]


def test_all_that_a_reader_should_know_is_said() -> None:
    faults = ("loop", "list", "loop", "slur")
    lines = render.details(outcome(stopped=True, interrupted=True, faults=faults, left_out=99), SPEAK)[1:]
    assert lines == [
        "Stopped.",
        "The model had to be restarted and the text ends here. Continue goes on from it.",
        "4 passages were written again because of a loop, a list, what is not allowed here.",
        "The model no longer sees the first 99 characters of this story.",
    ]
