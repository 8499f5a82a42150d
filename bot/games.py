"""A story game: the values that the store keeps and that the rules in `stories.games` reason about.

Its words are a story like every other, a tree of turns; a game says who adds to it, when and how. People stand in it by
seats, numbers that mean nothing outside it, so that nothing but the list of players holds who they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.ids import TurnId, UserId

MODEL_SEAT = 0
"""The model's own; people's begin at 1."""
REMINDED_AFTER = 0.75
"""The part of a turn's time after which its writer is reminded."""


class GameKind(StrEnum):
    """What is played."""

    RELAY = "relay"
    """People and the model take turns."""
    ADVENTURE = "adventure"
    """People say what they do, the model tells what comes of it."""
    LINES = "lines"
    """Each adds one line."""
    WORDS = "words"
    """Each adds one word."""
    VOTE = "vote"
    """People choose among continuations."""
    DUEL = "duel"
    """People choose between two ways of writing that are not named."""


VOTED = frozenset({GameKind.VOTE, GameKind.DUEL})
"""Games in which what comes next is chosen."""


class Order(StrEnum):
    """Whose turn it is."""

    ANYONE = "anyone"
    """Whoever comes first."""
    ROUND = "round"
    """One after the other, as they joined."""
    RANDOM = "random"
    """In each round everybody once, as chance has it."""
    FIXED = "fixed"
    """One after the other, as the host invited them; nobody else joins."""


class Phase(StrEnum):
    """What a game waits for."""

    PEOPLE = "people"
    MODEL = "model"
    VOTE = "vote"
    PAUSED = "paused"
    ENDED = "ended"


class Presence(StrEnum):
    """Whether somebody still plays."""

    IN = "in"
    OUT = "out"
    """Left, and may come back."""
    BARRED = "barred"
    """Was sent away by the host."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GameRules:
    """How a game is played; its host may change them while it is."""

    order: Order = Order.ANYONE
    model_every: int = 1
    """The model writes after this many turns of people, 0–20; 0 is never."""
    turn_minutes: int = 0
    """Minutes that a turn may take, 0–20,160; 0 is without end."""
    turn_letters: int = 1000
    """Characters that a turn may have, 1–2,000."""
    choices: int = 3
    """Continuations that are voted on, 2–4."""
    vote_minutes: int = 10
    """Minutes that a vote lasts, 1–20,160."""
    quorum: int = 0
    """Votes that end it before, 0–100; 0 is none."""
    entries: bool = True
    """People may put a continuation of their own to the vote."""
    rivals: tuple[str, ...] = ()
    """The two presets of a duel; none leaves each round to chance."""
    dice: bool = False
    """Whether what people do succeeds is thrown for."""
    suggestions: int = 0
    """Actions that are offered, 0–4."""
    most_players: int = 20
    """Seats, 1–50."""
    turns: int = 0
    """Turns after which the story ends, 0–10,000; 0 is when its host says so."""
    mature: bool = False
    """Only for channels that are age-restricted."""
    seed: int = 0
    """Of everything that chance decides."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Player:
    """Somebody in a game."""

    seat: int
    user_id: UserId
    presence: Presence = Presence.IN
    turns: int = 0
    """That this player wrote."""
    words: int = 0
    """In them."""
    vote: int | None = None
    """The choice that this player votes for now, counted from 0."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A continuation that is voted on."""

    turn: TurnId
    seat: int = MODEL_SEAT
    """Whose it is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """Where a game stands."""

    phase: Phase = Phase.PEOPLE
    number: int = 0
    """Steps that were taken; what was drawn for another one is out of date."""
    turn: int | None = None
    """The seat whose turn it is; None for whoever comes first."""
    queue: tuple[int, ...] = ()
    """The seats still to come in this round, the one whose turn it is first."""
    round: int = 0
    since_model: int = 0
    """Turns of people since the model's last one."""
    last: int | None = None
    """The seat that wrote last."""
    written: int = 0
    """Turns of people and choices of votes."""
    idle: int = 0
    """Turns and votes that nobody took, one after another."""
    choices: tuple[Choice, ...] = ()
    suggestions: tuple[str, ...] = ()
    """Actions that are offered in this step; the next one has its own."""
    began_at: datetime | None = None
    ends_at: datetime | None = None
    """When the turn or vote that is running began, and when its time is over."""
    reminded: bool = False
    resumes: Phase | None = None
    """What a paused game goes on with."""

    @property
    def due_at(self) -> datetime | None:
        """When something is to be done: a reminder, or the end of a turn or vote."""
        if self.ends_at is None or self.began_at is None:
            return None
        if self.turn is None or self.reminded:
            return self.ends_at
        return self.began_at + (self.ends_at - self.began_at) * REMINDED_AFTER


@dataclass(frozen=True, kw_only=True, slots=True)
class Game:
    """A game, with its rules, its players in the order of their seats, and where it stands."""

    kind: GameKind
    rules: GameRules
    players: tuple[Player, ...]
    state: State = State()

    def player(self, user_id: UserId) -> Player | None:
        """Give somebody's seat, also if they left."""
        return next((player for player in self.players if player.user_id == user_id), None)

    def seated(self, seat: int) -> Player | None:
        """Give who has a seat; None for the model's."""
        return next((player for player in self.players if player.seat == seat), None)

    @property
    def present(self) -> tuple[Player, ...]:
        """Those who play now."""
        return tuple(player for player in self.players if player.presence is Presence.IN)
