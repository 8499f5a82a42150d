"""Lists of stories, a page at a time, for one person alone; their buttons work after a restart."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import discord

from bot.errors import N_, TaleloomError
from bot.ids import ChannelId, GuildId, UserId
from bot.ui.buttons import Plate
from bot.ui.services import channel_here, services_of, speak_to
from bot.writing.channel_errors import OthersHistoryError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.store.search import Entry, Found
    from bot.ui.texts import Translate

MINE = "mine"
EVERYBODY = "all"

PAGE = 5
WORD_LIMIT = 40  # a custom_id has 100 characters
OPENING_LIMIT = 80
ENDING_LIMIT = 40

_MARKS = re.compile(r"[\\*_~`|\[<]")


class HistoryButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"tl:past:(?P<whose>mine|all|by\d{1,19}):(?P<page>\d{1,4}):(?P<word>.{0,40})",
):
    """Turns to another page of a list."""

    def __init__(self, whose: str, page: int, word: str, label: str = "", *, disabled: bool = False) -> None:
        custom_id = f"tl:past:{whose}:{page}:{word}"
        super().__init__(discord.ui.Button(label=label or str(page), custom_id=custom_id, disabled=disabled))
        self._whose = whose
        self._page = page
        self._word = word

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction,
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        """Build the button that was pressed."""
        return cls(match["whose"], int(match["page"]), match["word"])

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Answer a press."""
        try:
            content, view = await history_page(interaction, self._whose, self._word, self._page)
            await interaction.response.edit_message(content=content, view=view)
        except TaleloomError as error:
            await services_of(interaction).presenter.tell(interaction, error)


def by(person_id: int) -> str:
    """Name the list of one person's stories."""
    return f"by{person_id}"


async def send_history(interaction: discord.Interaction, whose: str, word: str = "") -> None:
    """Show the first page of a list to whoever asked, and nobody else; see `history_page`."""
    content, view = await history_page(interaction, whose, " ".join(word.split())[:WORD_LIMIT], 1)
    await interaction.response.send_message(content, view=view, ephemeral=True)


