"""A story and its turns: the values that the store keeps and the rules of `stories` reason about.

A story is a tree of turns. A turn's words are never changed; what a story shows is the path from a root to the turn
that its head points at, so undo, variants and branches are moves of a pointer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from bot.ids import ChannelId, GuildId, StoryId, TurnId, UserId


class TurnKind(StrEnum):
    """Who wrote a turn, and how."""

    PROMPT = "prompt"
    """A person typed it."""
    MODEL = "model"
    """The model wrote it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A turn that is not in the store yet."""

    kind: TurnKind
    text: str
    """Verbatim. For a model's turn the text after post-processing, which is what people saw."""
    author_id: UserId | None = None
    """None for the model."""
    model: str | None = None
    preset: str | None = None
    seed: int | None = None
    tokens: int | None = None
    seconds: float | None = None
    finish: str | None = None
    details: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """What else is worth keeping, JSON values only: sampling values, tries, what was left out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn(Draft):
    """A turn in the store."""

    id: TurnId
    story_id: StoryId
    parent_id: TurnId | None
    """None for a root. A story has one for each wording of its prompt."""
    created_at: datetime
    """Aware, UTC."""
    hidden: bool = False
    """The model is not given it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """A story in the store."""

    id: StoryId
    guild_id: GuildId | None
    """None in direct messages."""
    channel_id: ChannelId
    author_id: UserId
    """Who started it."""
    head_id: TurnId
    """The last turn that is shown."""
    tip_id: TurnId
    """The end of the branch that the head is on: what was undone lies between them."""
    private: bool
    """Only its author may see it."""
    created_at: datetime
    deleted_at: datetime | None = None
