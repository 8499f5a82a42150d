"""The settings of a place as a file, and back: all of it, or nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.errors import N_
from bot.store import Json, Scope
from bot.writing.errors import WritingError
from bot.writing.keys import SettingKey

FORM = "taleloom-settings"
MAX_BYTES = 64 * 1024


class SettingsFileError(WritingError):
    """A file that holds no settings."""

    template = N_("This file does not hold settings. Take one that /settings export gave, and change only its values.")


class SettingsFileTooLargeError(SettingsFileError):
    """A file that is larger than settings can be."""

    template = N_("This file is larger than {limit} KB, and no settings are. Take one that /settings export gave.")


class UnknownSettingError(SettingsFileError):
    """A file that names what there is not."""

    template = N_("Nothing was changed: {place} names “{name}”, which cannot be set there.")


def write_settings(*, server: Mapping[str, Json], channel: Mapping[str, Json]) -> str:
    """Write what is set for a server and for a channel, as JSON."""
    content = {"form": FORM, "version": 1, "server": dict(server), "channel": dict(channel)}
    return json.dumps(content, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def read_settings(data: bytes, keys: Mapping[str, SettingKey]) -> tuple[Mapping[str, Json], Mapping[str, Json]]:
    """Read what is to be set for a server and for a channel.

    Raises:
        SettingsFileError: it is no such file, or names what there is not.
        InvalidSettingError: a value is not among those that are allowed.
    """
    try:
        content: Any = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise SettingsFileError from None
    if not isinstance(content, dict) or content.get("form") != FORM or content.get("version") != 1:
        raise SettingsFileError
    return _checked(content, "server", Scope.SERVER, keys), _checked(content, "channel", Scope.CHANNEL, keys)


def _checked(content: dict[str, Any], place: str, scope: Scope, keys: Mapping[str, SettingKey]) -> Mapping[str, Json]:
    values = content.get(place, {})
    if not isinstance(values, dict):
        raise SettingsFileError
    for name in values:
        if name not in keys or scope not in keys[name].scopes:
            raise UnknownSettingError(place=place, name=str(name)[:60])
    return {name: keys[name].validate(value) for name, value in values.items()}
