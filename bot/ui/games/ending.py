"""What is posted when a story has ended: its title page, and in the archive the story itself."""

from __future__ import annotations

import asyncio
import io
import math
from contextlib import suppress
from typing import TYPE_CHECKING

import discord
import structlog
from discord.abc import Messageable

from bot.errors import N_
from bot.games import VOTED
from bot.stories.branch import transcript
from bot.stories.games.figures import figures_of
from bot.ui.charts import words_chart
from bot.ui.games.describe import KINDS
from bot.ui.games.newest import newest_own
from bot.ui.render import in_one_message
from bot.ui.streaming import UNSENT

if TYPE_CHECKING:
    from datetime import datetime

    from bot.store import Database
    from bot.store.games import StoredGame
    from bot.stories.games.figures import Figures
    from bot.turns import Turn
    from bot.ui.texts import Translate
    from bot.writing.settings import SettingsResolver

ARCHIVE = "archive"
"""The setting that names the channel of a server's ended stories; 0 is none."""
LISTED = 15
"""People on a title page; of the others there is a number."""

log = structlog.get_logger(__name__)


class Ending:
    """Closes stories.

    Args:
        client: For the archive's channel.
        store: Where the stories are.
        resolver: Says which channel the archive is.
    """

    def __init__(self, client: discord.Client, store: Database, resolver: SettingsResolver) -> None:
        self._client = client
        self._store = store
        self._resolver = resolver

    async def show(self, channel: Messageable, stored: StoredGame, speak: Translate, *, again: bool = False) -> None:
        """Post an ended story's title page where it was played, and all of it in the archive if there is one.

        Args:
            channel: The story's.
            stored: The game.
            speak: Its language.
            again: Whether a bot that was killed may have posted some of it already.
        """
        branch = await self._store.stories.path(stored.story.head_id)
        figures = figures_of(branch)
        page, picture = title_page(stored, figures, self._store.now(), speak), await picture_of(figures)
        if not (again and await _stands(channel, page)):
            await self._post(channel, stored, page, picture)
        if archive := await self._archive(stored):
            await self._keep(archive, channel, stored, branch, page, picture, speak, again=again)
        await self._store.games.close(stored.story.id)

    @staticmethod
    async def _post(channel: Messageable, stored: StoredGame, page: str, picture: bytes) -> None:
        try:
            await channel.send(page, file=_file(picture))
        except discord.Forbidden:
            # Files may be what is not allowed.
            with suppress(*UNSENT):
                await channel.send(page)
        except UNSENT as error:
            log.warning("title page not shown", story=stored.story.id, reason=str(error))

    async def _archive(self, stored: StoredGame) -> int:
        """Give the number of the archive's channel; 0 where there is none, or the story was played in it."""
        resolved = await self._resolver.resolve(
            user_id=None, channel_id=stored.story.channel_id, guild_id=stored.story.guild_id, call={}
        )
        found = resolved.values.get(ARCHIVE)
        number = int(found.value or 0) if found else 0
        return 0 if number == stored.story.channel_id else number

    async def _keep(
        self,
        archive: int,
        channel: Messageable,
        stored: StoredGame,
        branch: tuple[Turn, ...],
        page: str,
        picture: bytes,
        speak: Translate,
        *,
        again: bool,
    ) -> None:
        text = f"# {stored.title}\n\n{transcript(branch, markdown=True)}"
        story = discord.File(io.BytesIO(text.encode()), filename=f"story-{stored.story.id}.md")
        link = speak(N_("It was written in {channel}."), channel=f"<#{stored.story.channel_id}>")
        missing = speak(
            N_(
                "The story is not in the archive {channel}: the bot must be able to see that channel, and to write and "
                "attach files there."
            ),
            channel=f"<#{archive}>",
        )
        try:
            place = self._client.get_channel(archive) or await self._client.fetch_channel(archive)
            if not isinstance(place, discord.TextChannel | discord.Thread) or place.guild.id != stored.story.guild_id:
                await channel.send(missing)
            elif stored.game.rules.mature and not place.is_nsfw():
                line = N_("The story is not in the archive {channel}, which is not age-restricted.")
                await channel.send(speak(line, channel=place.mention))
            elif not (again and await _stands(place, page)):
                await place.send(f"{page}\n{link}", files=[_file(picture), story])
        except UNSENT as error:
            log.info("story not archived", story=stored.story.id, reason=str(error))
            with suppress(*UNSENT):
                await channel.send(missing)


