"""`/tune`: finds the settings of a channel by what they write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.errors import N_
from bot.ui.access import require_manager
from bot.ui.prompts import prompt_choices, resolve_prompt
from bot.ui.services import speak_to
from bot.ui.settings_choices import preset_choices
from bot.ui.tuning import tune
from bot.writing.requests import PROMPT_LIMIT
from bot.writing.trials import AS_NOW

if TYPE_CHECKING:
    from bot.app import Taleloom


class Tune(commands.Cog):
    """Compares two ways of writing."""

    @app_commands.command(
        name="tune", description=N_("Compare two texts of a prompt, and keep how the better was written")
    )
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.describe(
        prompt=N_("How the story begins; a sentence is enough"),
        first=N_("How one is written; otherwise as this channel writes now"),
        second=N_("How the other is written; otherwise chance draws a preset"),
    )
    async def tune(
        self,
        interaction: discord.Interaction,
        prompt: Range[str, 1, PROMPT_LIMIT],
        first: str | None = None,
        second: str | None = None,
    ) -> None:
        """Write two texts to choose from."""
        require_manager(interaction)
        await tune(interaction, await resolve_prompt(interaction, prompt), first, second)

    @tune.autocomplete("prompt")
    async def openings(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer the server's own openings."""
        return await prompt_choices(interaction, current)

    @tune.autocomplete("first")
    @tune.autocomplete("second")
    async def ways(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer what holds here, and the presets."""
        now = Choice(name=speak_to(interaction)(N_("As this channel writes now")), value=AS_NOW)
        return [now, *await preset_choices(interaction, current)][:25]


async def setup(bot: Taleloom) -> None:
    """Add the cog."""
    await bot.add_cog(Tune())
