"""Plain text as the turns of a story."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePosixPath

from bot.sentences import split
from bot.stories.branch import PARTED_BY
from bot.stories.exports.errors import EmptyStoryFileError, TooManyTurnsError
from bot.stories.exports.file import LETTERS_LIMIT, TITLE_LETTERS, TURNS_LIMIT, FileTurn, Person, StoryFile
from bot.stories.openings import is_chinese, read_prompt
from bot.turns import TurnKind

_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_MARKED_TITLE = re.compile(r"(?P<underlined>[^\n]+)\n=+[ \t]*$|#[ \t]+(?P<headed>[^\n]+)$")
_HEADING_LETTERS = 80
_SENTENCE_ENDS = ".!?…。！？:：,，;；"


def read_paragraphs(text: str, *, filename: str, now: datetime) -> StoryFile:
    """Read plain text: a first line that is underlined, or short and without a sentence's end, is the title.

    Every paragraph is a turn.

    Raises:
        EmptyStoryFileError: there is not a word in it.
        TooManyTurnsError: it has more paragraphs than are taken.
    """
    title, text, underlined = _titled(text, filename)
    parts = [part for block in _BLANK_LINES.split(text) for part in in_turns(block)]
    if not underlined:
        parts = _with_an_opening(parts)
    if not parts:
        raise EmptyStoryFileError
    if len(parts) > TURNS_LIMIT:
        raise TooManyTurnsError(count=len(parts), limit=TURNS_LIMIT)
    turns = tuple(
        FileTurn(
            id=number,
            parent=number - 1 or None,
            kind=TurnKind.PROMPT,
            seat=1,
            text=part,
            created_at=now,
            details={PARTED_BY: "\n\n"} if number > 1 else {},
        )
        for number, part in enumerate(parts, start=1)
    )
    people = (Person(seat=1, name=""),)
    return StoryFile(title=title, language=language_of(parts), people=people, turns=turns, head=len(turns))


def in_turns(text: str) -> list[str]:
    """Give a text as the turns that it needs: one, verbatim, unless it is too long for that."""
    if len(text) <= LETTERS_LIMIT:
        return [text] if text.strip() else []
    return split(text, LETTERS_LIMIT)


def language_of(texts: Iterable[str]) -> str:
    """Say in which language words are, of the two that people are spoken to in."""
    sample = ""
    for text in texts:
        sample += text[:2000]
        if len(sample) >= 2000:
            break
    return "zh-CN" if is_chinese(sample) else "en"


def title_of_file(filename: str) -> str:
    """Make a title of a file's name."""
    stem = PurePosixPath(filename.replace("\\", "/")).name.rpartition(".")[0] or filename
    return " ".join(stem.replace("_", " ").split())[:TITLE_LETTERS]


def _titled(text: str, filename: str) -> tuple[str, str, bool]:
    """Give the title, the story, and whether the title is underlined, as in a file of ours."""
    first, *rest = _BLANK_LINES.split(text.strip(), maxsplit=1)
    if rest and (marked := _MARKED_TITLE.match(first)):
        return (marked["underlined"] or marked["headed"]).strip()[:TITLE_LETTERS], rest[0], bool(marked["underlined"])
    heading = 0 < len(first) <= _HEADING_LETTERS and "\n" not in first and first[-1] not in _SENTENCE_ENDS
    if heading and rest:
        return first, rest[0], False
    return title_of_file(filename), text.strip(), False


def _with_an_opening(parts: list[str]) -> list[str]:
    """Let a heading that reads like a topic be part of the story: with the next paragraph it is none.

    A wish stays one, before the story.
    """
    if len(parts) > 1 and not read_prompt(parts[0]).opening and len(parts[0]) + len(parts[1]) < LETTERS_LIMIT:
        together = f"{parts[0]}\n\n{parts[1]}"
        if read_prompt(together).opening:
            return [together, *parts[2:]]
    return parts
