"""What is done without being asked: old data goes, and that of servers which the bot has left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord.ext import commands, tasks

from bot.ids import GuildId, UserId
from bot.writing.housekeeping import Housekeeping

if TYPE_CHECKING:
    from bot.app import Taleloom


class Upkeep(commands.Cog):
    """Sweeps once at start and then every hour.

    Args:
        bot: For its store.
    """

    def __init__(self, bot: Taleloom) -> None:
        self._bot = bot

    async def cog_unload(self) -> None:
        """End."""
        self.sweep.cancel()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Begin; Discord may say more than once that it is ready."""
        if not self.sweep.is_running():
            self.sweep.start()

    @tasks.loop(hours=1)
    async def sweep(self) -> None:
        """Erase what is due."""
        store = self._bot.services.store
        await Housekeeping(store.people, store.safety_events, now=store.now, part=self._part).sweep()

    async def _part(self, user_id: UserId) -> None:
        """Let the games of somebody who is erased go on, where they are played."""
        services = self._bot.services
        for played in await services.games.part_with(user_id):
            services.stage.beside(services.stage.follow(played))

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Note that the bot has left a server."""
        await self._bot.services.store.people.server_left(GuildId(guild.id))

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Note that it has come back."""
        await self._bot.services.store.people.server_joined(GuildId(guild.id))


async def setup(bot: Taleloom) -> None:
    """Add the cog."""
    await bot.add_cog(Upkeep(bot))
