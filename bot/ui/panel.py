"""Settings for people who would rather click: a message with a select for each choice, which works after a restart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Self

import discord
from discord import app_commands

from bot.errors import N_, TaleloomError
from bot.ids import UserId
from bot.store import Json, Scope
from bot.ui.access import require_manager
from bot.ui.error_handler import answer_error
from bot.ui.forms import Form
from bot.ui.options import MEANINGS
from bot.ui.render import SOURCES, in_one_message
from bot.ui.services import services_of, speak_to
from bot.ui.settings_choices import key_named, keys_for, settings_here
from bot.ui.texts import Translate
from bot.writing.keys import ChannelKey, NamesKey, RolesKey, SettingKey
from bot.writing.settings import ResolvedSettings, Source

SCOPES = "server|channel|user"
_OF_SCOPE = {Scope.USER: Source.USER, Scope.CHANNEL: Source.CHANNEL, Scope.SERVER: Source.SERVER}


class KeySelect(discord.ui.DynamicItem[discord.ui.Select[Any]], template=rf"tl:set:(?P<scope>{SCOPES})"):
    """Chooses what is to be set."""

    def __init__(self, scope: Scope, select: discord.ui.Select[Any] | None = None) -> None:
        super().__init__(select or discord.ui.Select(custom_id=f"tl:set:{scope}"))
        self._scope = scope

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the select that was used."""
        return cls(Scope(match["scope"]))

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Show what the setting can be."""
        await _answer(interaction, self._scope, self.item.values[0])


class ValueSelect(
    discord.ui.DynamicItem[discord.ui.Select[Any]], template=rf"tl:value:(?P<scope>{SCOPES}):(?P<key>\w{{1,40}})"
):
    """Chooses among a setting's values."""

    def __init__(self, scope: Scope, key: str, select: discord.ui.Select[Any] | None = None) -> None:
        super().__init__(select or discord.ui.Select(custom_id=f"tl:value:{scope}:{key}"))
        self._scope, self._key = scope, key

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the select that was used."""
        return cls(Scope(match["scope"]), match["key"])

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Set what was chosen."""
        await _answer(interaction, self._scope, self._key, typed=", ".join(self.item.values) or "off")


class RolesSelect(
    discord.ui.DynamicItem[discord.ui.RoleSelect[Any]], template=rf"tl:roles:(?P<scope>{SCOPES}):(?P<key>\w{{1,40}})"
):
    """Chooses the roles of a circle."""

    def __init__(self, scope: Scope, key: str, placeholder: str = "") -> None:
        custom_id = f"tl:roles:{scope}:{key}"
        super().__init__(discord.ui.RoleSelect(custom_id=custom_id, placeholder=placeholder, max_values=25))
        self._scope, self._key = scope, key

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the select that was used."""
        return cls(Scope(match["scope"]), match["key"])

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Set the roles."""
        await _answer(interaction, self._scope, self._key, typed=" ".join(role.mention for role in self.item.values))


class ChannelSelect(
    discord.ui.DynamicItem[discord.ui.ChannelSelect[Any]],
    template=rf"tl:channel:(?P<scope>{SCOPES}):(?P<key>\w{{1,40}})",
):
    """Chooses a channel."""

    def __init__(self, scope: Scope, key: str, placeholder: str = "") -> None:
        kinds = [discord.ChannelType.text, discord.ChannelType.news]
        custom_id = f"tl:channel:{scope}:{key}"
        super().__init__(discord.ui.ChannelSelect(custom_id=custom_id, placeholder=placeholder, channel_types=kinds))
        self._scope, self._key = scope, key

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the select that was used."""
        return cls(Scope(match["scope"]), match["key"])

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Set the channel."""
        await _answer(interaction, self._scope, self._key, typed=self.item.values[0].mention)


class PanelButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=rf"tl:panel:(?P<do>type|reset|show):(?P<scope>{SCOPES}):(?P<key>\w{{0,40}})",
):
    """Types a value into a form, takes one back, or goes from the server to the channel."""

    def __init__(self, do: str, scope: Scope, key: str, label: str = "", *, disabled: bool = False) -> None:
        super().__init__(
            discord.ui.Button(label=label or do, custom_id=f"tl:panel:{do}:{scope}:{key}", disabled=disabled)
        )
        self._do, self._scope, self._key = do, scope, key

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the button that was pressed."""
        return cls(match["do"], Scope(match["scope"]), match["key"])

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Answer a press."""
        if self._do == "type":
            await _ask(interaction, self._scope, self._key)
        else:
            await _answer(interaction, self._scope, self._key, reset=self._do == "reset")


class ValueForm(Form):
    """Asks for a value."""

    def __init__(self, scope: Scope, key: SettingKey, now: str, speak: Translate) -> None:
        super().__init__(title=key.shown)
        self._scope, self._key = scope, key
        self._value: discord.ui.TextInput[ValueForm] = discord.ui.TextInput(
            custom_id="value", default=now[:100], max_length=100
        )
        label = speak(N_("Its new value"))
        self.add_item(discord.ui.Label(text=label, description=key.allowed[:100], component=self._value))

    async def take(self, interaction: discord.Interaction) -> None:
        """Set what was typed."""
        await _answer(interaction, self._scope, self._key.name, typed=self._value.value)


ITEMS = (KeySelect, ValueSelect, RolesSelect, ChannelSelect, PanelButton)


async def send_panel(interaction: discord.Interaction, scope: Scope) -> None:
    """Send the panel to whoever asked, and nobody else."""
    content, view = await _panel(interaction, scope, "")
    await interaction.response.send_message(content, view=view, ephemeral=True)


async def _answer(
    interaction: discord.Interaction, scope: Scope, key: str, *, typed: str | None = None, reset: bool = False
) -> None:
    """Change a value, if one is given, and show the panel as it is then."""
    try:
        _allow(interaction, scope)
        if typed is not None or reset:
            await _change(interaction, scope, key, typed)
        content, view = await _panel(interaction, scope, key)
    except (TaleloomError, app_commands.MissingPermissions) as error:
        await answer_error(interaction, error)
        return
    await interaction.response.edit_message(content=content, view=view)


async def _ask(interaction: discord.Interaction, scope: Scope, name: str) -> None:
    try:
        _allow(interaction, scope)
        key = await key_named(interaction, name, (scope,))
    except (TaleloomError, app_commands.MissingPermissions) as error:
        await answer_error(interaction, error)
    else:
        now = key.show((await settings_here(interaction)).values[key.name].value)
        await interaction.response.send_modal(ValueForm(scope, key, now, speak_to(interaction)))


def _allow(interaction: discord.Interaction, scope: Scope) -> None:
    """Check the permission at every press: who has the message need not have it any more."""
    if scope is not Scope.USER:
        require_manager(interaction)


async def _change(interaction: discord.Interaction, scope: Scope, name: str, typed: str | None) -> None:
    key, store = await key_named(interaction, name, (scope,)), services_of(interaction).store.settings
    number, by = _number(interaction, scope), UserId(interaction.user.id)
    if typed is None:
        await store.reset(scope, number, key.name, by=by)
    else:
        await store.set(scope, number, key.name, key.parse(typed), by=by)


def _number(interaction: discord.Interaction, scope: Scope) -> int:
    if scope is Scope.USER:
        return interaction.user.id
    return (interaction.guild_id if scope is Scope.SERVER else interaction.channel_id) or 0


async def _panel(interaction: discord.Interaction, scope: Scope, name: str) -> tuple[str, discord.ui.View]:
    """Draw the panel: all settings of a scope, and the controls of the one that was chosen."""
    speak, resolved = speak_to(interaction), await settings_here(interaction)
    keys = await keys_for(interaction, (scope,))
    chosen = next((key for key in keys if key.name == name), None)
    view = discord.ui.View(timeout=None)
    view.add_item(KeySelect(scope, _keys(scope, keys, chosen, resolved, speak)))
    if chosen is not None:
        for control in _controls(scope, chosen, resolved.values[chosen.name].value, speak):
            view.add_item(control)
        if not chosen.names:
            view.add_item(PanelButton("type", scope, chosen.name, speak(N_("Type a value…"))))
        own = resolved.values[chosen.name].source is _OF_SCOPE[scope]
        view.add_item(PanelButton("reset", scope, chosen.name, speak(N_("Take back")), disabled=not own))
    if scope is not Scope.USER:
        other = Scope.CHANNEL if scope is Scope.SERVER else Scope.SERVER
        label = speak(N_("This channel instead")) if other is Scope.CHANNEL else speak(N_("The server instead"))
        view.add_item(PanelButton("show", other, name, label))
    return _text(scope, keys, chosen, resolved, speak), view


