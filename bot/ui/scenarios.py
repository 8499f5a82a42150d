"""Scenarios, as options offer them and lists show them: the library's in a person's language, and a server's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord.app_commands import Choice

from bot.errors import N_
from bot.ui.games.describe import KINDS
from bot.ui.prompts import CHOICE_LIMIT, CHOICES
from bot.ui.services import guild_here, services_of, speak_to
from bot.writing.scenarios import UnknownScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.scenarios import Scenario
    from bot.ui.texts import Translate

LISTED_LETTERS = 1900


def library_for(interaction: discord.Interaction) -> tuple[Scenario, ...]:
    """Give the library's scenarios in the language of whoever types."""
    return services_of(interaction).library.spoken(chinese=_reads_chinese(interaction))


async def own_scenarios(interaction: discord.Interaction) -> tuple[Scenario, ...]:
    """Give the server's own scenarios."""
    return await services_of(interaction).scenarios.of(guild_here(interaction))


async def scenario_named(interaction: discord.Interaction, name: str) -> Scenario:
    """Give the scenario of a name; the server's own before one of the library.

    Raises:
        UnknownScenarioError: there is none.
    """
    services = services_of(interaction)
    try:
        return await services.scenarios.named(guild_here(interaction), name)
    except UnknownScenarioError:
        found = services.library.get(name.strip().casefold())
        if found is None:
            raise
        return found


async def scenario_choices(interaction: discord.Interaction, current: str) -> list[Choice[str]]:
    """Offer the library in the person's language, the server's own, and the library in the other language."""
    others = services_of(interaction).library.spoken(chinese=not _reads_chinese(interaction))
    offered = [*library_for(interaction), *await own_scenarios(interaction), *others]
    return _choices(offered, current, speak_to(interaction))


async def own_choices(interaction: discord.Interaction, current: str) -> list[Choice[str]]:
    """Offer the server's own scenarios."""
    return _choices(await own_scenarios(interaction), current, speak_to(interaction))


async def scenario_list(interaction: discord.Interaction) -> str:
    """List the scenarios that are offered first, as many as a message holds."""
    speak = speak_to(interaction)
    own = [_line(each, speak) for each in await own_scenarios(interaction)]
    lines = [speak(N_("**Scenarios**: /story start takes one by its name, /story random any of the library."))]
    lines += [_line(each, speak) for each in library_for(interaction)]
    if own:
        lines += [speak(N_("**This server's own**")), *own]
    shown, length = 0, 0
    while shown < len(lines) and length + len(lines[shown]) < LISTED_LETTERS:
        length += len(lines[shown]) + 1
        shown += 1
    more = len(lines) - shown
    return "\n".join([*lines[:shown], *([f"… +{more}"] if more else [])])


def _choices(scenarios: Iterable[Scenario], current: str, speak: Translate) -> list[Choice[str]]:
    words = current.casefold().split()
    offered = [Choice(name=_about(each, speak)[:CHOICE_LIMIT], value=each.name) for each in scenarios]
    return [choice for choice in offered if all(word in f"{choice.name} {choice.value}".casefold() for word in words)][
        :CHOICES
    ]


def _about(scenario: Scenario, speak: Translate) -> str:
    return " · ".join(filter(None, (scenario.title, speak(KINDS[scenario.kind]), scenario.genre)))


def _line(scenario: Scenario, speak: Translate) -> str:
    # What stands between backticks is shown as it is, and a backtick would end it.
    name = scenario.name.replace("`", "'")
    return f"- {discord.utils.escape_markdown(_about(scenario, speak))} · `{name}`"


def _reads_chinese(interaction: discord.Interaction) -> bool:
    return str(interaction.locale).startswith("zh")
