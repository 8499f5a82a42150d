"""Tells a server's moderators, in the channel that they chose, what the safety layer did not let pass."""

from __future__ import annotations

import asyncio
from collections import deque

import discord
import structlog

from bot.errors import N_, TaleloomError
from bot.ids import GuildId
from bot.safety.verdict import CATEGORY_NAMES, Action
from bot.store import Database
from bot.ui.render import MESSAGE_LIMIT
from bot.ui.streaming import UNSENT
from bot.ui.texts import Texts
from bot.ui.verdicts import ACTION_NAMES, rule_line
from bot.writing.door import Seen

MOST_WAITING = 50
"""Entries of a server that wait for Discord to take them; beyond that the oldest are not posted."""

log = structlog.get_logger(__name__)


class CannotPostError(TaleloomError):
    """A channel that is to be told, and in which the bot may not write.

    Args:
        channel: Its mention.
    """

    template = N_(
        "I cannot write in {channel}, so nobody would be told there. Give me the permissions View Channel and Send "
        "Messages in it, then choose it again."
    )


class SafetyLog:
    """Posts an entry for each text that was refused, or taken back from the model; whoever is refused waits for none.

    Args:
        client: The connection to Discord.
        store: Knows which channel, and whether texts are to be shown in it.
        texts: The languages; an entry is in that of its server.
    """

    def __init__(self, client: discord.Client, store: Database, texts: Texts) -> None:
        self._client = client
        self._store = store
        self._texts = texts
        self._waiting: dict[GuildId, deque[Seen]] = {}
        self._posting: set[asyncio.Task[None]] = set()

    async def tell(self, seen: Seen) -> None:
        """Have an entry posted soon, where a channel was chosen; one that cannot be posted is passed over."""
        guild_id = seen.place.guild_id
        if guild_id is None or seen.verdict.action is not Action.BLOCK:
            return
        waiting = self._waiting.get(guild_id)
        if waiting is None:
            waiting = self._waiting[guild_id] = deque(maxlen=MOST_WAITING)
            task = asyncio.create_task(self._post_all(guild_id, waiting))
            self._posting.add(task)
            task.add_done_callback(self._posting.discard)
        if len(waiting) == MOST_WAITING:
            log.info("a log entry was not posted: too many wait", server=guild_id)
        waiting.append(seen)

    async def _post_all(self, guild_id: GuildId, waiting: deque[Seen]) -> None:
        """Post one entry after the other until none waits, or the bot stops."""
        try:
            while waiting and not self._client.is_closed():
                await self._post(guild_id, waiting.popleft())
        finally:
            del self._waiting[guild_id]

    async def _post(self, guild_id: GuildId, seen: Seen) -> None:
        hit = seen.verdict.decisive
        if hit is None:
            return
        try:
            chosen = await self._store.safety.log(guild_id)
        except TaleloomError as error:
            log.warning("the log channel is not known", error=type(error).__name__)
            return
        channel = self._client.get_channel(chosen.channel_id) if chosen else None
        if chosen is None or not isinstance(channel, discord.abc.Messageable):
            return
        guild = self._client.get_guild(guild_id)
        speak = self._texts.speak(guild.preferred_locale if guild else "en-US")
        whose = N_("The model, asked by {person} in {channel}") if seen.by_model else N_("{person} in {channel}")
        lines = [
            speak(whose, person=f"<@{seen.place.user_id}>", channel=f"<#{seen.place.channel_id}>"),
            speak(
                N_("**{category}**: {action}, by {rule}"),
                category=speak(CATEGORY_NAMES[hit.category]),
                action=speak(ACTION_NAMES[seen.verdict.action]),
                rule=rule_line(hit, speak),
            ),
        ]
        entry = "\n".join(lines)
        entries = [f"{entry}\n{hidden(seen.text, MESSAGE_LIMIT - len(entry) - 1)}"] if chosen.shows_texts else []
        for content in [*entries, entry]:
            try:
                await channel.send(content, allowed_mentions=discord.AllowedMentions.none())
            except UNSENT as error:
                log.info("a log entry was not posted", server=guild_id, error=type(error).__name__)
            else:
                return


def hidden(text: str, room: int) -> str:
    """Give a text as a spoiler that shows it as it was typed, cut where there is no room for all of it.

    Args:
        text: The text.
        room: Characters that the spoiler may take.
    """
    # What a spoiler ends with would end it early.
    drawn = discord.utils.escape_markdown(text.replace("|", "¦"))
    room -= len("||||")
    if len(drawn) > room:
        drawn = drawn[: room - 1]
        escapes = len(drawn) - len(drawn.rstrip("\\"))
        drawn = drawn[: len(drawn) - escapes % 2] + "…"
    return f"||{drawn}||"
