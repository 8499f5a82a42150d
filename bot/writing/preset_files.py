"""Presets from files that people upload: our own form, and what SillyTavern and KoboldAI save.

Ours is `{"name": …, "meaning": …, "values": {…}}`. The others put their knobs at the top level, under names of their
own, and nearly all of them stand in every file at a value that means “off”. What a file asks for and does not get is
named; what it merely lists is not.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.engine.sampling import RANGES
from bot.errors import N_
from bot.writing.errors import WritingError
from bot.writing.preset_knobs import DETAILS, DRAWING, NAMES, NEEDS, OFF, OURS, SWITCHES, TEXTS, USUAL_ORDERS, WHOLE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

MAX_PRESET_BYTES = 64 * 1024
MAX_NAME = 32
MAX_MEANING = 100
_MAX_KEY = 40
_UNNAMED = "preset"
_ENDINGS = (".json", ".settings", ".presets", ".preset", ".txt")

_FLAGS: Mapping[float | None, bool] = MappingProxyType({0.0: False, 1.0: True})
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")


class PresetFileError(WritingError):
    """A file that no preset can be read from."""

    template = N_("This file could not be read as a preset. Upload a JSON file that holds one preset.")


class PresetFileTooLargeError(PresetFileError):
    """A file beyond what is read at all."""

    template = N_("This file is larger than {limit} KB, and no preset is. Upload the preset alone, as a JSON file.")


class PresetNotJsonError(PresetFileError):
    """A file that is not JSON."""

    template = N_("This file is not JSON. Export the preset again where you made it, and upload the file as it is.")


class NotOnePresetError(PresetFileError):
    """JSON that is not one object."""

    template = N_(
        "This file does not hold exactly one preset. Upload a single one, as SillyTavern or KoboldAI saves it."
    )


class EmptyPresetError(PresetFileError):
    """A preset without a value that could be taken."""

    template = N_("Nothing in this preset can be used here. It needs at least one of these: {known}.")


@dataclass(frozen=True, slots=True)
class ImportedPreset:
    """What a file gave."""

    name: str
    """One line, 1 to 32 characters."""
    meaning: str
    """One line, at most 100 characters; empty where the file says nothing."""
    values: Mapping[str, bool | int | float]
    """At least one value, by the names of `SamplingParams` and within `RANGES`."""
    left_out: tuple[str, ...]
    """The knobs that were on and could not be taken, in the file's own words: `top_a 0.42`."""


