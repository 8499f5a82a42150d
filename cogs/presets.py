"""`/presets`: a server's own presets, typed in or taken from a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.errors import N_
from bot.ids import UserId
from bot.ui.access import require_manager
from bot.ui.options import SAMPLING, MinP, RepetitionPenalty, Temperature, TopK, TopP
from bot.ui.preset_panel import lost_line, passage_here, send_presets, there_now, values_line
from bot.ui.render import in_one_message, preset_line
from bot.ui.services import guild_here, services_of, speak_to
from bot.ui.wins import wins_table
from bot.writing.preset_files import MAX_PRESET_BYTES, PresetFileTooLargeError, read_preset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.app import Taleloom
    from bot.store import Json


@app_commands.guild_only()
class Presets(commands.GroupCog, group_name="presets", group_description=N_("This server's own presets")):
    """Makes, takes in, lists and removes presets."""

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Let everybody look, and those change who may manage the server."""
        command = interaction.command
        if command is not None and command.name not in {"list", "wins"}:
            require_manager(interaction)
        return True

    @app_commands.command(name="add", description=N_("Make a preset, or give one of this server other values"))
    @app_commands.describe(
        name=N_("What it is called"),
        meaning=N_("What it is for, in one line"),
        **SAMPLING,
    )
    async def add(
        self,
        interaction: discord.Interaction,
        name: Range[str, 1, 32],
        meaning: Range[str, 1, 80],
        temperature: Temperature | None = None,
        top_p: TopP | None = None,
        top_k: TopK | None = None,
        min_p: MinP | None = None,
        repetition_penalty: RepetitionPenalty | None = None,
    ) -> None:
        """Make a preset of values."""
        named = {
            "temperature": temperature,
            "top_p": top_p,
            "top_k": top_k,
            "min_p": min_p,
            "repetition_penalty": repetition_penalty,
        }
        values = {key: value for key, value in named.items() if value is not None}
        kept = await _keep(interaction, name, meaning, values)
        await interaction.response.send_message(there_now(kept, speak_to(interaction)), ephemeral=True)

    @app_commands.command(
        name="import", description=N_("Take a preset from a file of this bot, SillyTavern or KoboldAI")
    )
    @app_commands.describe(file=N_("The JSON file"), name=N_("What it is called; otherwise as the file says"))
    async def import_(
        self, interaction: discord.Interaction, file: discord.Attachment, name: Range[str, 1, 32] | None = None
    ) -> None:
        """Make a preset of a file, and name what could not be taken."""
        if file.size > MAX_PRESET_BYTES:
            raise PresetFileTooLargeError(limit=MAX_PRESET_BYTES // 1024)
        await interaction.response.defer(ephemeral=True, thinking=True)
        presets, speak = services_of(interaction).presets, speak_to(interaction)
        found = read_preset(await file.read(), filename=file.filename, supported=presets.keys)
        called = name or re.sub(r"[^\w .-]", "", found.name).strip(" ._-") or "preset"
        meaning = found.meaning or file.filename[:80]
        kept = await _keep(interaction, called, meaning, found.values)
        lines = (
            there_now(kept, speak),
            values_line(presets, found.values, speak),
            lost_line(found.left_out, speak),
        )
        await interaction.followup.send(in_one_message("\n".join(filter(None, lines))), ephemeral=True)

    @app_commands.command(name="remove", description=N_("Take a preset of this server away"))
    @app_commands.describe(name=N_("Which one"))
    async def remove(self, interaction: discord.Interaction, name: str) -> None:
        """Remove a preset."""
        await services_of(interaction).presets.remove(guild_here(interaction), name)
        await interaction.response.send_message(speak_to(interaction)(N_("It is gone.")), ephemeral=True)

    @app_commands.command(name="list", description=N_("All presets that can be chosen here"))
    async def show(self, interaction: discord.Interaction) -> None:
        """List the presets."""
        services, speak = services_of(interaction), speak_to(interaction)
        lines = []
        for name, preset in (await services.resolver.presets_for(guild_here(interaction))).items():
            values = values_line(services.presets, preset.values, speak)
            lines.append(f"- {discord.utils.escape_markdown(preset_line(name, preset, speak))}\n-# {values}")
        await interaction.response.send_message(in_one_message("\n".join(lines)), ephemeral=True)

    @app_commands.command(name="wins", description=N_("Which presets people here liked better, in duels and /tune"))
    async def wins(self, interaction: discord.Interaction) -> None:
        """Show what each preset won and lost."""
        found = await services_of(interaction).store.comparisons.wins(guild_here(interaction))
        await interaction.response.send_message(wins_table(found, speak_to(interaction)), ephemeral=True)

    @app_commands.command(name="panel", description=N_("This server's own presets to click: make, change, remove"))
    async def panel(self, interaction: discord.Interaction) -> None:
        """Send the panel."""
        await send_presets(interaction)

    @remove.autocomplete("name")
    async def names(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer this server's own presets."""
        stored = await services_of(interaction).presets.of(guild_here(interaction))
        return [
            Choice(name=f"{each.name} – {each.meaning}"[:100], value=each.name)
            for each in stored
            if current.casefold() in each.name.casefold()
        ][:25]


async def _keep(interaction: discord.Interaction, name: str, meaning: str, values: Mapping[str, Json]) -> str:
    """Keep a preset of whoever typed the command, and give its name."""
    passage, by = await passage_here(interaction), UserId(interaction.user.id)
    return await services_of(interaction).presets.keep(passage, guild_here(interaction), name, meaning, values, by)


async def setup(bot: Taleloom) -> None:
    """Add the cog."""
    await bot.add_cog(Presets())
