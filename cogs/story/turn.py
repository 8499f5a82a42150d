"""`/turn`: writes a turn without a form."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands
from discord.app_commands import Range
from discord.ext import commands

from bot.errors import N_
from bot.ids import ChannelId
from bot.stories.games.inputs import Form
from bot.ui.services import services_of

TURN_LETTERS = 2000


class Turns(commands.Cog):
    """Takes turns that are typed."""

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Take forms that were open while the bot was started anew: nobody types a turn for nothing."""
        if interaction.type is discord.InteractionType.modal_submit:
            await services_of(interaction).acts.take_over(interaction)

    @app_commands.command(name="turn", description=N_("Write the next turn of the story that is played here"))
    @app_commands.guild_only()
    @app_commands.describe(
        text=N_("What you add"), form=N_("In an adventure: whether you do it, say it, or tell the story")
    )
    async def turn(
        self,
        interaction: discord.Interaction,
        text: Range[str, 1, TURN_LETTERS],
        form: Literal["story", "do", "say"] | None = None,
    ) -> None:
        """Write a turn."""
        services = services_of(interaction)
        stored = await services.games.here(ChannelId(interaction.channel_id or 0))
        await interaction.response.defer(ephemeral=True)
        if await services.acts.write(interaction, stored.story.id, text, Form(form or "story")):
            await interaction.delete_original_response()