async def history_page(
    interaction: discord.Interaction, whose: str, word: str, page: int
) -> tuple[str, discord.ui.View]:
    """Give a page of a list, or the last one if there are fewer, and its buttons.

    Args:
        interaction: Who asks, and where.
        whose: `MINE`, in this server or conversation; `EVERYBODY`, in this channel; or `by` somebody, where the
            person who asks may read.
        word: What stands in the stories; empty is anything.
        page: Counted from 1.

    Raises:
        OthersHistoryError: the person may not list everybody's.
    """
    find = partial(
        services_of(interaction).store.search.stories,
        viewer_id=UserId(interaction.user.id),
        word=word,
        limit=PAGE,
        **_reach(interaction, whose),
    )
    page = max(page, 1)
    found = await find(offset=(page - 1) * PAGE)
    pages = max(1, -(-found.total // PAGE))
    if page > pages:
        page, found = pages, await find(offset=(pages - 1) * PAGE)
    view = discord.ui.View(timeout=None)
    if pages > 1:
        view.add_item(HistoryButton(whose, page - 1, word, "◀", disabled=page == 1))
        view.add_item(Plate(page, pages, "tl:pages"))
        view.add_item(HistoryButton(whose, page + 1, word, "▶", disabled=page == pages))
    return _listed(found, whose, word, (page - 1) * PAGE, speak_to(interaction)), view


def _reach(interaction: discord.Interaction, whose: str) -> Mapping[str, Any]:
    """Give where a list looks."""
    here, guild = channel_here(interaction), interaction.guild_id
    if whose == EVERYBODY:
        if guild is not None and not interaction.permissions.manage_messages:
            raise OthersHistoryError
        return {"channels": [here]}
    author = UserId(interaction.user.id if whose == MINE else int(whose.removeprefix("by")))
    if guild is None:
        return {"author_id": author, "channels": [here]}
    reach = {"author_id": author, "guild_id": GuildId(guild)}
    return reach if author == interaction.user.id else {**reach, "channels": _readable(interaction)}


def _readable(interaction: discord.Interaction) -> set[ChannelId]:
    """Give the channels whose past a member may read. The bot does not know who is in a private thread."""
    found, guild, member = {channel_here(interaction)}, interaction.guild, interaction.user
    if guild is None or not isinstance(member, discord.Member):
        return found
    for channel in (*guild.channels, *guild.threads):
        if isinstance(channel, discord.Thread) and channel.parent is None:
            continue
        allowed = channel.permissions_for(member)
        closed = isinstance(channel, discord.Thread) and channel.is_private() and not allowed.manage_threads
        if allowed.read_messages and allowed.read_message_history and not closed:
            found.add(ChannelId(channel.id))
    return found


def _listed(found: Found, whose: str, word: str, before: int, speak: Translate) -> str:
    """Say what was found, or that there is nothing."""
    if not found.entries:
        return _nothing(whose, word, speak)
    if whose == MINE:
        title = speak(N_("**Your stories here: {count}**"), count=found.total)
    elif whose == EVERYBODY:
        title = speak(N_("**All stories in this channel: {count}**"), count=found.total)
    else:
        title = speak(N_("**Stories by {person}: {count}**"), person=_mention(whose), count=found.total)
    lines = [title]
    if word:
        lines.append(speak(N_("-# Those with “{word}” in them."), word=in_one_line(word)))
    for number, entry in enumerate(found.entries, before + 1):
        lines += _told(number, entry, speak)
    return "\n".join(lines)


def _nothing(whose: str, word: str, speak: Translate) -> str:
    if word:
        return speak(
            N_("No story here has “{word}” in it. Try another word, or a shorter one."), word=in_one_line(word)
        )
    if whose == MINE:
        return speak(N_("You have no story here yet. Begin one with /write."))
    if whose == EVERYBODY:
        return speak(N_("Nothing has been written in this channel yet. Begin with /write."))
    return speak(N_("There is no story by {person} here that you may see."), person=_mention(whose))


def _told(number: int, entry: Entry, speak: Translate) -> list[str]:
    """Tell a story in two lines: how it begins and ends; when, by whom, how long, and where."""
    ending = f" {in_one_line(_end(entry.latest))}" if entry.turns > 1 else ""
    about = [
        f"<t:{int(entry.created_at.timestamp())}:R>",
        f"<@{entry.author_id}>",
        speak.plural("{count} passage", "{count} passages", entry.turns),
    ]
    if entry.private:
        about.append(speak(N_("private")))
    elif entry.message_id is not None:
        place = f"{entry.guild_id or '@me'}/{entry.channel_id}/{entry.message_id}"
        about.append(f"[{speak(N_('Go to it'))}](<https://discord.com/channels/{place}>)")
    return [f"{number}. **{in_one_line(entry.opening, OPENING_LIMIT)}**{ending}", f"-# {' · '.join(about)}"]


def _end(text: str) -> str:
    """Give the last words of a text."""
    text = " ".join(text.split())
    if len(text) <= ENDING_LIMIT:
        return text
    text = text[-ENDING_LIMIT:]
    _, space, rest = text.partition(" ")
    return f"… {rest if space and len(rest) > ENDING_LIMIT // 2 else text}"


def _mention(whose: str) -> str:
    return f"<@{whose.removeprefix('by')}>"


def in_one_line(text: str, limit: int = 100) -> str:
    """Show words of people as they are: in one line, no longer than this, with no Markdown and no mention in them."""
    text = discord.utils.escape_mentions(" ".join(text.split()))
    shown = _MARKS.sub(r"\\\g<0>", text)
    # A backslash that lost what it escapes would escape what follows.
    return shown if len(shown) <= limit else f"{shown[: limit - 1].rstrip(chr(92))}…"
