"""`/admin model`, `reload` and `sync`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from bot.engine.errors import EngineError
from bot.errors import N_
from bot.ui.errors import NotSyncedError
from bot.ui.model_progress import shown_progress
from bot.ui.owner import is_owner
from bot.ui.render import in_one_message
from bot.ui.services import services_of, speak_to
from bot.ui.settings_choices import matching

if TYPE_CHECKING:
    from bot.app import Taleloom
    from bot.ui.texts import Translate
    from bot.writing.configuration import Changes


class Configuring(commands.Cog):
    """Changes what the whole bot goes by."""

    _bot: Taleloom

    @app_commands.command(name="model", description=N_("Which models may be chosen, and which is the default"))
    @app_commands.describe(name=N_("Makes it the default until the bot is started again; nothing lists them"))
    async def model(self, interaction: discord.Interaction, name: str | None = None) -> None:
        """List the models, or make one the default."""
        services, speak = services_of(interaction), speak_to(interaction)
        resolver = services.resolver
        if name is None:
            opened, lines = (await services.engine.stats()).models, [speak(N_("Models that may be chosen:"))]
            for model in resolver.keys["model"].choices:
                notes = [speak(N_("the default"))] if model == resolver.default_model else []
                notes += [speak(N_("open"))] if model in opened else []
                lines.append(f"- **{model}**" + (f" ({', '.join(notes)})" if notes else ""))
            await interaction.response.send_message(in_one_message("\n".join(lines)), ephemeral=True)
            return
        wanted = str(resolver.keys["model"].parse(name))
        await interaction.response.defer(ephemeral=True, thinking=True)
        try:
            async with shown_progress(interaction, wanted, speak, services.settings.stream.edit_seconds) as report:
                await services.engine.open(wanted, report)
        except EngineError as error:
            stays = speak(N_("**{model}** stays the default."), model=resolver.default_model)
            await interaction.edit_original_response(content=in_one_message(f"{speak.error(error)}\n{stays}"))
            return
        resolver.default_model = wanted
        text = speak(
            N_(
                "**{model}** is the default now, until the bot is started again or /admin reload. "
                "To keep it, set TALELOOM_MODEL."
            ),
            model=wanted,
        )
        await interaction.edit_original_response(content=text)

    @model.autocomplete("name")
    async def models(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer the models that may be chosen; Discord asks before the command is checked."""
        if not await is_owner(interaction):
            return []
        models = services_of(interaction).resolver.keys["model"].choices
        return matching([Choice(name=name[:100], value=name) for name in models], current)

    @app_commands.command(
        name="reload", description=N_("Read settings, presets, genres and tones, scenarios and word lists again")
    )
    async def reload(self, interaction: discord.Interaction) -> None:
        """Go by the configuration as it is now."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        changes = await self._bot.reload()
        text = "\n".join(_changes(changes, speak_to(interaction)))
        await interaction.followup.send(in_one_message(text), ephemeral=True)

    @app_commands.command(name="sync", description=N_("Tell Discord all commands again"))
    async def sync(self, interaction: discord.Interaction) -> None:
        """Register the commands anew."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        try:
            count = len(await self._bot.tree.sync())
        except discord.HTTPException as error:
            raise NotSyncedError(reason=error.text or error.status) from None
        text = speak_to(interaction).plural(
            "Discord knows {count} command now.", "Discord knows {count} commands now.", count
        )
        await interaction.followup.send(text, ephemeral=True)


def _changes(changes: Changes, speak: Translate) -> list[str]:
    """Say what is different now, and what will be after a restart."""
    if not changes:
        return [speak(N_("Everything was read again, and nothing is different."))]
    lines = []
    if changes.settings or changes.files:
        lines.append(speak(N_("Different from now on:")))
        lines += [f"- `{name}`: {before} → {after}" for name, before, after in changes.settings]
        lines += [f"- {speak(name)}" for name in changes.files]
    if changes.restart:
        lines.append(speak(N_("Different once the bot is started again:")))
        lines += [f"- `{name}`" for name in changes.restart]
    return lines
