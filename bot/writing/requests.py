"""What goes into the writing service and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from bot.ids import ChannelId, GuildId, RequestId, StoryId, TurnId, UserId
from bot.turns import Story, Turn
from bot.writing.details import TurnDetails

PROMPT_LIMIT = 6000  # characters, what a slash command's option carries at the most


class Shape(StrEnum):
    """How much is written."""

    PASSAGE = "passage"
    """Whole sentences, as long as the settings say."""
    LINE = "line"
    WORD = "word"


@dataclass(frozen=True, kw_only=True, slots=True)
class WriteRequest:
    """One text that somebody asks for: a new story from a prompt, or the next turn of one that is there."""

    request_id: RequestId
    user_id: UserId
    guild_id: GuildId | None
    channel_id: ChannelId
    """Whose settings hold: that of the story."""
    shown_in: ChannelId | None = None
    """The channel that shows the text; None is that of the story."""
    roles: frozenset[int] = frozenset()
    """Of whoever asks, in the guild."""
    manager: bool = False
    """Whoever asks may manage the guild."""
    prompt: str = ""
    """How a new story begins; with a `parent_id`, what the person adds to that story before the model goes on."""
    borrowed: bool = False
    """The prompt is not in the person's own words."""
    parent_id: TurnId | None = None
    """The turn to write on from."""
    options: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """Sampling values, model and preset that the call itself names, by stored names; None is "not said"."""
    genre: str | None = None
    tone: str | None = None
    """The voices that the story is written in, by their names in `config/voices.toml`."""
    shape: Shape = Shape.PASSAGE
    parted_by: str | None = None
    """What stands between the story and the new text; None leaves that to the words."""
    game: StoryId | None = None
    """The game whose turn it is to have the model write; its pace is kept by its own rules."""
    seed: int | None = None
    """Of the first variant; the next have the next numbers."""
    variants: int = 1
    """How many are written at once, 1–4."""
    ranked: bool = False
    """The best of the variants is shown first, when all are written."""
    rivals: tuple[Mapping[str, object], ...] = ()
    """Options in the place of `options`, a text for each: the place's settings are being tried, so neither what the
    person set for themselves nor a lock stands in their way."""
    private: bool = False
    locale: str = "en-US"
    """The person's language, as Discord names it."""

    @property
    def texts(self) -> int:
        """How many are written at once."""
        return len(self.rivals) or self.variants

    @property
    def asker(self) -> str:
        """What queue and limits call whoever asks: the person, or the game."""
        return f"user:{self.user_id}" if self.game is None else f"game:{self.game}"

    @property
    def server(self) -> int:
        """What queue and limits call a server: the guild, or the person where there is none."""
        return self.guild_id or self.user_id


@dataclass(frozen=True, slots=True)
class Waiting:
    """The request stands in line."""

    place: int
    """1 is next."""


@dataclass(frozen=True, slots=True)
class Begun:
    """The model has been asked."""

    prompt: str
    """What was typed, as it is shown; empty when a story goes on."""
    asked: bool
    """It was a wish for a story, not its beginning."""
    parent_id: TurnId


@dataclass(frozen=True, slots=True)
class Writing:
    """The text has grown, or lost what did not belong to it."""

    accepted: str
    """Stays."""
    pending: str
    """Safety has passed it, but a fault may still take it back."""
    tokens: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished turn, which is in the store."""

    story: Story
    turn: Turn
    others: tuple[Turn, ...] = ()
    """Its variants that were written at once; one that came to nothing is left out."""

    @property
    def text(self) -> str:
        """What was written."""
        return self.turn.text

    @property
    def details(self) -> TurnDetails:
        """How it was written."""
        return TurnDetails.of(self.turn)


Event = Waiting | Begun | Writing | Outcome
