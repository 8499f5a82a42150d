"""Stories as files and pictures, sent to whoever asks."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Mapping
from dataclasses import fields
from types import MappingProxyType

import discord

from bot.errors import N_, TaleloomError
from bot.ids import ChannelId, MessageId, UserId
from bot.stories.exports.books import epub
from bot.stories.exports.errors import NoSuchTurnError
from bot.stories.exports.file import StoryFile
from bot.stories.exports.html_pages import html_page
from bot.stories.exports.json_files import write_json
from bot.stories.exports.labels import Labels
from bot.stories.exports.texts import markdown, plain_text
from bot.turns import Story, Turn
from bot.ui.requests import roles_of
from bot.ui.services import channel_here, guild_of, services_of, speak_to
from bot.ui.story_map import draw_map, mark_of
from bot.ui.texts import Translate
from bot.writing.errors import NothingWrittenHereError, StoryGoneError
from bot.writing.exports import Importer, NameOf

MOST_NAMES = 50
"""Names that Discord is asked for at once; whoever wrote less stays a number."""

Form = Callable[[StoryFile, Labels, int | None], bytes]
FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "md": lambda file, labels, at: markdown(file, labels, at=at).encode(),
        "txt": lambda file, _, at: plain_text(file, at=at).encode(),
        "html": lambda file, labels, at: html_page(file, labels, at=at).encode(),
        "epub": lambda file, labels, at: epub(file, labels, at=at),
        "json": lambda file, _, at: write_json(_standing_at(file, at)),
    }
)
"""What a story can be sent as, by the ending of its file."""


class TooLargeToSendError(TaleloomError):
    """A file that Discord does not take."""

    template = N_("The file has {size} MB, and Discord takes {limit} here. Choose txt, or an earlier passage.")

    def __init__(self, *, size: int, limit: int) -> None:
        super().__init__(size=size, limit=limit)


async def seen_here(interaction: discord.Interaction) -> Story:
    """Find the channel's last story that whoever asks may see.

    Raises:
        NothingWrittenHereError: there is none.
    """
    channel, viewer = channel_here(interaction), UserId(interaction.user.id)
    story = await services_of(interaction).store.stories.latest(channel, viewer_id=viewer)
    if story is None:
        raise NothingWrittenHereError
    return story


async def send_story(interaction: discord.Interaction, story: Story, *, form: str, at: int | None = None) -> None:
    """Send a story as a file to whoever asked, and nobody else.

    Args:
        interaction: The command; deferred.
        story: The story.
        form: One of `FORMS`.
        at: The number of the turn that the branch ends with; None is where the story stands.

    Raises:
        NoSuchTurnError: the story has no such turn.
        TooLargeToSendError: Discord does not take the file.
    """
    speak = speak_to(interaction)
    labels = _labels(speak)
    file = await _gather(interaction, story, labels)
    if at is not None and at > len(file.turns):
        raise NoSuchTurnError(number=at, last=len(file.turns))
    data = await asyncio.to_thread(FORMS[form], file, labels, at)
    if len(data) > interaction.filesize_limit:
        megabyte = 1024 * 1024
        raise TooLargeToSendError(size=-(-len(data) // megabyte), limit=interaction.filesize_limit // megabyte)
    said = speak(N_("The whole story, as /story import takes it.") if form == "json" else N_("The story as it stands."))
    if at is not None:
        said = speak(N_("The story up to passage {number}."), number=at)
    attachment = discord.File(io.BytesIO(data), filename=f"story-{story.id}.{form}")
    await interaction.followup.send(said, file=attachment, ephemeral=True)


async def send_map(interaction: discord.Interaction, story: Story) -> None:
    """Send a picture of a story's branches to whoever asked, and nobody else.

    Args:
        interaction: The command; deferred.
        story: The story.
    """
    speak = speak_to(interaction)
    labels = _labels(speak)
    file = await _gather(interaction, story, labels)
    picture = await asyncio.to_thread(draw_map, file)
    names = labels.names(file)
    wrote = labels.seats(file)
    shown = " · ".join(f"{mark_of(seat)} {discord.utils.escape_markdown(names[seat])}" for seat in wrote[:20])
    lines = [
        shown,
        speak(
            N_(
                "The bright line is the story as it stands; a ring is where it ends, a hollow dot is hidden from the "
                "model, … 12 … are passages without a branch. /story jump goes to a number."
            )
        ),
    ]
    attachment = discord.File(io.BytesIO(picture), filename=f"story-{story.id}.png")
    await interaction.followup.send("\n-# ".join(lines), file=attachment, ephemeral=True)


async def show_end(interaction: discord.Interaction, story: Story, turn: Turn | None = None) -> None:
    """Show how a story ends, with the buttons that go on from there; a private one to whoever asked alone.

    Args:
        interaction: The command; deferred.
        story: The story.
        turn: Where it stands; None is what it says itself.
    """
    services = services_of(interaction)
    turn = turn or await services.store.stories.turn(story.head_id)
    if turn is None:
        raise StoryGoneError
    (content,), view = await services.pages.page(turn, speak_to(interaction), briefly=True)
    message = await interaction.followup.send(content, view=view, ephemeral=story.private, wait=True)
    if not story.private:
        await services.store.stories.record_messages(turn.id, ChannelId(message.channel.id), [MessageId(message.id)])


def importer_of(interaction: discord.Interaction) -> Importer:
    """Give whoever brings a file, and where."""
    return Importer(
        user_id=UserId(interaction.user.id),
        guild_id=guild_of(interaction),
        channel_id=channel_here(interaction),
        roles=roles_of(interaction.user),
        manager=interaction.permissions.manage_guild,
    )


async def _gather(interaction: discord.Interaction, story: Story, labels: Labels) -> StoryFile:
    return await services_of(interaction).exports.gather(story, _names(interaction), labels.unnamed)


def _names(interaction: discord.Interaction) -> NameOf:
    """Give what finds people's names: as this server shows them, else as Discord does."""
    asked = 0

    async def name_of(user: UserId) -> str:
        nonlocal asked
        guild, client = interaction.guild, interaction.client
        known = interaction.user if interaction.user.id == user else guild.get_member(user) if guild else None
        known = known or client.get_user(user)
        if known is not None:
            return known.display_name
        asked += 1
        if asked > MOST_NAMES:
            return ""
        try:
            return (await (guild.fetch_member(user) if guild else client.fetch_user(user))).display_name
        except discord.HTTPException:
            # Left the server, or the bot is none of its members.
            return ""

    return name_of


def _labels(speak: Translate) -> Labels:
    return Labels(**{field.name: speak.known(getattr(Labels(), field.name)) for field in fields(Labels)})


def _standing_at(file: StoryFile, at: int | None) -> StoryFile:
    return file if at is None else file.model_copy(update={"head": at})
