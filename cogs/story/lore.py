"""`/story memory`, `note`, `world` and `context`."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import N_
from bot.ui.lore import MemoryForm, NoteForm, open_form, send_context
from bot.ui.world_panel import send_world


class Lore(commands.Cog):
    """Says what the model is told beside this channel's last story."""

    @app_commands.command(name="memory", description=N_("What the model always sees before this channel's story"))
    async def memory(self, interaction: discord.Interaction) -> None:
        """Open the form."""
        await open_form(interaction, MemoryForm)

    @app_commands.command(name="note", description=N_("How this channel's story is to go on: a note near its end"))
    async def note(self, interaction: discord.Interaction) -> None:
        """Open the form."""
        await open_form(interaction, NoteForm)

    @app_commands.command(name="world", description=N_("Whom and what the model knows of when the story names them"))
    async def world(self, interaction: discord.Interaction) -> None:
        """Send the panel."""
        await send_world(interaction)

    @app_commands.command(name="context", description=N_("What the model sees of this channel's story, as a bar"))
    async def context(self, interaction: discord.Interaction) -> None:
        """Show how the model's room is shared."""
        await send_context(interaction)
