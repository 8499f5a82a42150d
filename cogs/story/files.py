"""`/story export` and `import`."""

from __future__ import annotations

import asyncio
from typing import Literal

import discord
from discord import app_commands
from discord.app_commands import Range
from discord.ext import commands

from bot.errors import N_
from bot.stories.exports.errors import StoryFileTooLargeError
from bot.stories.exports.file import TURNS_LIMIT
from bot.stories.exports.reading import BYTES_LIMIT, read_story
from bot.ui.services import services_of, speak_to
from bot.ui.story_files import importer_of, seen_here, send_story, show_end
from bot.ui.texts import Translate


class Files(commands.Cog):
    """Takes a channel's story to a file, and a file to a channel."""

    @app_commands.command(name="export", description=N_("This channel's last story as a file, for you alone"))
    @app_commands.describe(
        form=N_("html and epub to read; md and txt to edit; json keeps all of it and can be imported"),
        passage=N_("Where the branch ends, by its number on /story map; else where the story stands"),
    )
    async def export(
        self,
        interaction: discord.Interaction,
        form: Literal["html", "epub", "md", "txt", "json"] = "html",
        passage: Range[int, 1, TURNS_LIMIT] | None = None,
    ) -> None:
        """Send the story as a file."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await send_story(interaction, await seen_here(interaction), form=form, at=passage)

    @app_commands.command(
        name="import", description=N_("Begin a story of yours in this channel with what a file holds")
    )
    @app_commands.describe(file=N_("JSON of /story export, a story of KoboldAI, or plain text; up to 4 MB"))
    async def import_(self, interaction: discord.Interaction, file: discord.Attachment) -> None:
        """Keep the story of a file."""
        if file.size > BYTES_LIMIT:
            raise StoryFileTooLargeError(limit=BYTES_LIMIT // 1024 // 1024)
        await interaction.response.defer(ephemeral=True, thinking=True)
        services, speak = services_of(interaction), speak_to(interaction)
        data = await file.read()
        found = await asyncio.to_thread(read_story, data, filename=file.filename, now=services.store.now())
        story = await services.exports.take_in(found, importer_of(interaction))
        await interaction.followup.send(_taken_in(len(found.turns), speak), ephemeral=True)
        await show_end(interaction, story)


def _taken_in(count: int, speak: Translate) -> str:
    return speak.plural(
        "Taken in: a story of {count} passage, yours from now on. /continue goes on with it.",
        "Taken in: a story of {count} passages, yours from now on. /continue goes on with it.",
        count,
    )
