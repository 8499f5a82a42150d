"""`/turn`: writes a turn without a form."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.errors import N_
from bot.stories.games.inputs import Form
from bot.ui.services import channel_here, services_of

TURN_LETTERS = 2000
FORMS = [
    Choice(name=N_("Do"), value=Form.DO.value),
    Choice(name=N_("Say"), value=Form.SAY.value),
    Choice(name=N_("Tell"), value=Form.STORY.value),
]


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
    @app_commands.choices(form=FORMS)
    async def turn(
        self,
        interaction: discord.Interaction,
        text: Range[str, 1, TURN_LETTERS],
        form: str = Form.STORY.value,
    ) -> None:
        """Write a turn."""
        services = services_of(interaction)
        stored = await services.games.here(channel_here(interaction))
        await interaction.response.defer(ephemeral=True)
        if await services.acts.write(interaction, stored.story.id, text, Form(form)):
            await interaction.delete_original_response()
