"""How long a turn or a vote lasts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.games import State


def start(state: State, minutes: int, now: datetime) -> State:
    """Begin to count; no minutes are without end."""
    if not minutes:
        return stop(state)
    return replace(state, began_at=now, ends_at=now + timedelta(minutes=minutes), reminded=False)


def stop(state: State) -> State:
    """Count no more."""
    return replace(state, began_at=None, ends_at=None, reminded=False)
