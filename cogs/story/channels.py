"""Games whose channels are deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.ids import ChannelId

if TYPE_CHECKING:
    from bot.app import Taleloom


class Channels(commands.Cog):
    """Ends what was played where nobody can play any more; the stories are kept.

    Args:
        bot: Whose games they are.
    """

    def __init__(self, bot: Taleloom) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, thread: discord.RawThreadDeleteEvent) -> None:
        """End the games of a thread."""
        await self._end(thread.thread_id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """End the games of a channel; discord.py tells of its threads by themselves."""
        await self._end(channel.id)

    async def _end(self, channel: int) -> None:
        services = self._bot.services
        for stored in await services.store.games.running_in(ChannelId(channel)):
            await services.stage.end_without_channel(stored)
