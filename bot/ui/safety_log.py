"""Tells a server's moderators, in the channel that they chose, what the safety layer did not let pass."""

from __future__ import annotations

import discord
import structlog

from bot.errors import N_, TaleloomError
from bot.safety.verdict import CATEGORY_NAMES, Action
from bot.store import Database
from bot.ui.render import MESSAGE_LIMIT
from bot.ui.streaming import UNSENT
from bot.ui.texts import Texts
from bot.ui.verdicts import ACTION_NAMES, rule_line
from bot.writing.door import Seen

log = structlog.get_logger(__name__)


class SafetyLog:
    """Posts an entry for each text that was refused, or taken back from the model.

    Args:
        client: The connection to Discord.
        store: Knows which channel, and whether texts are to be shown in it.
        texts: The languages; an entry is in that of its server.
    """

    def __init__(self, client: discord.Client, store: Database, texts: Texts) -> None:
        self._client = client
        self._store = store
        self._texts = texts

    async def tell(self, seen: Seen) -> None:
        """Post an entry, where a channel was chosen; one that cannot be posted is passed over."""
        guild_id, hit = seen.place.guild_id, seen.verdict.decisive
        if guild_id is None or hit is None or seen.verdict.action is not Action.BLOCK:
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
