"""What comes of a step beside the game itself: what the model is asked for, and what people are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from bot.games import Choice, Game


@dataclass(frozen=True, slots=True)
class AskModel:
    """The model is to write."""

    count: int = 1
    """Continuations."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """Somebody's time is nearly over."""

    seat: int


@dataclass(frozen=True, slots=True)
class PassedOn:
    """Somebody did not take a turn."""

    seat: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """A vote is over."""

    choice: Choice
    among: tuple[Choice, ...]
    """All that were voted on."""
    votes: tuple[int, ...]
    """For each of them."""
    drawn: bool
    """Several had as many, and chance decided."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """The story has this many lines or words."""

    count: int


@dataclass(frozen=True, slots=True)
class Rested:
    """Nobody did anything for a while, so the game pauses."""


@dataclass(frozen=True, slots=True)
class Unpaired:
    """A duel has one text alone, so the game pauses."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The story is over."""


Happening = AskModel | Reminder | PassedOn | Chosen | Milestone | Rested | Unpaired | Ended


class Step(NamedTuple):
    """A game after something happened, and what came of it."""

    game: Game
    happenings: tuple[Happening, ...] = ()
