"""Where a game begins: in a thread of its own, or in the channel."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import N_
from bot.ids import ChannelId, UserId
from bot.ui.age_restriction import is_age_restricted
from bot.ui.asked import in_time
from bot.ui.games.describe import EXPLAINED, KINDS
from bot.ui.requests import first_request, roles_of
from bot.ui.services import channel_here, guild_here, guild_of, services_of, speak_to
from bot.ui.settings_choices import settings_here
from bot.ui.streaming import UNSENT
from bot.writing.beginnings import Beginning
from bot.writing.game_rules import admit_game
from bot.writing.rules import Asker
from bot.writing.scenarios import NothingToBeginWithError

if TYPE_CHECKING:
    from bot.games import GameKind, GameRules
    from bot.scenarios import Scenario
    from bot.writing.games import Played


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """A game, as somebody wants it."""

    kind: GameKind
    opening: str = ""
    """How it begins, as typed; empty takes the scenario's."""
    title: str = ""
    """Empty takes the scenario's, or the opening's first words."""
    scenario: Scenario | None = None
    """What it begins with."""
    said: Mapping[str, Any] = field(default_factory=dict)
    """Rules that were named, by their names in `GameRules`; None is "not said"."""
    minutes: int | None = None
    """What a turn or a vote lasts."""
    thread: bool = True
    """Whether it gets a thread; where none can be made it is played in the channel."""


async def begin_in_place(interaction: discord.Interaction, wish: Wish) -> None:
    """Begin a game, and say where.

    Args:
        interaction: Not answered yet.
        wish: What is to be played.

    Raises:
        TaleloomError: it cannot begin, and nothing was made for it.
    """
    games, answering = services_of(interaction).games, asyncio.Lock()

    async def acknowledge() -> None:
        async with answering:
            if not interaction.response.is_done():
                await interaction.response.defer(thinking=True)

    async def begin() -> tuple[Beginning, discord.Thread | None, Played]:
        async with games.beginning_in(guild_here(interaction)):
            beginning = await _read(interaction, wish)
            await acknowledge()
            thread = await _make_thread(interaction, beginning.title) if wish.thread else None
            if thread is not None:
                beginning = replace(beginning, channel_id=ChannelId(thread.id))
            return beginning, thread, await games.begin(beginning)

    beginning, thread, played = await in_time(begin, acknowledge)
    await interaction.edit_original_response(content=_announced(interaction, beginning, thread, wanted=wish.thread))
    await services_of(interaction).stage.open(played, interaction.user)


async def _read(interaction: discord.Interaction, wish: Wish) -> Beginning:
    """Give what is to begin, if it may.

    Raises:
        TaleloomError: it may not.
    """
    services = services_of(interaction)
    if wish.scenario is not None:
        wish = replace(wish, opening=wish.opening or wish.scenario.opening, title=wish.title or wish.scenario.title)
    elif not wish.opening:
        raise NothingToBeginWithError
    here = (await settings_here(interaction)).games
    rules = here.rules_of(wish.kind, wish.said, wish.minutes)
    admit_game(
        here,
        wish.kind,
        rules,
        _asker(interaction),
        running=await _count_running(interaction, here.most_stories),
        age_restricted=is_age_restricted(interaction.channel),
    )
    await services.writer.check(first_request(interaction, wish.opening))
    return await services.games.read_beginning(_beginning(interaction, wish, rules))


async def _count_running(interaction: discord.Interaction, most: int) -> int:
    """Count the games of a server; where there are too many, without those whose channels were deleted."""
    games, guild = services_of(interaction).store.games, guild_here(interaction)
    running = await games.count_running(guild)
    if not most or running < most:
        return running
    await services_of(interaction).stage.end_gone(await games.of_server(guild))
    return await games.count_running(guild)


def _announced(
    interaction: discord.Interaction, beginning: Beginning, thread: discord.Thread | None, *, wanted: bool
) -> str:
    speak = speak_to(interaction)
    lines = [
        f"📖 **{discord.utils.escape_markdown(beginning.title)}** · {speak(KINDS[beginning.kind])}",
        speak(EXPLAINED[beginning.kind]),
    ]
    if beginning.rules.mature:
        lines.append(speak(N_("🔞 It is a mature story, for adults.")))
    if thread is not None:
        lines.append(speak(N_("It is written in {thread}."), thread=thread.mention))
    elif wanted and not isinstance(interaction.channel, discord.Thread):
        lines.append(speak(N_("The bot may not make a thread here, so it is written in this channel.")))
    return "\n".join(lines)


def _beginning(interaction: discord.Interaction, wish: Wish, rules: GameRules) -> Beginning:
    scenario = wish.scenario
    return Beginning(
        kind=wish.kind,
        rules=rules,
        opening=wish.opening,
        borrowed=scenario is not None and scenario.own and wish.opening == scenario.opening,
        title=wish.title,
        host=UserId(interaction.user.id),
        guild_id=guild_of(interaction),
        channel_id=channel_here(interaction),
        locale=str(interaction.locale),
        scenario=scenario,
    )


def _asker(interaction: discord.Interaction) -> Asker:
    return Asker(
        user_id=UserId(interaction.user.id),
        roles=roles_of(interaction.user),
        manager=interaction.permissions.manage_guild,
    )


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
