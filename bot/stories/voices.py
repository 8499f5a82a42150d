"""Genres and tones, read from `config/voices.toml`: how a story in such a voice begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, field_validator

from bot.sentences import last_sentence_end
from config.checked import read_toml
from config.settings import CONFIG_DIR

CHOICES = 25
"""More than these cannot be offered to choose from."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*$", max_length=30)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=240, pattern=r"^[^\r\n]*$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ToneText(_Part):
    """A tone, in one language."""

    sentence: Line
    """What sounds like it, wherever it stands."""

    @field_validator("sentence")
    @classmethod
    def _finished(cls, sentence: str) -> str:
        if last_sentence_end(sentence) != len(sentence):
            msg = "a sentence ends with a full stop or its like"
            raise ValueError(msg)
        return sentence


class GenreText(ToneText):
    """How a story of a genre begins, in one language."""

    title: Line
    """What may stand over it."""


Text = TypeVar("Text", bound=ToneText)


class Voice(_Part, Generic[Text]):
    """A genre or a tone."""

    meaning: str = Field(min_length=1, max_length=80)
    """One line, in English; a key of the message catalogues."""
    en: Text
    zh: Text

    def text(self, *, chinese: bool) -> Text:
        """Give it in the language of a story."""
        return self.zh if chinese else self.en


class _File(_Part):
    """What stands in the file."""

    genres: dict[Name, Voice[GenreText]] = Field(max_length=CHOICES)
    tones: dict[Name, Voice[ToneText]] = Field(max_length=CHOICES)


@dataclass(frozen=True, slots=True)
class Voices:
    """What a person can choose from, by name, in the order of the file."""

    genres: Mapping[str, Voice[GenreText]]
    tones: Mapping[str, Voice[ToneText]]


def load_voices(path: Path = CONFIG_DIR / "voices.toml") -> Voices:
    """Read the genres and tones.

    Raises:
        ConfigurationError: the file cannot be read, or something in it cannot be used.
    """
    file = read_toml(path, TypeAdapter(_File))
    return Voices(MappingProxyType(file.genres), MappingProxyType(file.tones))


def lead(voices: Voices, genre: str | None, tone: str | None, *, chinese: bool) -> str:
    """Give what stands before a story for the model alone: a title, a blank line, and a sentence of each voice.

    Args:
        voices: What there is.
        genre: A name; one that is not there any more is as good as none, for a story may outlive it.
        tone: Likewise.
        chinese: The language of the story.

    Returns:
        Text that ends where a sentence does, without a space behind it; empty without a genre and a tone.
    """
    chosen = voices.genres.get(genre or ""), voices.tones.get(tone or "")
    texts = [voice.text(chinese=chinese) for voice in chosen if voice]
    sentences = ("" if chinese else " ").join(text.sentence for text in texts)
    return "\n\n".join([*(text.title for text in texts if isinstance(text, GenreText)), sentences])


def put_before(begun: str, text: str, *, chinese: bool) -> str:
    """Put a lead before a story; before one that is yet to begin it leaves no space behind it."""
    return begun + ("" if chinese or not begun or not text else " ") + text


def request_beside(*, chinese: bool) -> str:
    """Say what a model that follows instructions is asked for when a lead stands before the story.

    The lead says the rest. To put it into the request as well, as the story's first words, makes a small model talk
    about it instead: measured with smollm2-135m, 55 of 100 stories had to be mended then, and 3 with this.
    """
    return "写一个短篇故事。" if chinese else "Write a short story."
