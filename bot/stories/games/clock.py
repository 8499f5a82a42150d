"""How long a turn or a vote lasts, and when somebody is reminded."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.games import Game, State

REMINDED_AFTER = 0.75
"""The part of a turn's time after which its writer is reminded."""


def start(state: State, minutes: int, now: datetime) -> State:
    """Begin to count; no minutes are without end."""
    if not minutes:
        return stop(state)
    return replace(state, began_at=now, ends_at=now + timedelta(minutes=minutes), reminded=False)


def stop(state: State) -> State:
    """Count no more."""
    return replace(state, began_at=None, ends_at=None, reminded=False)


def due_at(game: Game) -> datetime | None:
    """Give when something is to be done for a game: a reminder, or the end of a turn or vote."""
    state = game.state
    if state.ends_at is None or state.began_at is None:
        return None
    if state.turn is None or state.reminded:
        return state.ends_at
    return state.began_at + (state.ends_at - state.began_at) * REMINDED_AFTER
