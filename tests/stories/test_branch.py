"""A branch of a story is one text, and a file that people can keep."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.ids import StoryId, TurnId
from bot.stories.branch import PARTED_BY, join, text_of, transcript
from bot.turns import Turn, TurnKind


def branch(prompt: str, *texts: str) -> list[Turn]:
    return [
        Turn(
            id=TurnId(number + 1),
            story_id=StoryId(1),
            parent_id=TurnId(number) if number else None,
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
            kind=TurnKind.MODEL if number else TurnKind.PROMPT,
            text=text,
        )
        for number, text in enumerate((prompt, *texts))
    ]


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("One.", "Two.", "One. Two."),
        ("One.", " Two.", "One. Two."),
        ("One.\n\n", "Two.", "One.\n\nTwo."),
        ("One", "two", "Onetwo"),
        ("走了。", "她来了。", "走了。她来了。"),
        ("“One.”", "Two", "“One.” Two"),
        ("One.", ", two", "One., two"),
        ("", "Two", "Two"),
        ("One", "", "One"),
    ],
)
def test_a_continuation_stands_one_space_behind_a_sentence(before: str, after: str, joined: str) -> None:
    assert join(before, after) == joined


def test_a_branch_is_its_opening_and_all_that_followed() -> None:
    assert text_of(branch("The door stood open", ", and it rained.", "He left.")) == (
        "The door stood open, and it rained. He left."
    )


def test_a_wish_is_no_part_of_the_story() -> None:
    assert text_of(branch("write a story about a fox", "The fox left.", " It rained.")) == "The fox left. It rained."


def test_what_follows_a_hidden_beginning_has_no_space_before_it() -> None:
    beginning, *rest = branch("It began.", " The fox left.", " It rained.")
    assert text_of([replace(beginning, hidden=True), *rest]) == "The fox left. It rained."


def test_a_turn_may_say_what_parts_it_from_the_text_before() -> None:
    beginning, line = branch("Roses are red,", "violets are blue.")
    assert text_of([beginning, replace(line, details={PARTED_BY: "\n"})]) == "Roses are red,\nviolets are blue."


@pytest.mark.parametrize("markdown", [True, False])
def test_a_transcript_of_a_story_that_was_begun_is_the_story(markdown: bool) -> None:
    assert transcript(branch("It began.", " It rained."), markdown=markdown) == "It began. It rained.\n"


def test_a_transcript_of_a_story_that_was_asked_for_says_first_what_was_asked() -> None:
    asked = branch("write a story about a fox", "The fox left.")
    assert transcript(asked, markdown=True) == "> write a story about a fox\n\nThe fox left.\n"
    assert transcript(asked, markdown=False) == "write a story about a fox\n\nThe fox left.\n"


def test_a_transcript_of_what_was_only_typed_is_that() -> None:
    assert transcript(branch("It began."), markdown=True) == "It began.\n"
    assert transcript(branch("write a story about a fox"), markdown=True) == "> write a story about a fox\n"