def setting_line(key: SettingKey, resolved: ResolvedSettings, speak: Translate, scope: Scope | None = None) -> str:
    """Give a setting with its value and where that comes from; to a person also whether an admin has fixed it."""
    value = resolved.values[key.name]
    notes = ", ".join(filter(None, (speak(SOURCES[value.source]), _fixed(key, resolved, speak, scope))))
    return f"**{key.shown}** {speak.known(key.show(value.value))} ({notes})"


def _fixed(key: SettingKey, resolved: ResolvedSettings, speak: Translate, scope: Scope | None) -> str:
    locked = scope is Scope.USER and key.shown in resolved.values["locked"].value
    return speak(N_("fixed by an admin")) if locked else ""


def _by_source(keys: list[SettingKey], resolved: ResolvedSettings, speak: Translate, scope: Scope) -> Iterator[str]:
    """Give the settings in a line for each source, the nearest first: one for each setting is more than one reads."""
    for source in Source:
        values = []
        for key in keys:
            value, fixed = resolved.values[key.name], _fixed(key, resolved, speak, scope)
            if value.source is source:
                note = f" ({fixed})" if fixed else ""
                values.append(f"**{key.shown}** {speak.known(key.show(value.value))}{note}")
        if values:
            yield speak(N_("- {source}: {values}"), source=speak(SOURCES[source]), values=" · ".join(values))


def _text(
    scope: Scope, keys: list[SettingKey], chosen: SettingKey | None, resolved: ResolvedSettings, speak: Translate
) -> str:
    titles = {
        Scope.SERVER: N_("**Settings of this server**"),
        Scope.CHANNEL: N_("**Settings of this channel**"),
        Scope.USER: N_("**Your own settings, in every server**"),
    }
    lines = [speak(titles[scope])]
    if chosen is None:
        lines += _by_source(keys, resolved, speak, scope)
    else:
        lines += [f"- {setting_line(chosen, resolved, speak, scope)}", f"-# {speak(MEANINGS[chosen.name])}"]
        if not chosen.names:
            lines.append(f"-# {chosen.allowed}")
    return in_one_message("\n".join(lines))


def _keys(
    scope: Scope, keys: list[SettingKey], chosen: SettingKey | None, resolved: ResolvedSettings, speak: Translate
) -> discord.ui.Select[Any]:
    select: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=f"tl:set:{scope}", placeholder=speak(N_("Choose what to set."))
    )
    for key in keys[:25]:
        value = resolved.values[key.name]
        about = f"{speak.known(key.show(value.value))} ({speak(SOURCES[value.source])})"[:100]
        select.add_option(label=key.shown, value=key.name, description=about, default=key is chosen)
    return select


def _controls(
    scope: Scope, key: SettingKey, now: Json, speak: Translate
) -> list[ValueSelect | RolesSelect | ChannelSelect]:
    controls: list[ValueSelect | RolesSelect | ChannelSelect] = []
    if key.names:
        several = isinstance(key, NamesKey)
        select: discord.ui.Select[Any] = discord.ui.Select(
            custom_id=f"tl:value:{scope}:{key.name}",
            placeholder=speak(N_("Choose a value")),
            min_values=0 if several else 1,
            max_values=len(key.names[:25]) if several else 1,
        )
        set_now = now if isinstance(now, list) else [key.show(now)]
        for name in key.names[:25]:
            select.add_option(label=speak.known(name)[:100], value=name, default=name in set_now)
        controls.append(ValueSelect(scope, key.name, select))
    if isinstance(key, RolesKey):
        controls.append(RolesSelect(scope, key.name, speak(N_("Or choose roles"))))
    if isinstance(key, ChannelKey):
        controls.append(ChannelSelect(scope, key.name, speak(N_("Choose a channel"))))
    return controls
