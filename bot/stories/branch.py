"""What a branch of a story says: the turns on the way from its root to one of them, put together. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

from bot.stories.openings import read_prompt
from bot.turns import Turn

PARTED_BY = "parted_by"
"""The name, among a turn's details, of what stands between it and the text before; without it the words decide."""


class Passage(Protocol):
    """A turn, in the store or in a file."""

    @property
    def text(self) -> str:
        """Its words."""
        ...

    @property
    def hidden(self) -> bool:
        """Whether it is no part of the text."""
        ...

    @property
    def details(self) -> Mapping[str, object]:
        """What else is kept of it."""
        ...


P = TypeVar("P", bound=Passage)


def join(before: str, after: str) -> str:
    """Put a continuation behind a text with the space that stands between them, and no more."""
    if not before or not after or before[-1].isspace() or after[0].isspace():
        return before + after
    if before[-1] in '.!?…"”’' and after[0].isalnum() and after[0].isascii():
        return f"{before} {after}"
    return before + after


def text_of(branch: Sequence[Passage]) -> str:
    """Give a branch as one text, from its opening on; a wish for a story is no part of it, nor is a hidden turn.

    Args:
        branch: From the root on; at least the root.
    """
    return "".join(words for _, words in pieces(branch))


def pieces(branch: Sequence[P]) -> list[tuple[P, str]]:
    """Give what each turn of a branch adds to its text, with what parts it from the text before.

    Args:
        branch: From the root on; at least the root.
    """
    found, last = [], ""
    for turn in branch:
        words = "" if turn.hidden else _added(turn, last, root=turn is branch[0])
        found.append((turn, words))
        last = words[-1:] or last
    return found


def _added(turn: Passage, last: str, *, root: bool) -> str:
    if root:
        return read_prompt(turn.text).opening
    if not last:
        # The space before a turn parts it from the one before, which may be hidden.
        return turn.text.lstrip()
    parted = turn.details.get(PARTED_BY)
    return f"{parted}{turn.text}" if isinstance(parted, str) else join(last, turn.text)[1:]


def transcript(branch: Sequence[Turn], *, markdown: bool) -> str:
    """Give a branch as a file for people: what was asked for, then the story.

    Args:
        branch: From the root on; at least the root.
        markdown: Set what a person typed apart, as a quotation; else as a line of its own.
    """
    typed, text = branch[0].text.strip(), text_of(branch).strip()
    if not text.startswith(typed):
        asked = "\n".join(f"> {line}".rstrip() for line in typed.split("\n")) if markdown else typed
        return f"{asked}\n\n{text}".strip() + "\n"
    return f"{text}\n"
