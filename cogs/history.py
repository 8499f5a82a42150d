"""What was written in a channel: `/transcript`."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import N_
from bot.ids import ChannelId, UserId
from bot.stories.branch import transcript
from bot.ui.services import services_of, speak_to
from bot.writing.errors import NothingWrittenHereError

if TYPE_CHECKING:
    from bot.app import Taleloom


class History(commands.Cog):
    """Gives back what was written."""

    @app_commands.command(name="transcript", description=N_("This channel's last story as a file, for you alone"))
    @app_commands.describe(form=N_("md keeps what was asked for as a quotation; txt is plain text"))
    async def transcript(self, interaction: discord.Interaction, form: Literal["md", "txt"] = "md") -> None:
        """Send the channel's last story as a file."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        stories, speak = services_of(interaction).store.stories, speak_to(interaction)
        viewer = UserId(interaction.user.id)
        story = await stories.latest(ChannelId(interaction.channel_id or 0), viewer_id=viewer)
        branch = await stories.path(story.head_id) if story else ()
        if story is None or not branch:
            raise NothingWrittenHereError
        text = transcript(branch, markdown=form == "md")
        file = discord.File(io.BytesIO(text.encode()), filename=f"story-{story.id}.{form}")
        await interaction.followup.send(speak(N_("The story as it stands now.")), file=file, ephemeral=True)


async def setup(bot: Taleloom) -> None:
    """Add the cog."""
    await bot.add_cog(History())
