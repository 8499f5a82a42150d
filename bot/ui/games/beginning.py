"""Where a game begins: in a thread of its own, or in the channel."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import discord

from bot.errors import N_
from bot.ids import ChannelId
from bot.ui.games.describe import EXPLAINED, KINDS
from bot.ui.services import services_of, speak_to
from bot.ui.streaming import UNSENT

if TYPE_CHECKING:
    from bot.writing.games import Beginning


async def begin_in_place(interaction: discord.Interaction, beginning: Beginning, *, thread: bool) -> None:
    """Begin a game, and say where.

    Args:
        interaction: Not answered yet.
        beginning: As the games' service has read it.
        thread: Whether it gets a thread; where none can be made it is played in the channel.
    """
    services, speak = services_of(interaction), speak_to(interaction)
    await interaction.response.defer(thinking=True)
    made = await _make_thread(interaction, beginning.title) if thread else None
    if made is not None:
        beginning = replace(beginning, channel_id=ChannelId(made.id))
    played = await services.games.begin(beginning)
    lines = [
        f"📖 **{discord.utils.escape_markdown(beginning.title)}** · {speak(KINDS[beginning.kind])}",
        speak(EXPLAINED[beginning.kind]),
    ]
    if made is not None:
        lines.append(speak(N_("It is written in {thread}."), thread=made.mention))
    elif thread and not isinstance(interaction.channel, discord.Thread):
        lines.append(speak(N_("The bot may not make a thread here, so it is written in this channel.")))
    await interaction.edit_original_response(content="\n".join(lines))
    await services.stage.open(played, interaction.user)


async def _make_thread(interaction: discord.Interaction, title: str) -> discord.Thread | None:
    channel = interaction.channel
    if not isinstance(channel, discord.TextChannel):
        return None
    try:
        # A week is the longest that Discord keeps a quiet thread among those that it shows.
        kind = discord.ChannelType.public_thread
        return await channel.create_thread(name=title[:100], type=kind, auto_archive_duration=10_080)
    except UNSENT:
        return None
