"""`/story` and `/turn`: stories that a channel writes together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands
from discord.ext import commands

from bot.errors import N_
from cogs.story.deadlines import Deadlines
from cogs.story.hosting import Hosting
from cogs.story.people import People
from cogs.story.start import Start
from cogs.story.turn import Turns

if TYPE_CHECKING:
    from bot.app import Taleloom


@app_commands.guild_only()
class StoryCommands(
    Start,
    Hosting,
    People,
    commands.GroupCog,
    group_name="story",
    group_description=N_("Stories that are played and kept"),
):
    """Begins games, and does what their hosts want."""


async def setup(bot: Taleloom) -> None:
    """Add the cogs."""
    await bot.add_cog(StoryCommands())
    await bot.add_cog(Turns())
    await bot.add_cog(Deadlines(bot))
