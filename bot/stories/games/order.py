"""Whose turn comes next."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.games import MODEL_SEAT, Order

if TYPE_CHECKING:
    from bot.games import Game


def queue_up(game: Game) -> Game:
    """Put whoever is next at the head of the queue, and begin another round when the last one is over.

    Args:
        game: The queue holds who is still to come, without whoever has just had a turn.
    """
    rules, state = game.rules, game.state
    if rules.order is Order.ANYONE:
        return replace(game, state=replace(state, queue=(), turn=None))
    here = tuple(player.seat for player in game.present)
    queue = tuple(seat for seat in state.queue if seat in here)
    number = state.round
    if not queue:
        number += 1
        queue = _round(here, rules.order, seed=f"{rules.seed}:{number}", last=state.last)
    return replace(game, state=replace(state, queue=queue, turn=queue[0] if queue else None, round=number))


def _round(seats: tuple[int, ...], order: Order, *, seed: str, last: int | None) -> tuple[int, ...]:
    """Give the seats in the order of a new round."""
    if order is not Order.RANDOM:
        return seats
    drawn = list(seats)
    random.Random(seed).shuffle(drawn)  # noqa: S311 - a game, which its seed tells again
    if len(drawn) > 1 and drawn[0] == last != MODEL_SEAT:
        # Whoever ended the last round does not begin the next one.
        drawn.append(drawn.pop(0))
    return tuple(drawn)
