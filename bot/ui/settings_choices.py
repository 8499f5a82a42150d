"""What autocompletion offers for settings: each with its present value and where that comes from."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import discord
from discord.app_commands import Choice

from bot.engine.models.profiles import ModelProfile
from bot.errors import N_
from bot.ids import UserId
from bot.store import Scope
from bot.ui.prompts import CHOICE_LIMIT
from bot.ui.render import SOURCES, preset_line
from bot.ui.services import channel_here, guild_of, services_of, speak_to
from bot.ui.texts import Translate
from bot.writing.errors import InvalidSettingError, WritingError
from bot.writing.keys import SettingKey
from bot.writing.settings import ResolvedSettings


async def settings_here(interaction: discord.Interaction) -> ResolvedSettings:
    """Give what holds for whoever types, where they type."""
    return await services_of(interaction).resolver.resolve(
        user_id=UserId(interaction.user.id),
        channel_id=channel_here(interaction),
        guild_id=guild_of(interaction),
    )


async def keys_for(interaction: discord.Interaction, scopes: Collection[Scope]) -> list[SettingKey]:
    """List the settings that can be set in any of these scopes."""
    keys = await services_of(interaction).resolver.keys_for(guild_of(interaction))
    return [key for key in keys.values() if key.scopes & set(scopes)]


async def key_named(interaction: discord.Interaction, shown: str, scopes: Collection[Scope]) -> SettingKey:
    """Find a setting by its name.

    Raises:
        InvalidSettingError: there is none of that name.
    """
    keys = await keys_for(interaction, scopes)
    found = next((key for key in keys if shown.strip().casefold() in key.titles), None)
    if found is None:
        raise InvalidSettingError(name="key", allowed=", ".join(key.shown for key in keys), value=shown[:60])
    return found


async def key_choices(interaction: discord.Interaction, current: str, scopes: Collection[Scope]) -> list[Choice[str]]:
    """Offer what can be set."""
    resolved, speak = await settings_here(interaction), speak_to(interaction)
    offered = []
    for key in await keys_for(interaction, scopes):
        if current.casefold() in key.shown:
            value = resolved.values[key.name]
            name = f"{key.shown}: {key.show(value.value)} ({speak(SOURCES[value.source])})"
            offered.append(Choice(name=name[:100], value=key.shown))
    return offered[:25]


async def value_choices(interaction: discord.Interaction, current: str, scopes: Collection[Scope]) -> list[Choice[str]]:
    """Offer what is typed, if the setting that was chosen before can be that, and the names that hold it.

    While nothing is typed, the present value is offered first, with what is allowed. Whoever presses Enter takes the
    first of the choices.
    """
    speak, chosen, typed = speak_to(interaction), interaction.namespace.key, current.strip()
    key = next((key for key in await keys_for(interaction, scopes) if key.shown == chosen), None)
    if key is None or len(typed) > CHOICE_LIMIT:
        return []
    word = typed.casefold()
    names = sorted((name for name in key.names if word in name.casefold()), key=lambda name: name.casefold() != word)
    choices = [Choice(name=speak.known(name), value=name) for name in names]
    if typed:
        if _can_be(key, typed) and word not in {name.casefold() for name in names}:
            choices.insert(0, Choice(name=typed, value=typed))
        return choices[:25]
    value = (await settings_here(interaction)).values[key.name]
    now = key.show(value.value)
    shown = speak(
        N_("now {value} ({source}); allowed: {allowed}"),
        value=speak.known(now),
        source=speak(SOURCES[value.source]),
        allowed=key.allowed,
    )
    if len(now) <= CHOICE_LIMIT:
        choices.insert(0, Choice(name=shown[:CHOICE_LIMIT], value=now))
    return choices[:25]


def _can_be(key: SettingKey, typed: str) -> bool:
    try:
        key.parse(typed)
    except WritingError:
        return False
    return True


def model_named(interaction: discord.Interaction, typed: str | None) -> str | None:
    """Find a model that may be chosen by its name, however it is typed; None stays None.

    Raises:
        InvalidSettingError: there is none of that name.
    """
    if typed is None:
        return None
    names = services_of(interaction).resolver.keys["model"].choices
    found = next((name for name in names if name.casefold() == typed.strip().casefold()), None)
    if found is None:
        raise InvalidSettingError(name="voice", allowed=", ".join(names), value=typed[:60])
    return found


def model_choices(interaction: discord.Interaction, current: str) -> list[Choice[str]]:
    """Offer the models that may be chosen, each with how it tells and the languages that it knows."""
    resolver, speak = services_of(interaction).resolver, speak_to(interaction)
    profiles = [resolver.profile_of(name) for name in resolver.keys["model"].choices]
    choices = [Choice(name=_model_line(profile, speak)[:100], value=profile.name) for profile in profiles]
    return matching(choices, current)


def _model_line(profile: ModelProfile, speak: Translate) -> str:
    named = f"{profile.name} – {speak.known(profile.meaning)}" if profile.meaning else profile.name
    return f"{named} ({', '.join(profile.languages)})" if profile.languages else named


async def preset_choices(interaction: discord.Interaction, current: str) -> list[Choice[str]]:
    """Offer the presets of a server, each with its meaning."""
    speak, guild = speak_to(interaction), guild_of(interaction)
    choices = [
        Choice(name=preset_line(name, preset, speak)[:100], value=name)
        for name, preset in (await services_of(interaction).resolver.presets_for(guild)).items()
    ]
    return matching(choices, current)


def matching(choices: Sequence[Choice[str]], current: str) -> list[Choice[str]]:
    """Give the choices whose name or value holds what was typed, as many as Discord takes."""
    typed = current.casefold()
    return [choice for choice in choices if typed in choice.name.casefold() or typed in choice.value.casefold()][:25]
