"""`/story stats`: who wrote how much of a story."""

from __future__ import annotations

import io

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import N_
from bot.stories.games.figures import figures_of
from bot.ui.games.ending import picture_of, statistics
from bot.ui.services import channel_here, services_of, speak_to


class Stats(commands.Cog):
    """Shows figures of stories."""

    @app_commands.command(
        name="stats", description=N_("Who wrote how much of the story that is played here, or was last")
    )
    async def stats(self, interaction: discord.Interaction) -> None:
        """Show a story's figures, with a picture."""
        services, speak = services_of(interaction), speak_to(interaction)
        stored = await services.games.last(channel_here(interaction))
        await interaction.response.defer(ephemeral=True, thinking=True)
        figures = figures_of(await services.store.stories.path(stored.story.head_id))
        file = discord.File(io.BytesIO(await picture_of(figures)), filename="words.png")
        await interaction.followup.send(statistics(stored, figures, speak), file=file, ephemeral=True)
