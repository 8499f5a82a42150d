"""`/presets`: a server's own presets, typed in or taken from a file."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.errors import N_
from bot.ids import GuildId, UserId
from bot.ui.access import require_manager
from bot.ui.options import SAMPLING, MinP, RepetitionPenalty, Temperature, TopK, TopP
from bot.ui.render import preset_line
from bot.ui.services import services_of, speak_to
from bot.writing.errors import PresetNameError, PresetNameTakenError, TooManyPresetsError, UnknownPresetError
from bot.writing.preset_files import MAX_PRESET_BYTES, PresetFileTooLargeError, read_preset

if TYPE_CHECKING:
    from bot.app import Taleloom

MOST_PRESETS = 20  # with those that are there everywhere, a picker shows them all
SHOWN_LOST = 10
NAME = re.compile(r"[^\W_][\w .-]{0,31}")


@app_commands.guild_only()
class Presets(commands.GroupCog, group_name="presets", group_description=N_("This server's own presets")):
    """Makes, takes in, lists and removes presets."""

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Let everybody look, and those change who may manage the server."""
        command = interaction.command
        if command is not None and command.name != "list":
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
        await _keep(interaction, name, meaning, {key: value for key, value in named.items() if value is not None})
        done = speak_to(interaction)(N_("**{name}** is there now: /write offers it."), name=_clean(name))
        await interaction.response.send_message(done, ephemeral=True)

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
        supported = services_of(interaction).resolver.keys.keys() - {"model", "preset", "max_new_tokens"}
        found = read_preset(await file.read(), filename=file.filename, supported=supported)
        called = name or re.sub(r"[^\w .-]", "", found.name).strip(" ._-") or "preset"
        await _keep(interaction, called, found.meaning or file.filename[:80], found.values)
        speak = speak_to(interaction)
        lines = [speak(N_("**{name}** is there now: /write offers it."), name=_clean(called))]
        lines.append(", ".join(f"{key} {value:g}" for key, value in found.values.items()))
        if found.left_out:
            lost = ", ".join(discord.utils.escape_markdown(each) for each in found.left_out[:SHOWN_LOST])
            more = "…" if len(found.left_out) > SHOWN_LOST else ""
            lines.append(speak(N_("Could not be taken: {names}"), names=lost + more))
        await interaction.response.send_message("\n".join(lines)[:2000], ephemeral=True)

    @app_commands.command(name="remove", description=N_("Take a preset of this server away"))
    @app_commands.describe(name=N_("Which one"))
    async def remove(self, interaction: discord.Interaction, name: str) -> None:
        """Remove a preset."""
        store, guild = services_of(interaction).store.presets, GuildId(interaction.guild_id or 0)
        if not await store.remove(guild, _clean(name)):
            raise UnknownPresetError(name=discord.utils.escape_markdown(name[:60]))
        await interaction.response.send_message(speak_to(interaction)(N_("It is gone.")), ephemeral=True)

    @app_commands.command(name="list", description=N_("All presets that can be chosen here"))
    async def show(self, interaction: discord.Interaction) -> None:
        """List the presets."""
        speak = speak_to(interaction)
        presets = await services_of(interaction).resolver.presets_for(GuildId(interaction.guild_id or 0))
        lines = []
        for name, preset in presets.items():
            values = ", ".join(f"{key} {value:g}" for key, value in preset.values.items())
            lines.append(f"- {discord.utils.escape_markdown(preset_line(name, preset, speak))}\n-# {values or '…'}")
        await interaction.response.send_message("\n".join(lines)[:2000], ephemeral=True)

    @remove.autocomplete("name")
    async def names(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer this server's own presets."""
        stored = await services_of(interaction).store.presets.of(GuildId(interaction.guild_id or 0))
        return [
            Choice(name=f"{each.name} – {each.meaning}"[:100], value=each.name)
            for each in stored
            if current.casefold() in each.name.casefold()
        ][:25]


async def _keep(interaction: discord.Interaction, name: str, meaning: str, sampling: Any) -> None:  # noqa: ANN401 - numbers and switches by name
    """Check a name and put the preset into the store.

    Raises:
        PresetNameError, PresetNameTakenError, TooManyPresetsError: it cannot be kept under this name, or at all.
    """
    services, guild, name = services_of(interaction), GuildId(interaction.guild_id or 0), _clean(name)
    if not NAME.fullmatch(name):
        raise PresetNameError
    if name.casefold() in services.resolver.keys["preset"].choices:
        raise PresetNameTakenError(name=name)
    own = {each.name for each in await services.store.presets.of(guild)}
    if name not in own and len(own) >= MOST_PRESETS:
        raise TooManyPresetsError(limit=MOST_PRESETS)
    line = " ".join(meaning.split())[:100]
    await services.store.presets.put(guild, name, line, sampling, UserId(interaction.user.id))


def _clean(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).split())[:32].strip()


async def setup(bot: Taleloom) -> None:
    """Add the cog."""
    await bot.add_cog(Presets())
