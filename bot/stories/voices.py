"""Genres and tones, read from `config/voices.toml`: how a story in that voice begins."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from bot.errors import ConfigurationError
from bot.stories.sentences import last_sentence_end
from config.settings import CONFIG_DIR

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Name = Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*$", max_length=30)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=240, pattern=r"^[^\r\n]*$")]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Tone(_Entry):
    """How a tone sounds, in one language."""

    sentence: Line
    """A sentence in this voice; it fits behind any genre's."""

    @field_validator("sentence")
    @classmethod
    def _finished(cls, sentence: str) -> str:
        if last_sentence_end(sentence) != len(sentence):
            msg = "a sentence ends with a full stop, an exclamation mark or a question mark"
            raise ValueError(msg)
        return sentence


class Genre(Tone):
    """How a story of a genre begins, in one language."""

    title: Line
    """What could stand over it."""
