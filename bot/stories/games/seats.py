"""Who plays: join, leave, be invited and sent away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.games import VOTED, Game, Order, Phase, Player, Presence
from bot.stories.games import errors

if TYPE_CHECKING:
    from bot.ids import UserId


MOST_VOTERS = 1000
"""Seats where people vote: whoever votes has one."""


def begin(game: Game, host: UserId) -> Game:
    """Give the host the first seat."""
    return replace(game, players=(Player(seat=1, user_id=host),))


def join(game: Game, user_id: UserId, *, invited: bool = False) -> Game:
    """Let somebody in; who is in already stays there.

    Args:
        game: The game.
        user_id: Who.
        invited: By the host, who may bring back whom they sent away.

    Raises:
        EndedError: the game is over.
        BarredError, NotInvitedError, FullError: this person cannot join.
    """
    if game.state.phase is Phase.ENDED:
        raise errors.EndedError
    player = game.player(user_id)
    if player and player.presence is Presence.IN:
        return game
    if player and player.presence is Presence.BARRED and not invited:
        raise errors.BarredError
    if player is None and game.rules.order is Order.FIXED and not invited:
        raise errors.NotInvitedError
    seats = MOST_VOTERS if game.kind in VOTED else game.rules.most_players
    if len(game.present) >= seats:
        raise errors.FullError(seats=seats)
    if player is None:
        player = Player(seat=len(game.players) + 1, user_id=user_id)
        players = (*game.players, player)
    else:
        players = with_player(game, replace(player, presence=Presence.IN)).players
    queue = (*game.state.queue, player.seat) if game.rules.order is not Order.ANYONE else ()
    return replace(game, players=players, state=replace(game.state, queue=queue))


def take_out(game: Game, user_id: UserId, *, barred: bool = False) -> Game:
    """Let somebody go, by their own wish or the host's; their turn is left to the caller.

    Raises:
        NotJoinedError, NeverPlayedError: they are not in; whoever has left can be barred.
    """
    player = game.player(user_id)
    gone = Presence.BARRED if barred else Presence.OUT
    if barred and (player is None or player.presence is Presence.BARRED):
        raise errors.NeverPlayedError
    if player is None or (player.presence is not Presence.IN and not barred):
        raise errors.NotJoinedError
    state = replace(game.state, queue=tuple(seat for seat in game.state.queue if seat != player.seat))
    return replace(with_player(game, replace(player, presence=gone, vote=None)), state=state)


def find(game: Game, user_id: UserId) -> Player:
    """Give somebody's seat.

    Raises:
        NotJoinedError, BarredError: they have none.
    """
    player = game.player(user_id)
    if player and player.presence is Presence.BARRED:
        raise errors.BarredError
    if player is None or player.presence is not Presence.IN:
        raise errors.NotJoinedError
    return player


def with_player(game: Game, changed: Player) -> Game:
    """Put a player in the place of the one with the same seat."""
    players = tuple(changed if player.seat == changed.seat else player for player in game.players)
    return replace(game, players=players)
