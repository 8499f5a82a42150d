"""`/usage`: how much was written, as a picture by day."""

from __future__ import annotations

import asyncio
import io
from datetime import timedelta
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.app_commands import Range
from discord.ext import commands

from bot.errors import N_
from bot.ids import UserId
from bot.ui.access import require_manager
from bot.ui.charts import usage_chart
from bot.ui.services import guild_of, services_of, speak_to

if TYPE_CHECKING:
    from bot.app import Taleloom


class Usage(commands.Cog):
    """Shows figures."""

    @app_commands.command(name="usage", description=N_("How much you wrote, by day; for admins also the whole server"))
    @app_commands.describe(days=N_("How many days back"), everyone=N_("Everybody in this server; needs Manage Server"))
    async def usage(
        self, interaction: discord.Interaction, days: Range[int, 1, 31] = 14, everyone: bool = False
    ) -> None:
        """Show a person's figures, or the server's."""
        speak, store = speak_to(interaction), services_of(interaction).store
        server = guild_of(interaction)
        if everyone:
            require_manager(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        today = store.now().date()
        since = today - timedelta(days=days - 1)
        found = await store.usage.days(
            since=since, guild=server if everyone else None, user=None if everyone else UserId(interaction.user.id)
        )
        by_day = {each.day: (each.day, each.texts, each.tokens) for each in found}
        dates = [since + timedelta(days=number) for number in range(days)]
        picture = await asyncio.to_thread(usage_chart, [by_day.get(date, (date, 0, 0)) for date in dates])
        legend = speak(N_("A bar is a day's tokens; beneath its date stands how many texts they were. Days are UTC."))
        texts, tokens = sum(each.texts for each in found), sum(each.tokens for each in found)
        lines = [
            speak(N_("Everybody in this server:")) if everyone else speak(N_("You, in all servers:")),
            speak.plural("{count} text", "{count} texts", texts)
            + ", "
            + speak.plural("{count} token", "{count} tokens", tokens),
            f"-# {legend}",
        ]
        file = discord.File(io.BytesIO(picture), filename="usage.png")
        await interaction.followup.send("\n".join(lines), file=file, ephemeral=True)


async def setup(bot: Taleloom) -> None:
    """Add the cog."""
    await bot.add_cog(Usage())
