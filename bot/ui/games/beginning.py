"""Where a game begins: in a thread of its own, or in the channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import N_
from bot.ids import ChannelId, GuildId, UserId
from bot.ui.age_restriction import is_age_restricted
from bot.ui.games.describe import EXPLAINED, KINDS
from bot.ui.requests import first_request, roles_of
from bot.ui.services import services_of, speak_to
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
    async with services_of(interaction).games.beginning_in(GuildId(interaction.guild_id or 0)):
        played = await _begin(interaction, wish)
    await services_of(interaction).stage.open(played, interaction.user)


async def _begin(interaction: discord.Interaction, wish: Wish) -> Played:
    services, speak = services_of(interaction), speak_to(interaction)
    if wish.scenario is not None:
        wish = replace(wish, opening=wish.opening or wish.scenario.opening, title=wish.title or wish.scenario.title)
    elif not wish.opening:
        raise NothingToBeginWithError
    here = (await settings_here(interaction)).games
    rules = here.rules_of(wish.kind, wish.said, wish.minutes)
    running = await services.store.games.count_running(GuildId(interaction.guild_id or 0))
    admit_game(
        here,
        wish.kind,
        rules,
        _asker(interaction),
        running=running,
        age_restricted=is_age_restricted(interaction.channel),
    )
    await services.writer.check(first_request(interaction, wish.opening))
    beginning = await services.games.read_beginning(_beginning(interaction, wish, rules))
    thread = wish.thread
    await interaction.response.defer(thinking=True)
    made = await _make_thread(interaction, beginning.title) if thread else None
    if made is not None:
        beginning = replace(beginning, channel_id=ChannelId(made.id))
    played = await services.games.begin(beginning)
    lines = [
        f"📖 **{discord.utils.escape_markdown(beginning.title)}** · {speak(KINDS[beginning.kind])}",
        speak(EXPLAINED[beginning.kind]),
    ]
    if rules.mature:
        lines.append(speak(N_("🔞 It is a mature story, for adults.")))
    if made is not None:
        lines.append(speak(N_("It is written in {thread}."), thread=made.mention))
    elif thread and not isinstance(interaction.channel, discord.Thread):
        lines.append(speak(N_("The bot may not make a thread here, so it is written in this channel.")))
    await interaction.edit_original_response(content="\n".join(lines))
    return played


def _beginning(interaction: discord.Interaction, wish: Wish, rules: GameRules) -> Beginning:
    scenario = wish.scenario
    return Beginning(
        kind=wish.kind,
        rules=rules,
        opening=wish.opening,
        borrowed=scenario is not None and scenario.own and wish.opening == scenario.opening,
        title=wish.title,
        host=UserId(interaction.user.id),
        guild_id=GuildId(interaction.guild_id) if interaction.guild_id else None,
        channel_id=ChannelId(interaction.channel_id or 0),
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
