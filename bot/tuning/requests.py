"""How people ask for stories, read from `config/tuning/requests.toml`."""

from __future__ import annotations

import random
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

from bot.tuning.subjects.subject import Subject
from config.checked import read_toml
from config.settings import CONFIG_DIR

REQUESTS_FILE = CONFIG_DIR / "tuning" / "requests.toml"
_PLACES = frozenset({"subject", "word", "title", "inner_title", "beginning", "other", "other_title"})
_AS_WRITTEN = 0.25
_ALL_SMALL = 0.5


def _places(template: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name is not None)


def _checked(template: str) -> str:
    places = _places(template)
    if unknown := places - _PLACES:
        msg = f"{{{min(unknown)}}} is not known; known are {', '.join(sorted(_PLACES))}"
        raise ValueError(msg)
    if not places - {"other", "other_title"}:
        msg = "it names no subject"
        raise ValueError(msg)
    return template


Template = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\r\n]*$"), AfterValidator(_checked)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Group(_Part):
    """Templates of one kind."""

    share: int = Field(ge=1, le=1000)
    templates: tuple[Template, ...] = Field(min_length=1)


class Language(_Part):
    """The requests of one language."""

    vague: frozenset[str] = frozenset()
    groups: Mapping[str, Group] = Field(min_length=1)

    def request(self, subjects: Sequence[Subject], chance: random.Random) -> str:
        """Ask for a story as somebody might, about the first of the subjects.

        Args:
            subjects: What the story is about, at least one.
            chance: What draws the template, and how carefully it is typed.
        """
        filled = _Filled.of(subjects)
        groups = [(group, filled.fitting(group.templates)) for group in self.groups.values()]
        groups = [(group, fitting) for group, fitting in groups if fitting]
        if not groups:
            return subjects[0].phrase
        (_, templates), *_ = chance.choices(groups, [group.share for group, _ in groups])
        return as_typed(chance.choice(templates).format(**filled.values), chance)


class Requests(_Part):
    """What stands in the file."""

    english: Language
    chinese: Language


@dataclass(frozen=True, slots=True)
class _Filled:
    """What stands in for the places of a template."""

    values: Mapping[str, str]

    @classmethod
    def of(cls, subjects: Sequence[Subject]) -> Self:
        first, *others = subjects
        values = {
            "subject": first.phrase,
            "word": first.word,
            "title": first.title,
            "inner_title": _within_title(first.title),
        }
        if first.begins:
            values["beginning"] = first.phrase
        if others:
            values |= {"other": others[0].phrase, "other_title": _within_title(others[0].title)}
        return cls(values)

    def fitting(self, templates: Sequence[str]) -> list[str]:
        return [template for template in templates if _places(template) <= self.values.keys()]


def _within_title(title: str) -> str:
    return title.replace("The ", "the ", 1)


def load_requests(path: Path = REQUESTS_FILE) -> Requests:
    """Read the requests.

    Raises:
        ConfigurationError: the file cannot be read, or something in it cannot be used.
    """
    return read_toml(path, TypeAdapter(Requests))


def as_typed(request: str, chance: random.Random) -> str:
    """Type a request as carelessly as people do: seldom with capitals and a full stop, often without either.

    Args:
        request: As it is written in a book.
        chance: What draws the care.
    """
    request = request[:1].upper() + request[1:]
    care = chance.random()
    if care < _AS_WRITTEN:
        return request
    request = request.removesuffix(".")
    return request.lower() if care < _AS_WRITTEN + _ALL_SMALL else request