def read_preset(data: bytes, *, filename: str, supported: Collection[str]) -> ImportedPreset:
    """Read a preset that somebody uploaded.

    Args:
        data: The file, as UTF-8 (a byte order mark is no harm), UTF-16 or UTF-32.
        filename: Its name, which names the preset where the file itself does not.
        supported: The parameters that can be taken, by the names of `SamplingParams`.

    Raises:
        PresetFileTooLargeError: it has more than 64 KiB.
        PresetNotJsonError: it is not JSON.
        NotOnePresetError: it holds something else than one object, or a list of just one.
        EmptyPresetError: nothing in it could be taken.
    """
    if len(data) > MAX_PRESET_BYTES:
        raise PresetFileTooLargeError(limit=MAX_PRESET_BYTES // 1024)
    preset = _one_preset(_parse(data))
    own = preset.get("values")
    reading = _Reading(supported)
    if isinstance(own, dict):
        reading.read(own, whole=True)
    else:
        reading.read(preset, whole=False)
    if not reading.values:
        raise EmptyPresetError(known=", ".join(name for name in NAMES if name in supported))
    return ImportedPreset(
        name=_name(preset, filename),
        meaning=_first_line((preset.get("meaning"), preset.get("description")), MAX_MEANING),
        values=MappingProxyType(reading.values),
        left_out=tuple(reading.left_out()),
    )


def _parse(data: bytes) -> Any:  # noqa: ANN401 - it is whatever somebody uploaded
    try:
        return json.loads(data, parse_int=_whole)
    except (ValueError, RecursionError):
        raise PresetNotJsonError from None


def _whole(digits: str) -> int | float:
    # Python refuses to read integers of thousands of digits, and a preset has none beyond a float's.
    return int(digits) if len(digits) <= 20 else float(digits)


def _one_preset(found: object) -> dict[str, Any]:
    """Unwrap KoboldAI's lists and SillyTavern's exports of everything at once."""
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    if isinstance(found, dict) and isinstance(found.get("preset"), dict):
        found = found["preset"]
    if not isinstance(found, dict):
        raise NotOnePresetError
    return found


class _Reading:
    """Sorts a file's knobs into those that are taken and those that are not.

    Args:
        supported: The parameters that can be taken.
    """

    def __init__(self, supported: Collection[str]) -> None:
        self._supported = supported
        self._missed: dict[str, object] = {}
        self.values: dict[str, bool | int | float] = {}

    def read(self, knobs: Mapping[str, object], *, whole: bool) -> None:
        """Sort all knobs; `whole` says that whatever stands there is meant to be one."""
        for name, keys in NAMES.items():
            for key in _present(name, keys, knobs):
                self._take(name, key, knobs[key])
        # Nothing is drawn at temperature 0, and all who write it mean that.
        cold = any(_number(self._missed.get(key)) == 0 for key in NAMES["temperature"])
        if cold and "temperature" not in self.values and "do_sample" in self._supported:
            self.values["do_sample"] = False
        greedy = self.values.get("do_sample") is False
        for key in [key for key in self._missed if greedy and OURS[key] in DRAWING]:
            del self._missed[key]
        for key, value in knobs.items():
            if key not in OURS and self._wanted(key, value, whole=whole):
                self._missed[key] = value

    def left_out(self) -> Iterator[str]:
        """Name what could not be taken, with its value where that is a number."""
        for key, value in self._missed.items():
            name = _line(key, _MAX_KEY) or "?"
            shown = _shown(value)
            yield f"{name} {shown}" if shown else name

    def _take(self, name: str, key: str, raw: object) -> None:
        value = _value(name, raw)
        if value is not None and name in self._supported:
            if self.values.setdefault(name, value) == value:
                return
        elif _is_off(name, raw):
            return
        self._missed[key] = raw

    def _wanted(self, key: str, value: object, *, whole: bool) -> bool:
        """Tell whether a knob that is not here was on."""
        needed = NEEDS.get(key)
        if needed is not None and self.values.get(needed, 1) == 1:
            return False
        if key == "sampler_order":
            return isinstance(value, list) and value not in USUAL_ORDERS and bool(value)
        if key in DETAILS or _is_off(key, value):
            return False
        if whole or key in TEXTS:
            return True
        if isinstance(value, bool):
            return key in SWITCHES
        return _number(value) is not None or isinstance(value, float)


def _present(name: str, keys: tuple[str, ...], knobs: Mapping[str, object]) -> list[str]:
    found = [key for key in keys if knobs.get(key) is not None]
    if name == "max_new_tokens" and len(found) > 1:
        # KoboldAI and SillyTavern call the answer's length `genamt`, and then `max_length` is the model's context.
        return [key for key in found if key != "max_length"]
    return found


def _value(name: str, raw: object) -> bool | int | float | None:
    """Give a value in its parameter's own type, or nothing where it is none of its values."""
    if name == "do_sample":
        return raw if isinstance(raw, bool) else _FLAGS.get(_number(raw))
    number = _number(raw)
    if name == "top_k" and number == -1:
        number = 0.0
    if number is None or not RANGES[name].low <= number <= RANGES[name].high:
        return None
    if name in WHOLE:
        return int(number) if number.is_integer() else None
    return number


def _number(raw: object) -> float | None:
    """Read a finite number; some tools, and people, save them as texts."""
    if isinstance(raw, str) and len(raw) <= 40 and _NUMBER.fullmatch(raw.strip()):
        raw = float(raw)
    if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not math.isfinite(raw):
        return None
    return float(raw)


def _shown(value: object) -> str:
    """Write a number or a switch; texts and lists may be long, and are somebody else's words."""
    if isinstance(value, bool):
        return str(value).lower()
    number = _number(value)
    if number is None:
        return str(value) if isinstance(value, float) else ""
    return str(int(number)) if number.is_integer() and abs(number) < 1e16 else f"{number:.6g}"


def _is_off(key: str, value: object) -> bool:
    if key == "do_sample":
        return _value(key, value) is True
    # A list or a text where a number belongs asks for nothing as long as it is empty.
    if value is None or value is False or value in ("", [], {}):
        return True
    number = _number(value)
    return number is not None and number in OFF.get(key, (0,))


def _name(preset: Mapping[str, object], filename: str) -> str:
    stem = re.split(r"[/\\]", filename)[-1]
    ending = next((ending for ending in _ENDINGS if stem.casefold().endswith(ending)), "")
    stem = stem[: len(stem) - len(ending)]
    return _first_line((preset.get("name"), preset.get("preset"), stem), MAX_NAME) or _UNNAMED


def _first_line(found: tuple[object, ...], limit: int) -> str:
    lines = (_line(text, limit) for text in found if isinstance(text, str))
    return next((line for line in lines if line), "")


def _line(text: str, limit: int) -> str:
    """Make one line that can be shown and stored: no control or invisible characters, no halves of surrogate pairs."""
    text = "".join(
        " " if character.isspace() or unicodedata.category(character) == "Cc" else character
        for character in unicodedata.normalize("NFC", text[: limit * 100])
        if character.isspace() or unicodedata.category(character) not in {"Cf", "Cs", "Co", "Cn"}
    )
    return " ".join(text.split())[:limit].strip()
