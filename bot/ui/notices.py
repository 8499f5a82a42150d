"""Notices of whoever runs the bot, to the channels that ask for them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import discord
import structlog

from bot.errors import N_
from bot.ids import ChannelId
from bot.store.settings import SettingsRepository
from bot.ui.errors import NobodyListensError
from bot.ui.services import services_of, speak_to
from bot.ui.streaming import UNSENT
from bot.ui.texts import Texts, Translate
from bot.waiting import Wait
from bot.writing.keys import NOTICES

NOTICE_LIMIT = 1700
"""Characters of a notice: with what stands above them they are one message, also in a preview."""
PAUSE_SECONDS = 1.0  # far below what Discord allows, and nobody waits for a notice

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a notice."""

    got: int
    """Channels that have it."""
    missed: int
    """Channels that could not get it."""


class Notices:
    """Sends notices one channel after another, in the background.

    Args:
        client: The connection to Discord.
        settings: Knows which channels ask for notices.
        texts: The languages.
        wait: How to await the pause between two channels.
    """

    def __init__(self, client: discord.Client, settings: SettingsRepository, texts: Texts, *, wait: Wait) -> None:
        self._client = client
        self._settings = settings
        self._texts = texts
        self._wait = wait
        self._under_way: dict[int, asyncio.Task[None]] = {}

    async def channels(self) -> Sequence[ChannelId]:
        """Give the channels that ask for notices.

        Raises:
            NobodyListensError: there is none.
        """
        if found := await self._settings.channels_with(NOTICES):
            return found
        raise NobodyListensError

    def send(
        self, number: int, text: str, channels: Sequence[ChannelId], tell: Callable[[Sent], Awaitable[None]]
    ) -> None:
        """Begin to send a notice; one that was begun before, by its number, is not sent again.

        Args:
            number: Tells it from others.
            text: What it says.
            channels: Who gets it.
            tell: Hears what became of it.
        """
        if number not in self._under_way:
            self._under_way[number] = asyncio.create_task(self._send(text, channels, tell))

    def cancel(self) -> None:
        """Send no more."""
        for task in self._under_way.values():
            task.cancel()

    async def _send(self, text: str, channels: Sequence[ChannelId], tell: Callable[[Sent], Awaitable[None]]) -> None:
        got = missed = 0
        try:
            for channel in channels:
                if got or missed:
                    await self._wait(asyncio.sleep(PAUSE_SECONDS))
                try:
                    await self._post(channel, text)
                    got += 1
                except UNSENT as error:
                    log.warning("notice not sent", channel=channel, reason=str(error))
                    missed += 1
        finally:
            log.info("notice sent", got=got, missed=missed, left_out=len(channels) - got - missed)
        await tell(Sent(got, missed))

    async def _post(self, channel: ChannelId, text: str) -> None:
        # Whether the channel is in the cache or not: a thread that is asleep is not.
        guild = getattr(self._client.get_channel(channel), "guild", None)
        speak = self._texts.speak(guild.preferred_locale if guild else "en-US")
        await self._client.get_partial_messageable(channel).send(
            headed(text, speak), allowed_mentions=discord.AllowedMentions.none()
        )


def headed(text: str, speak: Translate) -> str:
    """Put a line above a notice that says who speaks."""
    return f"-# {speak(N_('A notice from whoever runs this bot'))}\n{text}"


def preview(text: str, channels: int, speak: Translate) -> str:
    """Show a notice as it will be, beneath the question whether to send it; `notice_of` finds it again."""
    question = speak.plural("Send this to {count} channel?", "Send this to {count} channels?", channels)
    return f"{question}\n{headed(text, speak)}"


def notice_of(content: str) -> str:
    """Give the words of a notice that a preview shows."""
    return content.split("\n", 2)[2]


async def send_notice(interaction: discord.Interaction) -> None:
    """Send the notice whose preview stands in the pressed message.

    Raises:
        NobodyListensError: no channel asks for notices any more.
    """
    message = interaction.message
    if message is None:
        return
    notices, speak = services_of(interaction).notices, speak_to(interaction)
    channels = await notices.channels()
    text = notice_of(message.content)

    async def tell(sent: Sent) -> None:
        said = speak(
            N_("The notice is out. Channels that got it: {got}; that could not: {missed}."),
            got=sent.got,
            missed=sent.missed,
        )
        try:
            await interaction.followup.send(said, ephemeral=True)
        except UNSENT:  # Discord takes follow-ups for a quarter of an hour
            try:
                await interaction.user.send(said)
            except UNSENT as error:
                log.warning("end of a notice not told", reason=str(error))

    notices.send(message.id, text, channels, tell)
    said = speak.plural(
        "Being sent to {count} channel. You will be told how it went.",
        "Being sent to {count} channels. You will be told how it went.",
        len(channels),
    )
    await interaction.response.edit_message(content=f"{said}\n{headed(text, speak)}", view=None)
