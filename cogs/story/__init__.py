"""`/story` and `/turn`: stories that a channel writes together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import N_
from cogs.story.deadlines import Deadlines
from cogs.story.hosting import Hosting
from cogs.story.lore import Lore
from cogs.story.people import People
from cogs.story.start import Start
from cogs.story.stats import Stats
from cogs.story.turn import Turns

if TYPE_CHECKING:
    from bot.app import Taleloom


class StoryCommands(
    Start,
    Hosting,
    People,
    Lore,
    Stats,
    commands.GroupCog,
    group_name="story",
    group_description=N_("Stories that are played and kept"),
):
    """Begins games, does what their hosts want, and tells the model more of any story."""

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Let games be played in servers alone; what the model is told belongs to a story anywhere."""
        mine = {command.name for command in Lore.__cog_app_commands__}
        if interaction.guild_id is None and interaction.command and interaction.command.name not in mine:
            raise app_commands.NoPrivateMessage
        return True


async def setup(bot: Taleloom) -> None:
    """Add the cogs."""
    await bot.add_cog(StoryCommands())
    await bot.add_cog(Turns())
    await bot.add_cog(Deadlines(bot))
