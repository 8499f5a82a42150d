"""A server's own presets: how they are called, read from what people type, and kept."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.writing import errors
from bot.writing.door import reason
from bot.writing.preset_files import (
    MAX_MEANING,
    MAX_NAME,
    NotOnePresetError,
    PresetNotJsonError,
    read_preset,
)
from bot.writing.preset_knobs import NAMES, OURS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.ids import GuildId, UserId
    from bot.store import Json
    from bot.store.presets import PresetRepository, StoredPreset
    from bot.writing.door import Passage
    from bot.writing.keys import SettingKey

MOST_PRESETS = 20
"""A server's own; with those that are there everywhere, a picker of 25 shows them all."""

_NAME = re.compile(r"[^\W_][\w .-]*")
_LINE = re.compile(r"([^\s:=]+)[\s:=]*(.*)")


@dataclass(frozen=True, slots=True)
class TypedValues:
    """What somebody's words gave."""

    values: Mapping[str, Json]
    """By the names of `SamplingParams`, each checked."""
    left_out: tuple[str, ...] = ()
    """What was pasted and could not be taken, as `ImportedPreset` names it."""


class OwnPresets:
    """Keeps the presets that servers make. Whether somebody may is asked before.

    Args:
        store: Where they are.
        keys: What people can set, by stored names; `preset` names those that are there everywhere.
    """

    def __init__(self, store: PresetRepository, keys: Mapping[str, SettingKey]) -> None:
        self._store = store
        self._everywhere = frozenset(keys["preset"].choices)
        self.keys: Mapping[str, SettingKey] = MappingProxyType(
            {name: key for name, key in keys.items() if name in NAMES and name != "max_new_tokens"}
        )
        """What a preset can hold: how a text is sampled, but not how long it gets."""

    async def of(self, guild: GuildId) -> tuple[StoredPreset, ...]:
        """Give a server's own presets, by name; those too whose values are not allowed any more."""
        return await self._store.of(guild)

    async def named(self, guild: GuildId, name: str) -> StoredPreset:
        """Find a preset.

        Raises:
            UnknownPresetError: there is none of that name.
        """
        name = _clean(name)
        found = next((each for each in await self.of(guild) if each.name == name), None)
        if found is None:
            raise errors.UnknownPresetError(name=name)
        return found

    async def check_room(self, guild: GuildId) -> None:
        """See whether a server may have one more.

        Raises:
            TooManyPresetsError: it has as many as it may.
        """
        if len(await self.of(guild)) >= MOST_PRESETS:
            raise errors.TooManyPresetsError(limit=MOST_PRESETS)

    async def keep(
        self,
        passage: Passage,
        guild: GuildId,
        name: str,
        meaning: str,
        values: Mapping[str, Json],
        by: UserId,
        *,
        new: bool = False,
    ) -> str:
        """Make a preset, or give the one of that name other values.

        Args:
            passage: The door of the server, which reads name and meaning.
            guild: The server.
            name: What it is called.
            meaning: What it is for; of an empty one the name is said instead.
            values: Checked values, by the names of `SamplingParams`.
            by: Who does it.
            new: Whether there must be none of that name yet.

        Returns:
            The name that it has.

        Raises:
            PresetNameError, PresetNameTakenError, PresetThereError, TooManyPresetsError: it cannot be kept under this
                name, or at all.
            WordingRefusedError: the safety layer refuses the meaning, or would not have the name as it is.
            SlowedError: see `Passage.read`.
        """
        name = _clean(name)
        if not _NAME.fullmatch(name):
            raise errors.PresetNameError
        if name.casefold() in self._everywhere:
            raise errors.PresetNameTakenError(name=name)
        verdict = await passage.read(name)
        if verdict.text != name and verdict.decisive:
            raise errors.WordingRefusedError(**reason(verdict.decisive))
        # Names are found whatever their case, so two must not differ by that alone.
        there = next((each.name for each in await self.of(guild) if each.name.casefold() == name.casefold()), None)
        if there is None:
            await self.check_room(guild)
        elif new:
            raise errors.PresetThereError(name=there)
        name = there or name
        await self._store.put(guild, name, await _meaning(passage, meaning, name), values, by)
        return name

    async def change(
        self,
        passage: Passage,
        guild: GuildId,
        before: StoredPreset,
        meaning: str,
        values: Mapping[str, Json],
        by: UserId,
    ) -> None:
        """Give a preset other values, as long as it is what the person who typed them had seen.

        Raises:
            WordingRefusedError, SlowedError: see `keep`.
            UnknownPresetError: it was removed since.
            PresetChangedError: somebody else changed it since.
        """
        meaning = await _meaning(passage, meaning, before.name)
        if not await self._store.change(guild, before, meaning, values, by):
            await self.named(guild, before.name)
            raise errors.PresetChangedError(name=before.name)

    async def remove(self, guild: GuildId, name: str) -> None:
        """Take a preset away; a setting that names it is passed over from then on.

        Raises:
            UnknownPresetError: it is not there.
        """
        if not await self._store.remove(guild, _clean(name)):
            raise errors.UnknownPresetError(name=_clean(name))

    def read(self, text: str) -> TypedValues:
        """Read values that somebody typed, one `name value` a line, or pasted as a file's JSON.

        Raises:
            UnknownPresetValueError: a line begins with none of the names.
            InvalidSettingError: a value is none that it may be.
            PastedPresetError, EmptyPresetError: JSON that no preset can be read from.
        """
        if text.strip().startswith(("{", "[")):
            try:
                found = read_preset(text.encode("utf-8", "replace"), filename="", supported=self.keys)
            except (PresetNotJsonError, NotOnePresetError):
                raise errors.PastedPresetError from None
            return TypedValues(found.values, found.left_out)
        lines = (" ".join(unicodedata.normalize("NFKC", line).split()) for line in text.splitlines())
        return TypedValues(dict(self._read_line(line) for line in lines if line))

    def write(self, values: Mapping[str, Json]) -> str:
        """Write values as `read` takes them."""
        return "\n".join(f"{self.keys[name].shown} {self.keys[name].show(values[name])}" for name in self.known(values))

    def known(self, values: Mapping[str, Json]) -> list[str]:
        """Name those values of a stored preset that a preset can still hold."""
        return [name for name in self.keys if name in values]

    def _read_line(self, line: str) -> tuple[str, Json]:
        match = _LINE.match(line)
        word, value = match.groups() if match else (line, "")
        shown = {key.shown: key for key in self.keys.values()}
        key = shown.get(OURS.get(word.casefold(), word.casefold()))
        if key is None:
            raise errors.UnknownPresetValueError(name=word[:40], known=", ".join(shown))
        return key.name, key.parse(value)


def _clean(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).split())[:MAX_NAME].strip()


async def _meaning(passage: Passage, text: str, name: str) -> str:
    meaning = " ".join(text.split())[:MAX_MEANING]
    return await passage.words(meaning) if meaning else name
