"""A story as it stands in a file: without a number of Discord's, and with people as seats that have names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from bot.games import MODEL_SEAT, GameKind, GameRules
from bot.stories.branch import PARTED_BY
from bot.turns import TurnKind

FORM: Final = "taleloom-story"
VERSION: Final = 1
TURNS_LIMIT = 20_000
LETTERS_LIMIT = 20_000
"""Characters in one turn."""
TITLE_LETTERS = 200
NAME_LETTERS = 80
SHORT = 1000
"""Characters in the name of a model, and in the like."""
MOST_SEATS = 10_000
MOST_ENTRIES = 1_000
"""Of a story's world."""

_Whole = Annotated[int, Field(ge=0, le=2**31 - 1)]
_Seed = Annotated[int, Field(ge=-(2**63), lt=2**63)]
_Short = Annotated[str, Field(max_length=SHORT)]
Seat = Annotated[int, Field(ge=MODEL_SEAT, le=MOST_SEATS)]
Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
Title = Annotated[str, Field(max_length=TITLE_LETTERS)]
Name = Annotated[str, Field(max_length=NAME_LETTERS)]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Person(_Value):
    """Somebody who wrote in the story, or played in it."""

    seat: Annotated[Seat, Field(gt=MODEL_SEAT)]
    name: Name
    """As people saw it; empty where it is not known."""
    turns: _Whole = 0
    words: _Whole = 0
    training_consent: bool = False
    """They agreed that a model is fine-tuned on what they wrote in this story."""

    @model_serializer(mode="wrap")
    def _says_only_yes(self, write: SerializerFunctionWrapHandler) -> dict[str, object]:
        """Leave out a consent that was not given: so a file stays as it was before there was the question."""
        written: dict[str, object] = write(self)
        if not self.training_consent:
            del written["training_consent"]
        return written


class Played(_Value):
    """What is played in the story."""

    kind: GameKind
    rules: GameRules


class WorldEntry(_Value):
    """What the model is told when one of the keys comes up."""

    keys: tuple[_Short, ...]
    text: str
    group: _Short = ""
    enabled: bool = True


class FileTurn(_Value):
    """A turn."""

    id: Annotated[int, Field(ge=1, le=TURNS_LIMIT)]
    """Its place among the story's turns, oldest first, counted from 1; the number on the map."""
    parent: int | None = None
    """None for a beginning."""
    kind: TurnKind
    seat: Seat
    """Whose words they are; `MODEL_SEAT` for the model."""
    text: str
    """Verbatim."""
    hidden: bool = False
    """The model is not given it."""
    created_at: Moment
    model: _Short | None = None
    preset: _Short | None = None
    seed: _Seed | None = None
    tokens: _Whole | None = None
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    finish: Annotated[str, Field(max_length=32)] | None = None
    details: Mapping[str, JsonValue] = {}
    """What else is kept of it."""


class Header(_Value):
    """All of a story but its turns."""

    title: Title
    language: _Short
    """Of its words, as in BCP 47."""
    began: Seat | None = None
    """Whose story it is; None where that is not known."""
    game: Played | None = None
    people: Annotated[tuple[Person, ...], Field(max_length=MOST_SEATS)] = ()
    """In the order of their seats."""
    memory: str = ""
    note: str = ""
    """The author's note."""
    note_depth: Annotated[int, Field(ge=0, le=100)] = 0
    """How far from the end it stands; 0 is not said."""
    world: Annotated[tuple[WorldEntry, ...], Field(max_length=MOST_ENTRIES)] = ()


class StoryFile(Header):
    """A story with its whole tree."""

    form: Literal["taleloom-story"] = FORM
    version: Literal[1] = VERSION
    turns: Annotated[tuple[FileTurn, ...], Field(min_length=1, max_length=TURNS_LIMIT)]
    head: int
    """The last turn of the branch that is shown."""

    @property
    def header(self) -> Header:
        """All but the turns."""
        return Header(**{name: getattr(self, name) for name in Header.model_fields})

    @property
    def began_at(self) -> datetime:
        """When its first turn was written."""
        return self.turns[0].created_at

    def turn(self, number: int) -> FileTurn:
        """Give a turn by its number."""
        return self.turns[number - 1]

    def branch(self, number: int | None = None) -> tuple[FileTurn, ...]:
        """Give the way from a beginning to a turn, both included.

        Args:
            number: The turn; None is the head.
        """
        found, now = [], self.head if number is None else number
        while True:
            turn = self.turn(now)
            found.append(turn)
            if turn.parent is None:
                return tuple(reversed(found))
            now = turn.parent

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        seats = {person.seat for person in self.people}
        if len(seats) != len(self.people):
            raise ValueError("people")
        for number, turn in enumerate(self.turns, start=1):
            follows = turn.parent is None or 0 < turn.parent < number
            somebody = turn.seat in seats or (turn.seat == MODEL_SEAT and turn.kind is TurnKind.MODEL)
            parted = turn.details.get(PARTED_BY) or ""
            apart = isinstance(parted, str) and not parted.strip() and len(parted) <= 8
            if turn.id != number or not (follows and somebody and apart):
                raise ValueError(f"turns.{number}")
        if self.turns[0].parent is not None or not 0 < self.head <= len(self.turns):
            raise ValueError("head")
        if self.began is not None and self.began not in seats:
            raise ValueError("began")
        return self
