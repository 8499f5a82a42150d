"""What is kept of a model's turn beside its text, as the store holds it."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from bot.turns import Turn
from bot.writing.settings import Source

STOPPED = "stopped"
"""A turn's `finish` when somebody stopped it; else it is one of the engine's."""

BORROWED = "borrowed"
"""A name among a prompt's details: who began the story with these words is not the one who wrote them."""


class TurnDetails(BaseModel):
    """The story of a text: with which values it was written, and what happened on the way.

    Turns of an older version may lack fields, and those of a newer one have more.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    options: dict[str, Any] = {}
    """Values that the call itself named; what goes on from the turn takes them over."""
    changed: tuple[tuple[str, Any, Source], ...] = ()
    """Name, value and source of what differs from the preset."""
    genre: str | None = None
    tone: str | None = None
    """The voices that it was written in; what goes on from the turn takes them over."""
    parted_by: str | None = None
    """What stands between the text and the one before it; see `stories.branch.PARTED_BY`."""
    left_out: int = 0
    """Characters at the story's beginning that the model did not see."""
    memory_left_out: int = 0
    """Characters at the memory's end for which there was no room."""
    note_left_out: int = 0
    """Likewise of the author's note."""
    world_left_out: int = 0
    """Entries of the world that the story spoke of and for which, or for all of which, there was no room."""
    faults: tuple[str, ...] = ()
    """Why text was taken back and written again, once for each time."""
    reworded: bool = False
    """A person put these words in the place of the model's."""
    interrupted: bool = False
    """The model died more often than could be made up for; what there was is kept."""
    reproducible: bool = False
    """The engine ran in that mode: the seed gives the same text again."""
    languages: tuple[str, ...] = ()
    """The model's languages, where the story is in none of them; else empty."""

    @classmethod
    def of(cls, turn: Turn) -> Self:
        """Read what the store keeps of a turn."""
        return cls.model_validate(dict(turn.details))
