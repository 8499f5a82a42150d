"""Games in which people and the model write one after the other: relay, adventure, lines and words."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.games import MODEL_SEAT, Game, GameKind, Order, Phase
from bot.stories.games import clock, errors, happenings, seats
from bot.stories.games.happenings import Step
from bot.stories.games.order import queue_up

if TYPE_CHECKING:
    from bot.games import Player
    from bot.ids import UserId

ALTERNATING = frozenset({GameKind.LINES, GameKind.WORDS})
"""Games in which nobody adds twice in a row, as long as there is somebody else."""
IDLE_TURNS = 2
"""At least so many turns in a row go untaken before a game pauses."""
MILESTONES = frozenset({10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000})

_CLOSED = {
    Phase.MODEL: errors.ModelWritesError,
    Phase.VOTE: errors.VoteRunsError,
    Phase.PAUSED: errors.PausedError,
    Phase.ENDED: errors.EndedError,
}


def begin(game: Game, now: datetime) -> Step:
    """Start after the opening, which the host wrote; that of an adventure is a scene, in which people act first."""
    written = 0 if game.kind is GameKind.ADVENTURE else 1
    game = replace(game, state=replace(game.state, last=1, since_model=written, number=1))
    return _after_people(game, now) if written else next_turn(game, now)


def may_write(game: Game, user_id: UserId) -> Game:
    """Give the game with somebody seated in it who may write now.

    Raises:
        GameError: they may not.
    """
    if refusal := _CLOSED.get(game.state.phase):
        raise refusal
    if game.rules.order is Order.ANYONE:
        game = seats.join(game, user_id)
    player = seats.find(game, user_id)
    state = game.state
    if state.turn is not None and state.turn != player.seat:
        raise errors.NotYourTurnError(player=mention(game.seated(state.turn)))
    if game.kind in ALTERNATING and state.last == player.seat and len(game.present) > 1:
        raise errors.TwiceInARowError
    return game


def wrote(game: Game, user_id: UserId, words: int, now: datetime) -> Step:
    """Count a turn of a person's.

    Args:
        game: The game.
        user_id: Who wrote it.
        words: How many words it has.
        now: The time.

    Raises:
        GameError: this person may not write now.
    """
    game = may_write(game, user_id)
    player = seats.find(game, user_id)
    game = seats.with_player(game, replace(player, turns=player.turns + 1, words=player.words + words))
    state = replace(
        game.state,
        number=game.state.number + 1,
        queue=game.state.queue[1:],
        last=player.seat,
        since_model=game.state.since_model + 1,
        written=game.state.written + 1,
        idle=0,
    )
    reached = game.kind in ALTERNATING and state.written in MILESTONES
    told: tuple[happenings.Happening, ...] = (happenings.Milestone(state.written),) if reached else ()
    step = _after_people(replace(game, state=state), now)
    return Step(step.game, (*told, *step.happenings))


def model_wrote(game: Game, now: datetime) -> Step:
    """Go on after the model's turn."""
    state = replace(game.state, number=game.state.number + 1, last=MODEL_SEAT, since_model=0, resumes=None)
    return next_turn(replace(game, state=state), now)


def model_failed(game: Game, now: datetime) -> Step:
    """Go on without the model, which is asked again after the next turn."""
    state = replace(game.state, number=game.state.number + 1)
    return next_turn(replace(game, state=state), now)


def summon(game: Game, user_id: UserId) -> Step:
    """Let the model write now, in the place of somebody who may.

    Raises:
        GameError: this person may not write now.
    """
    with suppress(errors.TwiceInARowError):
        game = may_write(game, user_id)
    return ask(game)


def again(game: Game) -> Step:
    """Let the model write something else in the place of what it wrote.

    Raises:
        GameError: it is not people's turn.
    """
    if refusal := _CLOSED.get(game.state.phase):
        raise refusal
    return ask(game)


def ask(game: Game) -> Step:
    """Let the model write."""
    state = replace(clock.stop(game.state), phase=Phase.MODEL, turn=None, number=game.state.number + 1)
    return Step(replace(game, state=state), (happenings.AskModel(),))


def pass_on(game: Game, user_id: UserId | None, now: datetime) -> Step:
    """Leave a turn out.

    Args:
        game: The game.
        user_id: Whose turn it is; None for the host, who may pass over anybody.
        now: The time.

    Raises:
        GameError: there is no turn to pass, or it is somebody else's.
    """
    if refusal := _CLOSED.get(game.state.phase):
        raise refusal
    if game.state.turn is None:
        raise errors.NothingToPassError
    if user_id is not None:
        may_write(game, user_id)
    return _passed(game, now, idle=game.state.idle)


def time_over(game: Game, now: datetime) -> Step:
    """Pass a turn on that was not taken in its time; where anybody may write, let the model do so."""
    state = game.state
    if state.turn is not None:
        return _passed(game, now, idle=state.idle + 1)
    if _idle(game) or not game.rules.model_every:
        return rest(game)
    return ask(replace(game, state=replace(state, idle=state.idle + 1)))


def next_turn(game: Game, now: datetime) -> Step:
    """Let the next one write; where they take turns, a game without players rests."""
    game = queue_up(replace(game, state=replace(game.state, phase=Phase.PEOPLE)))
    if not game.present and game.rules.order is not Order.ANYONE:
        return rest(game)
    return Step(replace(game, state=clock.start(game.state, game.rules.turn_minutes, now)))


def rest(game: Game) -> Step:
    """Pause a game in which nobody does anything."""
    return Step(pause(game), (happenings.Rested(),))


def pause(game: Game) -> Game:
    """Stop the clock, and note what the game goes on with; one that is paused stays so."""
    if game.state.phase is Phase.PAUSED:
        return game
    state = replace(clock.stop(game.state), phase=Phase.PAUSED, resumes=game.state.phase, idle=0)
    return replace(game, state=replace(state, number=state.number + 1))


def mention(player: Player | None) -> str:
    """Name a player as Discord shows a person; an ellipsis for nobody."""
    return f"<@{player.user_id}>" if player else "…"


def _passed(game: Game, now: datetime, *, idle: int) -> Step:
    state = game.state
    told = happenings.PassedOn(state.turn or MODEL_SEAT)
    if idle > state.idle and _idle(game):
        step = rest(game)
    else:
        state = replace(state, queue=state.queue[1:], idle=idle, number=state.number + 1)
        step = next_turn(replace(game, state=state), now)
    return Step(step.game, (told, *step.happenings))


def _idle(game: Game) -> bool:
    return game.state.idle + 1 >= max(IDLE_TURNS, len(game.present))


def _after_people(game: Game, now: datetime) -> Step:
    rules, state = game.rules, game.state
    if rules.turns and state.written >= rules.turns:
        return end(game)
    if rules.model_every and state.since_model >= rules.model_every:
        return ask(game)
    return next_turn(game, now)


def end(game: Game) -> Step:
    """Close the story."""
    state = replace(
        clock.stop(game.state), phase=Phase.ENDED, turn=None, queue=(), resumes=None, number=game.state.number + 1
    )
    return Step(replace(game, state=state), (happenings.Ended(),))
