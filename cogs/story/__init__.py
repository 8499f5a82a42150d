"""`/story`: stories that are played and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord.ext import commands

from bot.errors import N_
from cogs.story.lore import Lore

if TYPE_CHECKING:
    from bot.app import Taleloom


class StoryCommands(
    Lore,
    commands.GroupCog,
    group_name="story",
    group_description=N_("Stories that are played and kept"),
):
    """Says what a story is told beside its words."""


async def setup(bot: Taleloom) -> None:
    """Add the cog."""
    await bot.add_cog(StoryCommands())
