"""`/settings show`, `set` and `reset`."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from bot.errors import N_
from bot.ids import UserId
from bot.store import Scope
from bot.ui.panel import send_panel, setting_line
from bot.ui.render import SOURCES, in_one_message
from bot.ui.services import services_of, speak_to
from bot.ui.settings_choices import key_choices, key_named, keys_for, settings_here, value_choices
from bot.writing.errors import ChannelOnlySettingError, ServerOnlySettingError
from bot.writing.settings import Source

Place = Literal["server", "channel"]
PLACES = (Scope.SERVER, Scope.CHANNEL)


class Values(commands.Cog):
    """Shows and changes single values."""

    @app_commands.command(name="show", description=N_("What holds in this channel, and where each value comes from"))
    async def show(self, interaction: discord.Interaction) -> None:
        """Show the values that hold here."""
        speak = speak_to(interaction)
        resolved = await settings_here(interaction)
        lines = [speak(N_("What holds in this channel:"))]
        lines += [f"- {setting_line(key, resolved, speak)}" for key in await keys_for(interaction, tuple(Scope))]
        await interaction.response.send_message(in_one_message("\n".join(lines)), ephemeral=True)

    @app_commands.command(name="panel", description=N_("Settings to click, for the server and for this channel"))
    async def panel(self, interaction: discord.Interaction) -> None:
        """Send the panel."""
        await send_panel(interaction, Scope.SERVER)

    @app_commands.command(name="set", description=N_("Set a value for the server or this channel"))
    @app_commands.describe(
        key=N_("What to set"),
        value=N_("Its new value"),
        place=N_("Where it holds; a channel's value wins over the server's"),
    )
    async def set(self, interaction: discord.Interaction, key: str, value: str, place: Place = "server") -> None:
        """Set a value."""
        services, speak = services_of(interaction), speak_to(interaction)
        setting = await key_named(interaction, key, PLACES)
        scope, scope_id = scope_of(interaction, place)
        if scope not in setting.scopes:
            error = ServerOnlySettingError if scope is Scope.CHANNEL else ChannelOnlySettingError
            raise error(name=setting.shown)
        parsed = setting.parse(value)
        await services.store.settings.set(scope, scope_id, setting.name, parsed, by=UserId(interaction.user.id))
        where = speak(N_("this server")) if place == "server" else speak(N_("this channel"))
        text = speak(
            N_("**{key}** is now {value} in {where}."),
            key=setting.shown,
            value=speak.known(setting.show(parsed)),
            where=where,
        )
        holds = (await settings_here(interaction)).values[setting.name]
        if place == "server" and holds.source in {Source.CHANNEL, Source.USER}:
            text += "\n" + speak(
                N_("Here {source} still says {value}."),
                source=speak(SOURCES[holds.source]),
                value=speak.known(setting.show(holds.value)),
            )
        await interaction.response.send_message(text, ephemeral=True)

    @app_commands.command(name="reset", description=N_("Take a value back, or all of them"))
    @app_commands.describe(key=N_("What to take back; nothing takes back everything"), place=N_("Where it was set"))
    async def reset(self, interaction: discord.Interaction, key: str | None = None, place: Place = "server") -> None:
        """Take values back."""
        speak = speak_to(interaction)
        name = (await key_named(interaction, key, PLACES)).name if key else None
        scope, scope_id = scope_of(interaction, place)
        store = services_of(interaction).store.settings
        count = await store.reset(scope, scope_id, name, by=UserId(interaction.user.id))
        if count:
            text = speak.plural(N_("{count} value was taken back."), N_("{count} values were taken back."), count)
        else:
            text = speak(N_("Nothing was set there."))
        await interaction.response.send_message(text, ephemeral=True)

    @set.autocomplete("key")
    @reset.autocomplete("key")
    async def keys(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer what can be set."""
        return await key_choices(interaction, current, PLACES)

    @set.autocomplete("value")
    async def values(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer the present value and what else is allowed."""
        return await value_choices(interaction, current, PLACES)


def scope_of(interaction: discord.Interaction, place: Place) -> tuple[Scope, int]:
    """Give whose values are meant."""
    if place == "server":
        return Scope.SERVER, interaction.guild_id or 0
    return Scope.CHANNEL, interaction.channel_id or 0
