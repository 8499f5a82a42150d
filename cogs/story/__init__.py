"""`/story`: stories that are played and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands
from discord.ext import commands

from bot.errors import N_
from cogs.story.files import Files
from cogs.story.tree import Tree

if TYPE_CHECKING:
    from bot.app import Taleloom


@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
class StoryCommands(
    Files,
    Tree,
    commands.GroupCog,
    group_name="story",
    group_description=N_("Stories that are played and kept"),
):
    """Takes stories to files and back, and shows how they branch."""


async def setup(bot: Taleloom) -> None:
    """Add the cog."""
    await bot.add_cog(StoryCommands())
