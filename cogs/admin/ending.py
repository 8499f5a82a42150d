"""`/admin notice` and `stop`."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import N_
from bot.ui.owner import NoticeForm, say_running, to_confirm
from bot.ui.services import services_of, speak_to


class Ending(commands.Cog):
    """Tells channels something, and ends the bot."""

    @app_commands.command(name="notice", description=N_("Tell something to the channels that ask for notices"))
    async def notice(self, interaction: discord.Interaction) -> None:
        """Ask for the words."""
        await services_of(interaction).notices.channels()
        await interaction.response.send_modal(NoticeForm(speak_to(interaction)))

    @app_commands.command(name="stop", description=N_("End the bot once running texts have ended; asks first"))
    async def stop(self, interaction: discord.Interaction) -> None:
        """Ask whether it is meant."""
        speak, services = speak_to(interaction), services_of(interaction)
        lines = [
            speak(
                N_("**End the bot?** Nobody but whoever can reach its machine, or what watches it, starts it again.")
            ),
            say_running(interaction),
        ]
        view = to_confirm("stop", speak(N_("End it")), discord.ButtonStyle.danger, services.started_at, speak)
        await interaction.response.send_message("\n".join(lines), view=view, ephemeral=True)
