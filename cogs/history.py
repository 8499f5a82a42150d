"""What was written: `/transcript`, `/history`, and `/forget`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands
from discord.app_commands import Range
from discord.ext import commands

from bot.errors import N_
from bot.ids import ChannelId, UserId
from bot.stories.games import play
from bot.ui.history import EVERYBODY, MINE, WORD_LIMIT, send_history
from bot.ui.services import channel_here, services_of, speak_to
from bot.ui.transcripts import send_transcript
from bot.writing.channel_errors import ForgettingNotAllowedError

if TYPE_CHECKING:
    from bot.app import Taleloom


class History(commands.Cog):
    """Gives back what was written, and keeps it from the model."""

    @app_commands.command(name="transcript", description=N_("This channel's last story as a file, for you alone"))
    @app_commands.describe(form=N_("md keeps what was asked for as a quotation; txt is plain text"))
    async def transcript(self, interaction: discord.Interaction, form: Literal["md", "txt"] = "md") -> None:
        """Send the channel's last story as a file."""
        viewer, stories = UserId(interaction.user.id), services_of(interaction).store.stories
        story = await stories.latest(channel_here(interaction), viewer_id=viewer)
        await send_transcript(interaction, story, form=form)

    @app_commands.command(name="history", description=N_("Your stories here, the newest first; only you see the list"))
    @app_commands.describe(
        word=N_("Only stories that have this word in them"),
        everyone=N_("Everybody's stories in this channel; for people who may manage messages"),
    )
    async def history(
        self, interaction: discord.Interaction, word: Range[str, 1, WORD_LIMIT] = "", everyone: bool = False
    ) -> None:
        """List one's own stories, or everybody's in this channel."""
        await send_history(interaction, EVERYBODY if everyone else MINE, word)

    @app_commands.command(name="forget", description=N_("The model no longer sees what was written in this channel"))
    @app_commands.default_permissions(manage_messages=True)
    async def forget(self, interaction: discord.Interaction) -> None:
        """Begin anew: no story of before goes on."""
        if interaction.guild_id is not None and not interaction.permissions.manage_messages:
            raise ForgettingNotAllowedError
        channel = channel_here(interaction)
        services = services_of(interaction)
        await services.store.channels.forget(channel, UserId(interaction.user.id))
        await services.writer.stop_in(channel)
        speak = speak_to(interaction)
        done = speak(
            N_(
                "Forgotten. From now on the model is given nothing that was written in this channel before: "
                "stories of before cannot be gone on with, and new ones begin with /write."
            )
        )
        note = speak(
            N_("The texts stay where they are. To take one away, choose “Delete the story” under “More…” beneath it.")
        )
        await interaction.response.send_message(f"{done}\n-# {note}", ephemeral=True)
        await _end_games(interaction, channel)


async def _end_games(interaction: discord.Interaction, channel: ChannelId) -> None:
    """End what is played in a channel: the model would be given none of it."""
    services = services_of(interaction)
    for stored in await services.store.games.running_in(channel):
        await services.stage.follow(await services.games.do(stored.story.id, play.end), interaction.user)


async def setup(bot: Taleloom) -> None:
    """Add the cog."""
    await bot.add_cog(History())
