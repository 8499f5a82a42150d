"""`/story map` and `jump`."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.app_commands import Range
from discord.ext import commands

from bot.errors import N_
from bot.stories.exports.file import TURNS_LIMIT
from bot.ui.access import Person, story_for
from bot.ui.services import services_of
from bot.ui.story_files import seen_here, send_map, show_end


class Tree(commands.Cog):
    """Shows how a channel's story branches, and goes to any place in it."""

    @app_commands.command(
        name="map", description=N_("How this channel's last story branches, as a picture for you alone")
    )
    async def map(self, interaction: discord.Interaction) -> None:
        """Send the story's tree as a picture."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await send_map(interaction, await seen_here(interaction))

    @app_commands.command(name="jump", description=N_("Let this channel's last story go on from any of its passages"))
    @app_commands.describe(passage=N_("Its number on /story map"))
    async def jump(self, interaction: discord.Interaction, passage: Range[int, 1, TURNS_LIMIT]) -> None:
        """Move the story to a turn, and show how it ends now."""
        services, story = services_of(interaction), await seen_here(interaction)
        turn = await services.exports.turn(story, passage)
        story = await story_for(services, Person.of(interaction), turn)
        await interaction.response.defer(ephemeral=story.private, thinking=True)
        played = await services.stage.moved(story.id)
        try:
            await services.moves.go_to(turn)
            await show_end(interaction, story, turn)
        finally:
            if played is not None:
                await services.stage.follow(played, interaction.user)
