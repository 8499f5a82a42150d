"""`/about`, `/help` and `/ping`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot import __version__
from bot.engine.models.backend import keeps_seeds
from bot.errors import N_
from bot.ui.owner import is_owner
from bot.ui.render import MESSAGE_LIMIT
from bot.ui.services import services_of, speak_to
from bot.ui.settings_choices import settings_here

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.app import Taleloom
    from bot.ui.texts import Translate
    from config.settings import EngineSettings

ADMIN = "admin"  # of no use to anybody but whoever runs the bot

FAST = N_("Mode: fast. A seed gives the same text again while nobody else is having one written.")
KEEPS_SEEDS = N_("Mode: reproducible. A seed gives the same text again, whoever else is having one written.")
NEARLY = N_("Mode: reproducible, nearly. A seed mostly gives the same text again, whoever else is having one written.")


class Info(commands.Cog):
    """Tells what the bot is and how it is.

    Args:
        bot: For the commands there are and the state of the connection.
    """

    def __init__(self, bot: Taleloom) -> None:
        self._bot = bot

    @app_commands.command(name="about", description=N_("What this bot is, and what it runs on"))
    async def about(self, interaction: discord.Interaction) -> None:
        """Tell what the bot is."""
        services, speak = services_of(interaction), speak_to(interaction)
        resolved = await settings_here(interaction)
        health, stats = await services.engine.health(), await services.engine.stats()
        lines = [
            speak(
                N_("**Taleloom {version}** writes stories with you, on the hardware of whoever runs it."),
                version=__version__,
            ),
            speak(N_("What you type goes to no other company. Stories are kept so that you can go on with them.")),
            "",
            speak(N_("Model: {model}"), model=resolved.model),
            speak(N_("State: ready")) if health.ready else speak(N_("State: {detail}"), detail=speak(health.detail)),
            speak(_mode(services.settings.engine)),
            speak.plural("{count} text is being written now.", "{count} texts are being written now.", stats.running),
            "",
            speak(N_("Begin with /write. /help shows all commands.")),
        ]
        await interaction.response.send_message("\n".join(lines), ephemeral=True)

    @app_commands.command(name="help", description=N_("All commands, and how to begin"))
    async def help(self, interaction: discord.Interaction) -> None:
        """List the commands."""
        speak = speak_to(interaction)
        hint = N_(
            "Type **/write** and the beginning of a story. "
            "Under each text, **Continue** goes on and **Retry** tries again."
        )
        lines = [speak(hint), ""]
        owner = await is_owner(interaction)
        for command in sorted(self._bot.tree.get_commands(), key=lambda command: command.name):
            if command.name == ADMIN and not owner:
                continue
            if isinstance(command, app_commands.Command):
                lines.append(f"`/{speak.name('command', command.name)}` – {speak(command.description)}")
            elif isinstance(command, app_commands.Group):
                verbs = " | ".join(_paths(command, speak))
                lines.append(f"`/{speak.name('command', command.name)} {verbs}` – {speak(command.description)}")
        messages, people = (
            self._menus(kind, speak) for kind in (discord.AppCommandType.message, discord.AppCommandType.user)
        )
        offered = speak(
            N_("Under Apps, every message offers: {messages}. Every person offers: {people}."),
            messages=messages,
            people=people,
        )
        lines += ["", offered]
        await interaction.response.send_message("\n".join(lines)[:MESSAGE_LIMIT], ephemeral=True)

    def _menus(self, kind: discord.AppCommandType, speak: Translate) -> str:
        menus = [menu for menu in self._bot.tree.get_commands(type=kind) if isinstance(menu, app_commands.ContextMenu)]
        return ", ".join(f"**{speak.name('menu', name)}**" for name in sorted(menu.name for menu in menus))

    @app_commands.command(name="ping", description=N_("Whether the bot is there, and how quickly it answers"))
    async def ping(self, interaction: discord.Interaction) -> None:
        """Measure the way to Discord and back."""
        speak = speak_to(interaction)
        began = time.perf_counter()
        await interaction.response.send_message(speak(N_("Pong!")), ephemeral=True)
        took = round((time.perf_counter() - began) * 1000)
        health = await services_of(interaction).engine.health()
        model = speak(N_("the model is ready")) if health.ready else speak(health.detail)
        await interaction.edit_original_response(
            content=speak(N_("Pong! Discord took {milliseconds} ms; {model}."), milliseconds=took, model=model)
        )


def _paths(group: app_commands.Group, speak: Translate) -> Iterator[str]:
    """Name all that can be typed behind a group's name."""
    for command in group.commands:
        name = speak.name("command", command.name)
        if isinstance(command, app_commands.Group):
            yield from (f"{name} {path}" for path in _paths(command, speak))
        else:
            yield name


def _mode(settings: EngineSettings) -> str:
    if settings.mode == "fast":
        return FAST
    return KEEPS_SEEDS if keeps_seeds(settings) else NEARLY


async def setup(bot: Taleloom) -> None:
    """Add the cog."""
    await bot.add_cog(Info(bot))
