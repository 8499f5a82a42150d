"""`/story` and `/turn`: stories that a channel writes together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import N_
from cogs.story.channels import Channels
from cogs.story.deadlines import Deadlines
from cogs.story.files import Files
from cogs.story.hosting import Hosting
from cogs.story.library import Library
from cogs.story.lore import Lore
from cogs.story.people import People
from cogs.story.start import Start
from cogs.story.stats import Stats
from cogs.story.tree import Tree
from cogs.story.turn import Turns

if TYPE_CHECKING:
    from bot.app import Taleloom


class StoryCommands(
    Start,
    Hosting,
    People,
    Library,
    Lore,
    Files,
    Tree,
    Stats,
    commands.GroupCog,
    group_name="story",
    group_description=N_("Stories that are played and kept"),
):
    """Begins games and does what their hosts want; tells the model more of any story, makes files, shows the tree."""

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Let games be played in servers alone; what the other commands do belongs to a story anywhere."""
        anywhere = {command.name for cog in (Lore, Files, Tree) for command in cog.__cog_app_commands__}
        if interaction.guild_id is None and interaction.command and interaction.command.name not in anywhere:
            raise app_commands.NoPrivateMessage
        return True


async def setup(bot: Taleloom) -> None:
    """Add the cogs."""
    await bot.add_cog(StoryCommands())
    await bot.add_cog(Turns())
    await bot.add_cog(Deadlines(bot))
    await bot.add_cog(Channels(bot))
