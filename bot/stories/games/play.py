"""What happens in a game, whatever is played: each function gives the game after it, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.games import VOTED, Game, GameKind, GameRules, Order, Phase
from bot.stories.games import ballot, clock, errors, relay, seats
from bot.stories.games.happenings import Reminder, Step

if TYPE_CHECKING:
    from bot.ids import TurnId, UserId

DEFAULTS = {
    GameKind.RELAY: GameRules(order=Order.ROUND, turn_minutes=1440),
    GameKind.ADVENTURE: GameRules(suggestions=4, turn_letters=300),
    GameKind.LINES: GameRules(model_every=3, turn_letters=200),
    GameKind.WORDS: GameRules(model_every=4, turn_letters=30),
    GameKind.VOTE: GameRules(quorum=3),
    GameKind.DUEL: GameRules(quorum=3, entries=False),
}
"""How a game is played where nobody says otherwise."""


def begin(kind: GameKind, rules: GameRules, host: UserId, now: datetime) -> Step:
    """Start a game after its opening, which the host wrote."""
    game = seats.begin(Game(kind=kind, rules=rules, players=()), host)
    return ballot.begin(game, now) if kind in VOTED else relay.begin(game, now)


def join(game: Game, user_id: UserId, *, invited: bool = False) -> Step:
    """Let somebody in.

    Raises:
        GameError: they cannot join.
    """
    return Step(seats.join(game, user_id, invited=invited))


def leave(game: Game, user_id: UserId, now: datetime, *, barred: bool = False) -> Step:
    """Let somebody go; a turn that was theirs is the next one's.

    Raises:
        EndedError: the game is over; those who played it stay named.
        NotJoinedError: they are not in.
    """
    if game.state.phase is Phase.ENDED:
        raise errors.EndedError
    player = game.player(user_id)
    left = seats.take_out(game, user_id, barred=barred)
    if player is None or left.state.phase is not Phase.PEOPLE or left.state.turn != player.seat:
        return Step(left)
    return relay.next_turn(replace(left, state=replace(left.state, number=left.state.number + 1)), now)


def model_wrote(game: Game, turns: Sequence[TurnId], now: datetime) -> Step:
    """Take what the model wrote; nothing happens if it was not asked."""
    state = game.state
    if state.phase is Phase.PAUSED and state.resumes is Phase.MODEL and game.kind not in VOTED:
        # It was paused meanwhile: what was written is the story's, and need not be asked for again.
        return Step(relay.pause(relay.model_wrote(game, now).game))
    if state.phase is not Phase.MODEL:
        return Step(game)
    return ballot.offered(game, turns, now) if game.kind in VOTED else relay.model_wrote(game, now)


def model_failed(game: Game, now: datetime) -> Step:
    """Go on although the model could not write; a vote has nothing to go on with and rests."""
    if game.state.phase is not Phase.MODEL:
        return Step(game)
    return relay.rest(game) if game.kind in VOTED else relay.model_failed(game, now)


def time_came(game: Game, now: datetime) -> Step:
    """Do what is due: remind, pass a turn on, end a vote. Nothing happens before its time."""
    due, ends_at = game.state.due_at, game.state.ends_at
    if due is None or ends_at is None or now < due:
        return Step(game)
    if now < ends_at and game.state.turn is not None:
        return Step(replace(game, state=replace(game.state, reminded=True)), (Reminder(game.state.turn),))
    return ballot.close(game) if game.kind in VOTED else relay.time_over(game, now)


def pause(game: Game) -> Step:
    """Let the game rest.

    Raises:
        PausedError, EndedError: it does, or is over.
    """
    if game.state.phase is Phase.PAUSED:
        raise errors.PausedError
    if game.state.phase is Phase.ENDED:
        raise errors.EndedError
    return Step(relay.pause(game))


def resume(game: Game, now: datetime) -> Step:
    """Go on with what a pause broke off.

    Raises:
        NotPausedError, EndedError: there is nothing to go on with.
    """
    if game.state.phase is Phase.ENDED:
        raise errors.EndedError
    if game.state.phase is not Phase.PAUSED:
        raise errors.NotPausedError
    goes_on = game.state.resumes
    game = replace(game, state=replace(game.state, resumes=None, number=game.state.number + 1))
    if game.kind not in VOTED:
        return relay.ask(game) if goes_on is Phase.MODEL else relay.next_turn(game, now)
    if goes_on is not Phase.VOTE:
        return ballot.ask(game)
    state = replace(game.state, phase=Phase.VOTE)
    return Step(replace(game, state=clock.start(state, game.rules.vote_minutes, now)))


def end(game: Game) -> Step:
    """Close the story.

    Raises:
        EndedError: it is closed.
    """
    if game.state.phase is Phase.ENDED:
        raise errors.EndedError
    return relay.end(game)


def moved(game: Game, now: datetime) -> Step:
    """Take into account that the story was moved to another of its turns: what a vote offered does not follow it.

    Raises:
        EndedError: the game is over.
        ModelWritesError: the model is going on from where the story is.
    """
    match game.state.phase:
        case Phase.ENDED:
            raise errors.EndedError
        case Phase.MODEL:
            raise errors.ModelWritesError
        case Phase.PEOPLE:
            state = replace(game.state, number=game.state.number + 1, last=None)
            return relay.next_turn(replace(game, state=state), now)
        case Phase.VOTE:
            return ballot.ask(game)
        case _:
            # A paused game begins anew with what it was to offer.
            resumes = Phase.MODEL if game.state.resumes is Phase.VOTE else game.state.resumes
            return Step(replace(game, state=replace(game.state, number=game.state.number + 1, resumes=resumes)))
