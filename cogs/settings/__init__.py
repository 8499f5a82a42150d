"""`/settings`: how a server and its channels write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import N_
from bot.ui.access import require_manager
from cogs.settings.files import Files
from cogs.settings.people import People
from cogs.settings.values import Values

if TYPE_CHECKING:
    from bot.app import Taleloom


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class SettingsCommands(
    Values,
    Files,
    People,
    commands.GroupCog,
    group_name="settings",
    group_description=N_("How this server and its channels write"),
):
    """Shows and changes settings; for those who may manage the server."""

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Check the permission here too: what Discord shows is a hint that a server can override."""
        require_manager(interaction)
        return True


async def setup(bot: Taleloom) -> None:
    """Add the cog."""
    await bot.add_cog(SettingsCommands())
