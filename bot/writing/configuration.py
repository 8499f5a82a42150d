"""All that an operator edits, read and checked as a whole: the settings, and the files beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from bot.errors import N_
from bot.safety.words.lexicon import Lexicon, load_words
from bot.stories.scenarios import Library, load_scenarios
from bot.stories.voices import Voices, load_voices
from bot.writing.presets import Preset, load_presets
from config.settings import CONFIG_DIR, PREFIX, Section, Settings

_LIVE = frozenset({"limits", "writing", "model", "allowed_models", "log.prompts"})
"""Settings and sections that a running bot can take over; all others are read once, at the start."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """What is different in a configuration."""

    settings: tuple[tuple[str, str, str], ...]
    """Settings that a running bot takes over: name, value before, value after."""
    files: tuple[str, ...]
    """What was changed in the files, in words that are keys of the message catalogues."""
    restart: tuple[str, ...]
    """Settings that hold from the next start on, by name; their values may be secret."""

    def __bool__(self) -> bool:
        return bool(self.settings or self.files or self.restart)


@dataclass(frozen=True, kw_only=True, slots=True)
class Configuration:
    """Settings, presets, voices, scenarios and words that belong together."""

    settings: Settings
    presets: Mapping[str, Preset]
    voices: Voices
    scenarios: Library
    lexicon: Lexicon

    @classmethod
    def read(cls, settings: Settings, folder: Path = CONFIG_DIR) -> Self:
        """Read the files that stand beside the settings; blocks meanwhile.

        Args:
            settings: They are taken as they are.
            folder: Where the files are.

        Raises:
            ConfigurationError: a file cannot be read, or something in it cannot be used.
        """
        return cls(
            settings=settings,
            presets=load_presets(folder / "presets.toml"),
            voices=load_voices(folder / "voices.toml"),
            scenarios=load_scenarios(folder / "scenarios.toml"),
            lexicon=Lexicon(load_words(folder / "words" / "lexicon.toml")),
        )

    def with_model(self, name: str) -> Self:
        """Give the same with another default model."""
        return replace(self, settings=self.settings.model_copy(update={"model": name}))

    def taking_over(self, new: Configuration) -> Self:
        """Give what holds when a running bot takes over as much of another configuration as it can."""
        live = {name: getattr(new.settings, name) for name in _LIVE if "." not in name}
        log = self.settings.log.model_copy(update={"prompts": new.settings.log.prompts})
        settings = self.settings.model_copy(update={**live, "log": log})
        return replace(
            self,
            settings=settings,
            presets=new.presets,
            voices=new.voices,
            scenarios=new.scenarios,
            lexicon=new.lexicon,
        )

    def changes(self, new: Configuration) -> Changes:
        """Say what is different in another configuration."""
        before, after = dict(_values(self.settings)), dict(_values(new.settings))
        different = [name for name in before if before[name] != after[name]]
        files = {
            N_("presets"): self.presets == new.presets,
            N_("genres and tones"): self.voices == new.voices,
            N_("scenarios"): self.scenarios == new.scenarios,
            N_("word lists"): self.lexicon.words == new.lexicon.words,
        }
        return Changes(
            settings=tuple(
                (_name(name), _shown(before[name]), _shown(after[name])) for name in different if _live(name)
            ),
            files=tuple(name for name, same in files.items() if not same),
            restart=tuple(_name(name) for name in different if not _live(name)),
        )


def _values(settings: Settings) -> Iterator[tuple[str, object]]:
    """Give every single setting by its name, with a dot behind its section."""
    for name, value in settings:
        if isinstance(value, Section):
            yield from ((f"{name}.{key}", inner) for key, inner in value)
        else:
            yield name, value


def _live(name: str) -> bool:
    return name in _LIVE or name.partition(".")[0] in _LIVE


def _name(name: str) -> str:
    """Give a setting's name in the environment."""
    return "DISCORD_TOKEN" if name == "discord_token" else f"{PREFIX}{name.upper().replace('.', '__')}"


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) or "–" if isinstance(value, tuple) else str(value)
