"""Messages to the bot: a mention does what `/write` does, and a reply to a story goes on with that very branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
import structlog
from discord.ext import commands

from bot.errors import TaleloomError
from bot.ids import ChannelId, MessageId, UserId
from bot.ui.access import Person, story_for
from bot.ui.asked import AskedByMessage
from bot.ui.requests import message_request, roles_of
from bot.ui.streaming import UNSENT

if TYPE_CHECKING:
    from bot.app import Taleloom
    from bot.writing.requests import WriteRequest

log = structlog.get_logger(__name__)


class Talk(commands.Cog):
    """Answers those who speak to the bot. Discord shows it the words of such messages, and of no others.

    Args:
        bot: Whom they speak to.
    """

    def __init__(self, bot: Taleloom) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a person's message that mentions the bot, or is for it alone."""
        me = self._bot.user
        if (
            me is None
            or message.author.bot
            or message.webhook_id
            or message.is_system()
            or not (message.guild is None or me in message.mentions)
        ):
            return
        words = message.content.replace(f"<@{me.id}>", "").replace(f"<@!{me.id}>", "").strip()
        try:
            if await self._play(message, words):
                return
            request = await self._request(message, words)
        except TaleloomError as error:
            await self._refuse(message, words, error)
            return
        await self._bot.services.presenter.present_reply(message, request)

    async def _refuse(self, message: discord.Message, words: str, error: TaleloomError) -> None:
        speak = self._bot.services.texts.speak(message_request(message, words).locale)
        try:
            await AskedByMessage(message).tell(speak.error(error))
        except UNSENT as failure:
            log.warning("refusal not shown", reason=str(failure))

    async def _play(self, message: discord.Message, words: str) -> bool:
        """Take a message where a game is played as a turn of it; False where none is."""
        services = self._bot.services
        running = await services.store.games.running_in(ChannelId(message.channel.id)) if message.guild else ()
        if not running or not words:
            return False
        played = await services.games.write(running[0].story.id, UserId(message.author.id), words)
        await services.stage.follow(played, message.author)
        return True

    async def _request(self, message: discord.Message, words: str) -> WriteRequest:
        """Say what a message asks for: the turn that it replies to goes on, with its words in between."""
        services = self._bot.services
        replied = message.reference.message_id if message.reference else None
        turn = await services.store.stories.turn_of_message(MessageId(replied)) if replied else None
        if turn is None:
            return message_request(message, words)
        member = message.author
        person = Person(user_id=member.id, guild_id=message.guild.id if message.guild else None, roles=roles_of(member))
        return message_request(message, words, await story_for(services, person, turn), turn)


async def setup(bot: Taleloom) -> None:
    """Add the cog."""
    await bot.add_cog(Talk(bot))
