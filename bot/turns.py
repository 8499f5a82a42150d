"""A story and its turns: the values that the store keeps and the rules of `stories` reason about.

A story is a tree of turns. A turn is never changed or removed; what a story shows is the path from its root to the turn
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
    """None for the root alone."""
    created_at: datetime
    """Aware, UTC."""


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
    """The newest turn of the branch that is shown."""
    private: bool
    """Only its author may see it."""
    created_at: datetime
    deleted_at: datetime | None = None
