"""A story as JSON, with all that it holds: what is read is written again byte for byte."""

from __future__ import annotations

import json
import math

from pydantic import ValidationError

from bot.stories.exports.errors import (
    DamagedStoryFileError,
    NewerStoryFileError,
    StoryFileError,
    TooManyTurnsError,
)
from bot.stories.exports.file import FORM, TURNS_LIMIT, VERSION, StoryFile

_DIGITS = 19  # what a database counts with


def write_json(file: StoryFile) -> bytes:
    """Write a story, the same one always as the same bytes."""
    content = file.model_dump(mode="json")
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    return f"{text}\n".encode()


def parse(text: str) -> object:
    """Read JSON of which every number can be kept.

    Raises:
        StoryFileError: it is none, is nested too deeply, or holds other numbers.
    """
    try:
        found: object = json.loads(text, parse_constant=_refuse, parse_int=_whole, parse_float=_finite)
    except (ValueError, RecursionError):
        raise StoryFileError from None
    return found


def read_json(text: str) -> StoryFile:
    """Read a story that `write_json` wrote.

    Args:
        text: JSON that `parse` took.

    Raises:
        NewerStoryFileError: it is in a form that is not known yet.
        TooManyTurnsError: it has more turns than are taken.
        DamagedStoryFileError: it does not hold together.
    """
    found = parse(text)
    if not isinstance(found, dict) or found.get("form") != FORM:
        raise StoryFileError
    version, turns = found.get("version"), found.get("turns")
    if type(version) is int and version > VERSION:
        raise NewerStoryFileError
    if isinstance(turns, list) and len(turns) > TURNS_LIMIT:
        raise TooManyTurnsError(count=len(turns), limit=TURNS_LIMIT)
    try:
        return StoryFile.model_validate_json(text)
    except ValidationError as error:
        raise DamagedStoryFileError(place=_place(error)[:60]) from None


def _place(error: ValidationError) -> str:
    """Name the first place where something is wrong; turns are counted as everywhere else, from 1."""
    first = error.errors(include_url=False)[0]
    place = [str(step + 1) if isinstance(step, int) else step for step in first["loc"]]
    found = first.get("ctx", {}).get("error")
    return ".".join(place) or (str(found) if isinstance(found, ValueError) else "turns")


def _refuse(_: str) -> float:
    raise ValueError


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > _DIGITS:
        raise ValueError
    return int(digits)


def _finite(digits: str) -> float:
    if not math.isfinite(number := float(digits)):
        raise ValueError
    return number
