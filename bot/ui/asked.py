"""How somebody asked for a text, and so how they are answered: by a command or press, or by a message to the bot."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Protocol, TypeVar

import discord

from bot.ids import ChannelId, MessageId
from bot.ui.outlet import ChannelOutlet, Outlet, reply
from bot.ui.services import channel_here
from bot.ui.streaming import UNSENT, Parts

T = TypeVar("T")

ANSWER_SECONDS = 0.8  # Discord waits for three, people for less


class PartsOfMessages(Parts, Protocol):
    """Parts of a text that know their messages."""

    @property
    def messages(self) -> list[MessageId]:
        """The messages there are, in the order of the text."""
        ...


async def in_time(work: Callable[[], Awaitable[T]], acknowledge: Callable[[], Awaitable[object]]) -> T:
    """Do something; if it takes so long that Discord would give up, show meanwhile that the bot is at it.

    Args:
        work: What is done, once, and to its end unless whoever waits for it is cancelled.
        acknowledge: Shows it; where that does not get through, what is shown next will not either.
    """
    doing = asyncio.ensure_future(work())
    try:
        await asyncio.wait({doing}, timeout=ANSWER_SECONDS)
        if not doing.done():
            with suppress(*UNSENT):
                await acknowledge()
        return await doing
    finally:
        doing.cancel()


class Asked(Protocol):
    """One asking."""

    @property
    def user(self) -> discord.User | discord.Member:
        """Who asked."""
        ...

    @property
    def channel_id(self) -> ChannelId:
        """Where the answer is shown; 0 where Discord does not say."""
        ...

    async def acknowledge(self, *, private: bool) -> None:
        """Let the person see that they were heard, if that has not been done."""
        ...

    async def tell(self, text: str, view: discord.ui.View | None = None) -> None:
        """Say something, to this person alone where Discord can."""
        ...

    def outlet(self, *, interaction_seconds: float, private: bool) -> PartsOfMessages:
        """Give the messages in which a text grows."""
        ...


class AskedByInteraction:
    """By a command, a button, a select or a form.

    Args:
        interaction: It.
        messages: Those that show a text already, which is to make way for the new one.
    """

    def __init__(self, interaction: discord.Interaction, messages: Sequence[MessageId] = ()) -> None:
        self._interaction = interaction
        self._messages = messages

    @property
    def user(self) -> discord.User | discord.Member:
        """Who asked."""
        return self._interaction.user

    @property
    def channel_id(self) -> ChannelId:
        """Where the answer is shown."""
        return channel_here(self._interaction)

    async def acknowledge(self, *, private: bool) -> None:
        """Answer within Discord's three seconds."""
        if self._interaction.response.is_done():
            return
        if self._messages:
            await self._interaction.response.defer()
        else:
            await self._interaction.response.defer(thinking=True, ephemeral=private)

    async def tell(self, text: str, view: discord.ui.View | None = None) -> None:
        """Say something to this person alone."""
        shown = view or discord.utils.MISSING
        if self._interaction.response.is_done():
            await self._interaction.followup.send(text, view=shown, ephemeral=True)
        else:
            await self._interaction.response.send_message(text, view=shown, ephemeral=True)

    def outlet(self, *, interaction_seconds: float, private: bool) -> PartsOfMessages:
        """Give the interaction's own answer, and what follows it."""
        return Outlet(
            self._interaction,
            interaction_seconds=interaction_seconds,
            ephemeral=private,
            messages=self._messages,
            anew=True,
        )


class AskedByMessage:
    """By a message that mentions the bot or replies to it.

    Args:
        message: It.
    """

    def __init__(self, message: discord.Message) -> None:
        self._message = message

    @property
    def user(self) -> discord.User | discord.Member:
        """Who wrote it."""
        return self._message.author

    @property
    def channel_id(self) -> ChannelId:
        """Where the answer is shown."""
        return ChannelId(self._message.channel.id)

    async def acknowledge(self, *, private: bool) -> None:  # noqa: ARG002 - nothing that a message asks for is private
        """Show that the bot is typing."""
        with suppress(*UNSENT):
            await self._message.channel.typing()

    async def tell(self, text: str, view: discord.ui.View | None = None) -> None:
        """Reply: there is no answer to a message that others do not see."""
        await reply(self._message, text, view)

    def outlet(self, *, interaction_seconds: float, private: bool) -> PartsOfMessages:  # noqa: ARG002 - as above
        """Give a reply, and what follows it."""
        return ChannelOutlet(self._message.channel, self._message)


class AskedByGame:
    """By the rules of a game, after somebody's turn or a deadline.

    Args:
        channel: Where it is played.
        channel_id: Its number.
        user: Who brought it about, or its host.
    """

    def __init__(
        self, channel: discord.abc.Messageable, channel_id: ChannelId, user: discord.User | discord.Member
    ) -> None:
        self._channel = channel
        self._channel_id = channel_id
        self._user = user

    @property
    def user(self) -> discord.User | discord.Member:
        """Who brought it about."""
        return self._user

    @property
    def channel_id(self) -> ChannelId:
        """Where it is played."""
        return self._channel_id

    async def acknowledge(self, *, private: bool) -> None:  # noqa: ARG002 - a game is played in the open
        """Show that the bot is typing."""
        with suppress(*UNSENT):
            await self._channel.typing()

    async def tell(self, text: str, view: discord.ui.View | None = None) -> None:
        """Say something to all who play."""
        await self._channel.send(text, view=view or discord.utils.MISSING)

    def outlet(self, *, interaction_seconds: float, private: bool) -> PartsOfMessages:  # noqa: ARG002 - as above
        """Give new messages of the channel."""
        return ChannelOutlet(self._channel)
