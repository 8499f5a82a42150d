"""`/admin notice`."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import N_
from bot.ui.owner import NoticeForm
from bot.ui.services import services_of, speak_to


class Notice(commands.Cog):
    """Tells channels something."""

    @app_commands.command(name="notice", description=N_("Tell something to the channels that ask for notices"))
    async def notice(self, interaction: discord.Interaction) -> None:
        """Ask for the words, if there is anybody to hear them."""
        await services_of(interaction).notices.channels()
        await interaction.response.send_modal(NoticeForm(speak_to(interaction)))
