"""`/story random`, `scenarios`, `save-scenario` and `forget-scenario`."""

from __future__ import annotations

import secrets
from typing import Literal

import discord
from discord import app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.errors import N_
from bot.games import GameKind
from bot.ids import UserId
from bot.ui.access import require_manager
from bot.ui.games.beginning import Wish, begin_in_place
from bot.ui.scenarios import library_for, own_choices, scenario_list
from bot.ui.services import channel_here, guild_here, services_of, speak_to
from bot.ui.settings_choices import settings_here
from bot.writing.scenarios import NAME_LETTERS, NothingToBeginWithError
from cogs.story.start import KINDS


class Library(commands.Cog):
    """Begins games with scenarios, and lets those who may manage the server keep their own."""

    @app_commands.command(name="random", description=N_("Begin a story with a scenario that chance picks"))
    @app_commands.choices(game=KINDS)
    @app_commands.describe(game=N_("What is played"), place=N_("Whether it gets a thread of its own"))
    async def random(
        self, interaction: discord.Interaction, game: str | None = None, place: Literal["thread", "channel"] = "thread"
    ) -> None:
        """Begin a game with any scenario of the library that suits it, or else with any."""
        offered = library_for(interaction)
        if not offered:
            raise NothingToBeginWithError
        kinds = (game,) if game else (await settings_here(interaction)).games.games
        scenario = secrets.choice([each for each in offered if each.kind in kinds] or offered)
        kind = GameKind(game) if game else scenario.kind
        await begin_in_place(interaction, Wish(kind=kind, scenario=scenario, thread=place == "thread"))

    @app_commands.command(name="scenarios", description=N_("The scenarios that a story can begin with here"))
    async def scenarios(self, interaction: discord.Interaction) -> None:
        """List the scenarios."""
        await interaction.response.send_message(await scenario_list(interaction), ephemeral=True)

    @app_commands.command(
        name="save-scenario", description=N_("Keep this story's beginning, memory and world for others to begin with")
    )
    @app_commands.describe(name=N_("What it is chosen by; one of the same name is replaced"))
    async def save(self, interaction: discord.Interaction, name: Range[str, 1, NAME_LETTERS]) -> None:
        """Keep a scenario."""
        require_manager(interaction)
        services, guild = services_of(interaction), guild_here(interaction)
        played = await services.games.here(channel_here(interaction))
        scenario = await services.scenarios.save(guild, name, played, UserId(interaction.user.id))
        said = speak_to(interaction)(
            N_("Kept: /story start offers **{name}** as a scenario from now on."),
            name=discord.utils.escape_markdown(scenario.name),
        )
        await interaction.response.send_message(said, ephemeral=True)

    @app_commands.command(name="forget-scenario", description=N_("Take a scenario of this server away"))
    @app_commands.describe(name=N_("Which of the server's own"))
    async def forget(self, interaction: discord.Interaction, name: str) -> None:
        """Take a scenario away."""
        require_manager(interaction)
        gone = await services_of(interaction).scenarios.forget(guild_here(interaction), name)
        said = speak_to(interaction)(
            N_("**{name}** is a scenario no more. Stories that began with it go on."),
            name=discord.utils.escape_markdown(gone.name),
        )
        await interaction.response.send_message(said, ephemeral=True)

    @forget.autocomplete("name")
    async def own(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer the server's own scenarios."""
        return await own_choices(interaction, current)
