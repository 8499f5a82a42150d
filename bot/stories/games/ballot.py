"""Games in which people choose among continuations: vote and duel."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.games import Choice, Game, GameKind, Phase
from bot.stories.games import clock, errors, relay, seats
from bot.stories.games.happenings import AskModel, Chosen, Step, Unpaired

if TYPE_CHECKING:
    from bot.ids import TurnId, UserId

MOST_CHOICES = 8
"""Continuations of the model's and of people's together: each has a button."""


def begin(game: Game, now: datetime) -> Step:  # noqa: ARG001 - as every game begins
    """Start after the opening, which the host wrote."""
    return ask(replace(game, state=replace(game.state, last=1)))


def ask(game: Game) -> Step:
    """Let the model offer continuations."""
    state = replace(clock.stop(game.state), phase=Phase.MODEL, turn=None, choices=(), number=game.state.number + 1)
    players = tuple(replace(player, vote=None) for player in game.players)
    count = 2 if game.kind is GameKind.DUEL else game.rules.choices
    return Step(replace(game, state=state, players=players), (AskModel(count),))


def offered(game: Game, turns: Sequence[TurnId], now: datetime) -> Step:
    """Open the vote on what the model wrote; a duel of one text alone rests, and is held anew."""
    if game.kind is GameKind.DUEL and len(turns) < 2:
        return Step(relay.pause(game), (Unpaired(),))
    choices = tuple(Choice(turn) for turn in turns)
    state = replace(game.state, phase=Phase.VOTE, choices=choices, number=game.state.number + 1)
    return Step(replace(game, state=clock.start(state, game.rules.vote_minutes, now)))


def may_enter(game: Game, user_id: UserId) -> Game:
    """Give the game with somebody seated in it who may put a continuation of their own to the vote.

    Raises:
        GameError: they may not.
    """
    _check_running(game)
    if not game.rules.entries or game.kind is GameKind.DUEL:
        raise errors.NoEntriesError
    game = seats.join(game, user_id)
    seat = seats.find(game, user_id).seat
    if any(choice.seat == seat for choice in game.state.choices):
        raise errors.EnteredBeforeError
    if len(game.state.choices) >= MOST_CHOICES:
        raise errors.TooManyEntriesError
    return game


def entered(game: Game, user_id: UserId, turn: TurnId) -> Step:
    """Put somebody's own continuation to the vote.

    Raises:
        GameError: this person may not.
    """
    game = may_enter(game, user_id)
    choice = Choice(turn, seats.find(game, user_id).seat)
    return Step(replace(game, state=replace(game.state, choices=(*game.state.choices, choice))))


def voted(game: Game, user_id: UserId, number: int) -> Step:
    """Count a vote; the same one again takes it back, another one changes it.

    Args:
        game: The game.
        user_id: Whose vote.
        number: The choice, counted from 0.

    Raises:
        GameError: this person cannot vote so.
    """
    _check_running(game)
    if not 0 <= number < len(game.state.choices):
        raise errors.NoSuchChoiceError
    game = seats.join(game, user_id)
    player = seats.find(game, user_id)
    game = seats.with_player(game, replace(player, vote=None if player.vote == number else number))
    enough = game.rules.quorum and sum(tally(game)) >= game.rules.quorum
    return close(game) if enough else Step(game)


def tally(game: Game) -> tuple[int, ...]:
    """Count the votes for each choice."""
    counted = Counter(player.vote for player in game.present)
    return tuple(counted[number] for number in range(len(game.state.choices)))


def close(game: Game) -> Step:
    """End the vote: the most wins, chance decides among equals, and without any vote the game rests.

    Raises:
        NoVoteError: there is none.
    """
    _check_running(game)
    votes = tally(game)
    if not any(votes):
        return relay.rest(game)
    best = [number for number, count in enumerate(votes) if count == max(votes)]
    drawn = random.Random(f"{game.rules.seed}:{game.state.number}").choice(best)  # noqa: S311 - a game, as above
    offered_now = game.state.choices
    choice = offered_now[drawn]
    if player := game.seated(choice.seat):
        game = seats.with_player(game, replace(player, turns=player.turns + 1))
    state = game.state
    state = replace(state, written=state.written + 1, round=state.round + 1, last=choice.seat, idle=0)
    game = replace(game, state=state)
    limit = game.rules.turns
    step = relay.end(game) if limit and state.written >= limit else ask(game)
    return Step(step.game, (Chosen(choice, offered_now, votes, len(best) > 1), *step.happenings))


def _check_running(game: Game) -> None:
    match game.state.phase:
        case Phase.VOTE:
            return
        case Phase.MODEL:
            raise errors.ModelWritesError
        case Phase.PAUSED:
            raise errors.PausedError
        case Phase.ENDED:
            raise errors.EndedError
        case Phase.PEOPLE:
            raise errors.NoVoteError
