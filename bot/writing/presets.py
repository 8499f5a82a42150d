"""Presets: named ways of writing, read from `config/presets.toml`."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from bot.engine.errors import InvalidSamplingError
from bot.engine.sampling import SamplingParams
from bot.errors import ConfigurationError
from config.checked import read_toml
from config.settings import CONFIG_DIR

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from bot.store.presets import StoredPreset

DEFAULT_PRESET = "balanced"


class Preset(BaseModel):
    """A named way of writing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    meaning: str = Field(min_length=1, max_length=100)
    """One line, in English; a key of the message catalogues."""
    values: dict[str, bool | int | float] = Field(default_factory=dict)
    """Sampling values by the names of `SamplingParams`; none means the model's own recommendation."""
    own: bool = False
    """A server made it: its words are in no message catalogue."""

    @field_validator("values")
    @classmethod
    def _possible(cls, values: dict[str, Any]) -> dict[str, Any]:
        unknown = values.keys() - set(SamplingParams.__dataclass_fields__)
        if unknown:
            msg = f"there is no sampling parameter called {', '.join(sorted(unknown))}"
            raise ValueError(msg)
        try:
            replace(SamplingParams(), **values)
        except InvalidSamplingError as error:
            raise ValueError(str(error)) from None
        return values


def load_presets(path: Path = CONFIG_DIR / "presets.toml") -> Mapping[str, Preset]:
    """Read the presets, in the order of the file.

    Raises:
        ConfigurationError: the file cannot be read, or a preset in it cannot be used.
    """
    presets = read_toml(path, TypeAdapter(dict[str, Preset]))
    if DEFAULT_PRESET not in presets:
        raise ConfigurationError(problem=f"{path.name}: {DEFAULT_PRESET}, the default, is missing")
    return MappingProxyType(presets)


def own_presets(stored: Iterable[StoredPreset]) -> Mapping[str, Preset]:
    """Give a server's own presets; one whose values are not allowed any more is passed over."""
    presets = {}
    for each in stored:
        try:
            presets[each.name] = Preset(meaning=each.meaning, values=dict(each.sampling), own=True)
        except ValidationError:
            continue
    return presets
