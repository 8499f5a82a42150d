"""What the model is asked for in a game."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import discord

from bot.games import VOTED, GameKind
from bot.ids import UserId
from bot.ui.requests import roles_of, trial_place
from bot.ui.services import services_of
from bot.writing.errors import InvalidSettingError
from bot.writing.requests import Shape, WriteRequest
from bot.writing.service import new_request_id
from bot.writing.trials import AS_NOW, SameWaysError, TrialPlace, Trials, Way

if TYPE_CHECKING:
    from bot.store.games import StoredGame

BALLOT_TOKENS = 90
"""Length of what is voted on: several passages are read at once."""
SHAPES = {GameKind.LINES: Shape.LINE, GameKind.WORDS: Shape.WORD}


async def rivals_of(interaction: discord.Interaction, first: str | None, second: str | None) -> tuple[str, ...] | None:
    """Check the presets of a duel; None leaves them to chance.

    Raises:
        InvalidSettingError, SameWaysError: they cannot be compared.
    """
    if first is None and second is None:
        return None
    await services_of(interaction).trials.pair(trial_place(interaction), first, second)
    return (first or AS_NOW, second) if second else (first or AS_NOW,)


class Wanted:
    """Makes the requests of games.

    Args:
        trials: Draws what a duel is between.
    """

    def __init__(self, trials: Trials) -> None:
        self._trials = trials

    async def request(self, stored: StoredGame, user: discord.User | discord.Member) -> WriteRequest:
        """Ask for what a game waits for, in somebody's name.

        Raises:
            SameWaysError: a duel has nothing to be between.
        """
        game, story = stored.game, stored.story
        options: dict[str, object] = {"max_new_tokens": BALLOT_TOKENS} if game.kind in VOTED else {}
        rivals: tuple[dict[str, object], ...] = ()
        if game.kind is GameKind.DUEL and story.guild_id is not None:
            one, other = await self._pair(stored, TrialPlace(story.channel_id, story.guild_id))
            rivals = ({**options, **one}, {**options, **other})
        return WriteRequest(
            request_id=new_request_id(),
            user_id=UserId(user.id),
            guild_id=story.guild_id,
            channel_id=story.channel_id,
            roles=roles_of(user),
            manager=isinstance(user, discord.Member) and user.guild_permissions.manage_guild,
            parent_id=story.head_id,
            game=story.id,
            options=options,
            rivals=rivals,
            variants=game.rules.choices if game.kind is GameKind.VOTE else 1,
            shape=SHAPES.get(game.kind, Shape.PASSAGE),
            parted_by="\n" if game.kind is GameKind.LINES else None,
            locale=stored.locale,
        )

    async def _pair(self, stored: StoredGame, place: TrialPlace) -> tuple[Way, Way]:
        """Give a duel's two ways; chance chooses where those that were named are there no more, or differ no more."""
        named = (*stored.game.rules.rivals, None, None)[:2]
        with suppress(InvalidSettingError, SameWaysError):
            return await self._trials.pair(place, *named)
        return await self._trials.pair(place, None, None)
