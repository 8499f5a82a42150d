"""A story as a file."""

from __future__ import annotations

import io

import discord

from bot.errors import N_
from bot.stories.branch import transcript
from bot.turns import Story
from bot.ui.services import services_of, speak_to
from bot.writing.errors import NothingWrittenHereError


async def send_transcript(interaction: discord.Interaction, story: Story | None, *, form: str = "md") -> None:
    """Send a story as it stands to whoever asked, and nobody else.

    Args:
        interaction: The press or command; not answered yet.
        story: The story; None if there is none.
        form: `md` or `txt`.

    Raises:
        NothingWrittenHereError: there is no story.
    """
    branch = await services_of(interaction).store.stories.path(story.head_id) if story else ()
    if story is None or not branch:
        raise NothingWrittenHereError
    text = transcript(branch, markdown=form == "md")
    file = discord.File(io.BytesIO(text.encode()), filename=f"story-{story.id}.{form}")
    said = speak_to(interaction)(N_("The story as it stands now."))
    await interaction.response.send_message(said, file=file, ephemeral=True)
