"""`/safety`: what a server lets through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import N_
from bot.ui.access import require_manager
from cogs.safety.policy import PolicyCommands
from cogs.safety.watch import WatchCommands
from cogs.safety.words import WordCommands

if TYPE_CHECKING:
    from bot.app import Taleloom


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class SafetyCommands(
    PolicyCommands,
    WordCommands,
    WatchCommands,
    commands.GroupCog,
    group_name="safety",
    group_description=N_("What is let through in this server"),
):
    """Shows and changes what the safety layer goes by; for those who may manage the server."""

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Check the permission here too: what Discord shows is a hint that a server can override."""
        require_manager(interaction)
        return True


async def setup(bot: Taleloom) -> None:
    """Add the cog."""
    await bot.add_cog(SafetyCommands())
