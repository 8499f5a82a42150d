"""A branch of a story as plain text and as Markdown."""

from __future__ import annotations

import re

from bot.games import MODEL_SEAT
from bot.stories.branch import pieces, text_of
from bot.stories.exports.file import FileTurn, StoryFile
from bot.stories.exports.labels import Labels

_TAG = re.compile(r"<(?=[a-zA-Z/!?])")
_MARKS = re.compile(r"([\\`*_\[\]<>#|~])")


def plain_text(file: StoryFile, *, at: int | None = None) -> str:
    """Give a branch as plain text: the title, underlined, then the story.

    Args:
        file: The story.
        at: The turn that the branch ends with; None is where the story stands.
    """
    branch = file.branch(at)
    title = _in_one_line(file.title)
    parts = [f"{title}\n{'=' * len(title)}", wish_of(branch), text_of(branch).strip()]
    return "\n\n".join(filter(None, parts)) + "\n"


def markdown(file: StoryFile, labels: Labels, *, at: int | None = None) -> str:
    """Give a branch as Markdown: title, authors, the story; what people wrote stands after their names.

    A tag that somebody typed is shown, not obeyed; other marks stay as they were typed.

    Args:
        file: The story.
        labels: The words of ours.
        at: The turn that the branch ends with; None is where the story stands.
    """
    branch = file.branch(at)
    parts = [f"# {_literal(file.title)}", f"*{_literal(labels.byline(file))}*"]
    if wish := wish_of(branch):
        parts.append("\n".join(f"> {line}".rstrip() for line in _text(wish).split("\n")))
    names = labels.names(file)
    for seat, text in _stretches(branch):
        before = "" if seat == MODEL_SEAT else f"**{_literal(names[seat])}:** "
        parts.append(f"{before}{_text(text)}")
    return "\n\n".join(parts) + "\n"


def wish_of(branch: tuple[FileTurn, ...]) -> str:
    """Give what was asked for, where a story began with a wish that is no part of it; else nothing."""
    (root, words), *_ = pieces(branch[:1])
    return "" if root.hidden or words else root.text.strip()


def _stretches(branch: tuple[FileTurn, ...]) -> list[tuple[int, str]]:
    """Put together what stands in a row from one seat."""
    found: list[tuple[int, list[str]]] = []
    for turn, words in pieces(branch):
        if found and found[-1][0] == turn.seat:
            found[-1][1].append(words)
        elif words.strip():
            found.append((turn.seat, [words]))
    return [(seat, "".join(texts).strip()) for seat, texts in found]


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def _literal(text: str) -> str:
    return _MARKS.sub(r"\\\1", _in_one_line(text))


def _text(text: str) -> str:
    return _TAG.sub(r"\\<", text)
