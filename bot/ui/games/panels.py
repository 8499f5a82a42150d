"""The panel of each game: one message, which stands beneath the newest passage and shows how the game stands."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import discord
from discord.abc import Messageable

from bot.ids import MessageId, StoryId
from bot.ui.games import buttons, describe
from bot.ui.streaming import UNSENT

if TYPE_CHECKING:
    from bot.games import Player
    from bot.store import Database
    from bot.store.games import StoredGame
    from bot.ui.texts import Texts
    from bot.writing.games import Games


class Panels:
    """Shows panels, for each game one after another, and always as it stands by then.

    Args:
        client: For the channels.
        games: Knows how they stand.
        store: Where it is written down which message is the panel.
        texts: The languages.
    """

    def __init__(self, client: discord.Client, games: Games, store: Database, texts: Texts) -> None:
        self._client = client
        self._games = games
        self._store = store
        self._texts = texts
        self._locks: WeakValueDictionary[StoryId, asyncio.Lock] = WeakValueDictionary()

    async def show(self, story: StoryId, *, anew: bool = False) -> None:
        """Let the panel show how a game stands.

        Args:
            story: The game's story.
            anew: Whether it is to stand beneath what was posted since; else it is changed where it stands.

        Raises:
            NoGameError: there is none.
            discord.HTTPException: Discord did not take it.
        """
        lock = self._locks.setdefault(story, asyncio.Lock())
        async with lock:
            stored = await self._games.get(story)
            channel = await self.channel_of(stored)
            if channel is not None and (anew or not await self._change(channel, stored)):
                await self._send(channel, stored)

    async def remove(self, story: StoryId) -> None:
        """Take away the panel of a game whose story was deleted."""
        stored = await self._store.games.get(story)
        channel = await self.channel_of(stored) if stored else None
        if stored is not None and stored.panel_id is not None and channel is not None:
            with suppress(*UNSENT):
                await channel.get_partial_message(stored.panel_id).delete()  # type: ignore[attr-defined]

    async def _change(self, channel: Messageable, stored: StoredGame) -> bool:
        """Change the panel where it stands; False if it is not there."""
        if stored.panel_id is None:
            return False
        speak = self._texts.speak(stored.locale)
        content, view = describe.panel(stored, speak), buttons.beneath_panel(stored, speak)
        try:
            await channel.get_partial_message(stored.panel_id).edit(content=content, view=view)  # type: ignore[attr-defined]
        except discord.NotFound:
            return False
        return True

    async def _send(self, channel: Messageable, stored: StoredGame) -> None:
        """Send the panel, which calls whose turn it is, and take the old one away."""
        speak = self._texts.speak(stored.locale)
        content, view = describe.panel(stored, speak), buttons.beneath_panel(stored, speak)
        writer = stored.game.seated(stored.game.state.turn or 0)
        sent = await channel.send(content, view=view or discord.utils.MISSING, allowed_mentions=only(writer))
        await self._store.games.describe(stored.story.id, panel_id=MessageId(sent.id))
        if stored.panel_id is not None:
            with suppress(*UNSENT):
                await channel.get_partial_message(stored.panel_id).delete()  # type: ignore[attr-defined]

    async def channel_of(self, stored: StoredGame) -> Messageable | None:
        """Give a game's channel; None if the bot cannot see it any more. Where Discord does not answer, it is there."""
        number = stored.story.channel_id
        channel: object = self._client.get_channel(number)
        if channel is None:
            try:
                channel = await self._client.fetch_channel(number)
            except (discord.NotFound, discord.Forbidden, discord.InvalidData):
                return None
            except UNSENT:
                channel = self._client.get_partial_messageable(number, guild_id=stored.story.guild_id)
        return channel if isinstance(channel, Messageable) else None

    async def is_gone(self, stored: StoredGame) -> bool:
        """Say whether a game's channel was deleted; one that cannot be asked for now may be there."""
        number = stored.story.channel_id
        if self._client.get_channel(number) is None:
            try:
                await self._client.fetch_channel(number)
            except discord.NotFound:
                return True
            except UNSENT:
                return False
        return False


def only(player: Player | None) -> discord.AllowedMentions:
    """Let Discord call one player, whose turn it is, and nobody else."""
    people = [discord.Object(player.user_id)] if player else False
    return discord.AllowedMentions(users=people, everyone=False, roles=False, replied_user=False)