async def _stands(channel: Messageable, page: str) -> bool:
    """Say whether a title page is in a channel; the line that says how long ago the story was begun may be older."""

    def lines(text: str) -> list[str]:
        head, _, *rest = text.split("\n")
        return [head, *rest]

    wanted = lines(page)
    newest = [message.content for message in await newest_own(channel)]
    return any("\n" in content and lines(content)[: len(wanted)] == wanted for content in newest)


async def picture_of(figures: Figures) -> bytes:
    """Draw who wrote how many words, off the event loop."""
    people = [(share.turns, share.words) for share in figures.people[:LISTED]]
    model = (figures.model.turns, figures.model.words) if figures.model.turns else None
    return await asyncio.to_thread(words_chart, people, model)


def title_page(stored: StoredGame, figures: Figures, now: datetime, speak: Translate) -> str:
    """Give the words of a title page.

    Args:
        stored: The game.
        figures: What its story came to.
        now: When it ended.
        speak: The language.
    """
    days = max(math.ceil((now - stored.story.created_at).total_seconds() / 86_400), 1)
    written = speak.plural("Written in {count} day.", "Written in {count} days.", days)
    lines = [*_head(stored, written, speak), *_authors(figures, speak), *_manner(stored, figures, speak)]
    return in_one_message("\n".join(lines), 1900)


def statistics(stored: StoredGame, figures: Figures, speak: Translate) -> str:
    """Give the figures of a story, also of one that is being played."""
    begun = speak(N_("Begun {when}."), when=f"<t:{int(stored.story.created_at.timestamp())}:R>")
    lines = [*_head(stored, begun, speak), *_authors(figures, speak)]
    if stored.game.kind in VOTED:
        votes = speak.plural("{count} vote was decided", "{count} votes were decided", stored.game.state.round)
        now = sum(player.vote is not None for player in stored.game.present)
        lines.append(f"{votes}, {speak.plural('{count} vote is cast now.', '{count} votes are cast now.', now)}")
    return in_one_message("\n".join([*lines, *_manner(stored, figures, speak)]))


def _head(stored: StoredGame, time: str, speak: Translate) -> list[str]:
    return [f"📖 **{discord.utils.escape_markdown(stored.title)}** · {speak(KINDS[stored.game.kind])}", time]


def _authors(figures: Figures, speak: Translate) -> list[str]:
    """List who wrote, numbered as their bars are."""
    lines = []
    for place, share in enumerate(figures.people[:LISTED], 1):
        turns = speak.plural("{count} turn", "{count} turns", share.turns)
        words = speak.plural("{count} word", "{count} words", share.words)
        name = f"<@{share.author}>" if share.author else speak(N_("people who are no longer known"))
        lines.append(f"{place}. {name} · {turns} · {words}")
    if figures.model.turns:
        passages = speak.plural("{count} passage", "{count} passages", figures.model.turns)
        words = speak.plural("{count} word", "{count} words", figures.model.words)
        lines.append(f"{len(lines) + 1}. {speak(N_('the model'))} · {passages} · {words}")
    if (more := len(figures.people) - LISTED) > 0:
        lines.append(speak.plural("And {count} more person.", "And {count} more people.", more))
    return lines


def _manner(stored: StoredGame, figures: Figures, speak: Translate) -> list[str]:
    """Say in small print with what it was written, and how to read the picture."""
    said = [speak(N_("seed {seed}"), seed=stored.game.rules.seed)]
    if figures.presets:
        said.insert(0, ", ".join(discord.utils.escape_markdown(speak.known(name)) for name in figures.presets))
    if figures.models:
        said.insert(0, ", ".join(figures.models))
    legend = N_("A bar is the words of whoever has its number above; beneath it stands how many turns they were.")
    return [f"-# {' · '.join(said)}", f"-# {speak(legend)}"]


def _file(picture: bytes) -> discord.File:
    return discord.File(io.BytesIO(picture), filename="words.png")
