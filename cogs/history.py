"""What was written in a channel: `/transcript`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import N_
from bot.ids import ChannelId, UserId
from bot.ui.services import services_of
from bot.ui.transcripts import send_transcript

if TYPE_CHECKING:
    from bot.app import Taleloom


class History(commands.Cog):
    """Gives back what was written."""

    @app_commands.command(name="transcript", description=N_("This channel's last story as a file, for you alone"))
    @app_commands.describe(form=N_("md keeps what was asked for as a quotation; txt is plain text"))
    async def transcript(self, interaction: discord.Interaction, form: Literal["md", "txt"] = "md") -> None:
        """Send the channel's last story as a file."""
        viewer, stories = UserId(interaction.user.id), services_of(interaction).store.stories
        story = await stories.latest(ChannelId(interaction.channel_id or 0), viewer_id=viewer)
        await send_transcript(interaction, story, form=form)


async def setup(bot: Taleloom) -> None:
    """Add the cog."""
    await bot.add_cog(History())
