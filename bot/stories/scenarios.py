"""The library of scenarios, read from `config/scenarios.toml`: what a story game can begin with, in two languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, model_validator

from bot.games import GameKind
from bot.lore import EntryDraft
from bot.scenarios import Scenario
from config.checked import read_toml
from config.settings import CONFIG_DIR

Name = Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*$", max_length=40)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\r\n]*$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Key = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50, pattern=r"^[^\r\n,，、;；]*$")
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Entry(_Part):
    keys: tuple[Key, ...] = Field(min_length=1, max_length=10)
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class _Scenario(_Part):
    game: GameKind
    title: Line
    genre: Line
    opening: Text
    memory: Text | None = None
    world: tuple[_Entry, ...] = Field(default=(), max_length=20)

    def named(self, name: str) -> Scenario:
        return Scenario(
            name=name,
            kind=self.game,
            title=self.title,
            genre=self.genre,
            opening=self.opening,
            memory=self.memory or "",
            world=tuple(EntryDraft(keys=entry.keys, text=entry.text) for entry in self.world),
        )


class _File(_Part):
    """What stands in the file."""

    en: dict[Name, _Scenario] = Field(default_factory=dict)
    zh: dict[Name, _Scenario] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _no_name_twice(self) -> Self:
        if twice := sorted(self.en.keys() & self.zh.keys()):
            msg = f"{twice[0]} stands in both languages, and a name is for one scenario"
            raise ValueError(msg)
        return self


@dataclass(frozen=True, slots=True)
class Library:
    """The scenarios there are, by name, in the order of the file."""

    english: Mapping[str, Scenario]
    chinese: Mapping[str, Scenario]

    def get(self, name: str) -> Scenario | None:
        """Give the scenario of a name, in whichever language."""
        return self.english.get(name) or self.chinese.get(name)

    def spoken(self, *, chinese: bool) -> tuple[Scenario, ...]:
        """Give the scenarios of one language."""
        return tuple((self.chinese if chinese else self.english).values())


def load_scenarios(path: Path = CONFIG_DIR / "scenarios.toml") -> Library:
    """Read the library.

    Raises:
        ConfigurationError: the file cannot be read, or something in it cannot be used.
    """
    file = read_toml(path, TypeAdapter(_File))
    languages = ({name: each.named(name) for name, each in found.items()} for found in (file.en, file.zh))
    return Library(*(MappingProxyType(found) for found in languages))
