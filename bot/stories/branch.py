"""What a branch of a story says: the turns on the way from its root to one of them, put together. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from bot.stories.openings import read_prompt
from bot.turns import Turn

PARTED_BY = "parted_by"
"""The name, among a turn's details, of what stands between it and the text before; without it the words decide."""


def join(before: str, after: str) -> str:
    """Put a continuation behind a text with the space that stands between them, and no more."""
    if not before or not after or before[-1].isspace() or after[0].isspace():
        return before + after
    if before[-1] in '.!?…"”’' and after[0].isalnum() and after[0].isascii():
        return f"{before} {after}"
    return before + after


def text_of(branch: Sequence[Turn]) -> str:
    """Give a branch as one text, from its opening on; a wish for a story is no part of it, nor is a hidden turn.

    Args:
        branch: From the root on; at least the root.
    """
    text = "" if branch[0].hidden else read_prompt(branch[0].text).opening
    for turn in branch[1:]:
        if not turn.hidden:
            # The space before a turn parts it from the one before, which may be hidden.
            text = _behind(text, turn) if text else turn.text.lstrip()
    return text


def _behind(text: str, turn: Turn) -> str:
    parted = turn.details.get(PARTED_BY)
    return f"{text}{parted}{turn.text}" if isinstance(parted, str) else join(text, turn.text)


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
