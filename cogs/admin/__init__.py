"""`/admin`: for whoever runs the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import N_
from bot.ui.owner import require_owner
from cogs.admin.blocks import Blocks
from cogs.admin.configuration import Configuring
from cogs.admin.notice import Notice
from cogs.admin.status import Status
from cogs.admin.stop import Stop

if TYPE_CHECKING:
    from bot.app import Taleloom


@app_commands.default_permissions(administrator=True)
class AdminCommands(
    Status,
    Configuring,
    Blocks,
    Notice,
    Stop,
    commands.GroupCog,
    group_name="admin",
    group_description=N_("For whoever runs this bot"),
):
    """Looks after the whole bot, in all servers.

    Args:
        bot: What is looked after.
    """

    def __init__(self, bot: Taleloom) -> None:
        self._bot = bot

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Check who it is: what Discord hides from others is a hint that a server can override."""
        await require_owner(interaction)
        return True


async def setup(bot: Taleloom) -> None:
    """Add the cog."""
    await bot.add_cog(AdminCommands(bot))
