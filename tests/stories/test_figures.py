"""A branch in figures."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.ids import StoryId, TurnId, UserId
from bot.stories.games.figures import Share, figures_of
from bot.turns import Turn, TurnKind

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def turn(text: str, author: int | None = None, **said: Any) -> Turn:
    kind = TurnKind.MODEL if author is None else TurnKind.PROMPT
    who = UserId(author) if author is not None else None
    return Turn(
        kind=kind, text=text, author_id=who, id=TurnId(1), story_id=StoryId(1), parent_id=None, created_at=NOW, **said
    )


def test_everybodys_turns_and_words_are_counted_the_most_first() -> None:
    branch = [turn("The door.", 1), turn(" It was red, and", model="m", preset="vivid"), turn("open wide to all", 2)]
    branch += [turn(" so.", model="m", preset="wild"), turn("门开着", 1)]
    found = figures_of(branch)
    assert found.people == (Share(UserId(1), 2, 5), Share(UserId(2), 1, 4))
    assert found.model == Share(None, 2, 5)
    assert (found.models, found.presets) == (("m",), ("vivid", "wild"))


def test_those_who_were_erased_are_one() -> None:
    found = figures_of([turn("The door.", 0), turn("It", 0), turn("One two three four", 5)])
    assert found.people == (Share(UserId(5), 1, 4), Share(None, 2, 3))
    assert found.model == Share(None)
