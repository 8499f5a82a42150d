"""`/admin stop`."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import N_
from bot.ui.owner import say_running, to_confirm
from bot.ui.services import services_of, speak_to


class Stop(commands.Cog):
    """Ends the bot."""

    @app_commands.command(name="stop", description=N_("End the bot once running texts have ended; asks first"))
    async def stop(self, interaction: discord.Interaction) -> None:
        """Ask whether it is meant."""
        speak, services = speak_to(interaction), services_of(interaction)
        question = speak(
            N_("**End the bot?** It can be started again only on its machine, if nothing there does so by itself.")
        )
        view = to_confirm("stop", speak(N_("End it")), discord.ButtonStyle.danger, services.started_at, speak)
        text = f"{question}\n{say_running(interaction)}"
        await interaction.response.send_message(text, view=view, ephemeral=True)
