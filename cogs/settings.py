"""`/settings`: how a server and its channels write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from bot.errors import N_
from bot.ids import ChannelId, GuildId, UserId
from bot.store import Scope
from bot.ui.render import SOURCES
from bot.ui.services import services_of, speak_to
from bot.writing.errors import InvalidSettingError
from bot.writing.keys import SettingKey
from bot.writing.settings import ResolvedSettings, Source

if TYPE_CHECKING:
    from bot.app import Taleloom

Place = Literal["server", "channel"]


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class SettingsCommands(
    commands.GroupCog, group_name="settings", group_description=N_("How this server and its channels write")
):
    """Shows and changes settings; for those who may manage the server."""

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Check the permission here too: what Discord shows is a hint that a server can override."""
        if not interaction.permissions.manage_guild:
            raise app_commands.MissingPermissions(["manage_guild"])
        return True

    @app_commands.command(name="show", description=N_("What holds in this channel, and where each value comes from"))
    async def show(self, interaction: discord.Interaction) -> None:
        """Show the values that hold here."""
        services, speak = services_of(interaction), speak_to(interaction)
        resolved = await _resolve(interaction)
        lines = [speak(N_("What holds in this channel:"))]
        for key in services.resolver.keys.values():
            value = resolved.values[key.name]
            lines.append(f"- **{key.shown}** {speak(key.show(value.value))} ({speak(SOURCES[value.source])})")
        await interaction.response.send_message("\n".join(lines), ephemeral=True)

    @app_commands.command(name="set", description=N_("Set a value for the server or this channel"))
    @app_commands.describe(
        key=N_("What to set"),
        value=N_("Its new value"),
        place=N_("Where it holds; a channel's value wins over the server's"),
    )
    async def set(self, interaction: discord.Interaction, key: str, value: str, place: Place = "server") -> None:
        """Set a value."""
        services, speak = services_of(interaction), speak_to(interaction)
        setting = _key(interaction, key)
        parsed = setting.parse(value)
        scope, scope_id = _scope(interaction, place)
        await services.store.settings.set(scope, scope_id, setting.name, parsed, by=UserId(interaction.user.id))
        where = speak(N_("this server")) if place == "server" else speak(N_("this channel"))
        text = speak(
            N_("**{key}** is now {value} in {where}."),
            key=setting.shown,
            value=speak(setting.show(parsed)),
            where=where,
        )
        holds = (await _resolve(interaction)).values[setting.name]
        if place == "server" and holds.source in {Source.CHANNEL, Source.USER}:
            text += "\n" + speak(
                N_("Here {source} still says {value}."),
                source=speak(SOURCES[holds.source]),
                value=speak(setting.show(holds.value)),
            )
        await interaction.response.send_message(text, ephemeral=True)

    @app_commands.command(name="reset", description=N_("Take a value back, or all of them"))
    @app_commands.describe(key=N_("What to take back; nothing takes back everything"), place=N_("Where it was set"))
    async def reset(self, interaction: discord.Interaction, key: str | None = None, place: Place = "server") -> None:
        """Take values back."""
        services, speak = services_of(interaction), speak_to(interaction)
        name = _key(interaction, key).name if key else None
        scope, scope_id = _scope(interaction, place)
        count = await services.store.settings.reset(scope, scope_id, name, by=UserId(interaction.user.id))
        if count:
            text = speak.plural(N_("{count} value was taken back."), N_("{count} values were taken back."), count)
        else:
            text = speak(N_("Nothing was set there."))
        await interaction.response.send_message(text, ephemeral=True)

    @set.autocomplete("key")
    @reset.autocomplete("key")
    async def keys(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer what can be set, with its present value and where that comes from."""
        resolved, speak = await _resolve(interaction), speak_to(interaction)
        return [
            Choice(
                name=_present(key, resolved, speak(SOURCES[resolved.values[key.name].source]))[:100], value=key.shown
            )
            for key in services_of(interaction).resolver.keys.values()
            if current.casefold() in key.shown
        ][:25]

    @set.autocomplete("value")
    async def values(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer the present value and what else is allowed."""
        speak = speak_to(interaction)
        setting = next(
            (key for key in services_of(interaction).resolver.keys.values() if key.shown == interaction.namespace.key),
            None,
        )
        if setting is None:
            return []
        resolved = await _resolve(interaction)
        value = resolved.values[setting.name]
        now = setting.show(value.value)
        shown = speak(
            N_("now {value} ({source}); allowed: {allowed}"),
            value=speak(now),
            source=speak(SOURCES[value.source]),
            allowed=setting.allowed,
        )
        choices = [Choice(name=shown[:100], value=now)]
        options = setting.choices or (("on", "off") if setting.kind is bool else ())
        choices += [
            Choice(name=speak(option), value=option) for option in options if current.casefold() in option.casefold()
        ]
        if current and not options:
            choices.insert(0, Choice(name=current[:100], value=current[:100]))
        return choices[:25]


def _present(key: SettingKey, resolved: ResolvedSettings, source: str) -> str:
    return f"{key.shown}: {key.show(resolved.values[key.name].value)} ({source})"


async def _resolve(interaction: discord.Interaction) -> ResolvedSettings:
    return await services_of(interaction).resolver.resolve(
        user_id=UserId(interaction.user.id),
        channel_id=ChannelId(interaction.channel_id or 0),
        guild_id=GuildId(interaction.guild_id or 0),
    )


def _key(interaction: discord.Interaction, shown: str) -> SettingKey:
    keys = services_of(interaction).resolver.keys.values()
    found = next((key for key in keys if shown.strip().casefold() in {key.shown, key.name}), None)
    if found is None:
        raise InvalidSettingError(name="key", allowed=", ".join(key.shown for key in keys), value=shown[:60])
    return found


def _scope(interaction: discord.Interaction, place: Place) -> tuple[Scope, int]:
    if place == "server":
        return Scope.SERVER, interaction.guild_id or 0
    return Scope.CHANNEL, interaction.channel_id or 0


async def setup(bot: Taleloom) -> None:
    """Add the cog."""
    await bot.add_cog(SettingsCommands())
