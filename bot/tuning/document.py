"""A text to learn from."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PARAGRAPH_BREAK = "\n\n"
"""What stands between paragraphs: also what parts the turns of a story that was imported."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A text that is learned from as a whole: a book, a story, a row of a table."""

    name: str
    """What it is called in reports: the file, and the line where a file has several."""
    text: str
    """As it stands in the file; once it is prose, paragraphs with `PARAGRAPH_BREAK` between them."""
    source: Path
    """The file that it comes from."""
    request: str = ""
    """What somebody typed to get this text; empty where that is not known."""
    left_out: tuple[str, ...] = ()
    """Parts of the file that were taken for no part of the story, by name."""
    prose: bool = False
    """It is a story as it is to be told, in which nothing is a heading or a licence."""


def legible(name: str) -> str:
    """Give a file's name so that it can be shown and written: the disk may hold bytes that are no text."""
    return os.fsencode(name).decode("utf-8", "replace")


def paragraphs_of(text: str) -> list[str]:
    """Give the paragraphs of prose."""
    return [paragraph for paragraph in text.split(PARAGRAPH_BREAK) if paragraph.strip()]
