"""A branch of a story as markup that is both HTML and XHTML: nothing that somebody typed can be more than text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence

from bot.stories.branch import pieces
from bot.stories.exports.file import FileTurn
from bot.stories.exports.labels import Labels

COLOURS = 7
"""People's colours; the eighth person has the first one's."""
_BRIEF_LETTERS = 30  # where people add a word each, names would bury the words: a coloured line says it
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PARAGRAPH = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


def colour_of(seat: int) -> str:
    """Give the class of a seat's colour."""
    return f"w{(seat - 1) % COLOURS + 1}" if seat else "w0"


def escape(text: str) -> str:
    """Make text of what was typed: no markup, and no character that XML has not."""
    return html.escape(_NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def heading(title: str) -> str:
    """Make a heading of a title: one line, and never nothing."""
    return escape(" ".join(title.split())).strip() or "…"


def paragraphs(names: Mapping[int, str], labels: Labels, branch: Sequence[FileTurn], *, hidden: bool) -> list[str]:
    """Give a branch as paragraphs, in which every passage knows its writer.

    Args:
        names: Who has which seat.
        labels: The words of ours.
        branch: From a beginning on.
        hidden: Whether passages that are hidden from the model stand there too.
    """
    words = [(turn, turn.text if turn.hidden and hidden else text) for turn, text in pieces(branch)]
    return _paragraphs(names, labels, words)


def stretch(names: Mapping[int, str], labels: Labels, turns: Sequence[FileTurn]) -> list[str]:
    """Give turns that follow one another, of whatever branch, as paragraphs."""
    return _paragraphs(names, labels, [(turn, turn.text) for turn in turns])


def _paragraphs(names: Mapping[int, str], labels: Labels, words: Sequence[tuple[FileTurn, str]]) -> list[str]:
    found, line = [], ""
    for turn, text in words:
        named = False
        for number, part in enumerate(_split(text)):
            if number and line:
                found.append(f"<p>{line.strip()}</p>")
                line = ""
            if part.strip():
                line += _passage(names, labels, turn, part, named=named)
                named = True
            elif part:
                line += " "
    return [*found, f"<p>{line.strip()}</p>"] if line.strip() else found


def _split(text: str) -> Iterator[str]:
    yield from _PARAGRAPH.split(text.replace("\r\n", "\n").replace("\r", "\n"))


def _passage(names: Mapping[int, str], labels: Labels, turn: FileTurn, text: str, *, named: bool) -> str:
    """Give a passage, isolated so that no mark of direction in it reaches beyond it; its writer once, at its start."""
    writer = escape(names[turn.seat])
    title = f"{writer} – {escape(labels.hidden)}" if turn.hidden else writer
    kind, note, place = colour_of(turn.seat), "", "" if named else f' id="t{turn.id}"'
    kinds = f"{kind} hidden" if turn.hidden else kind
    if len(text) < _BRIEF_LETTERS:
        kinds += " brief"
    elif not named:
        note, place = f'<span class="who {kind}"{place}><bdi>{title}</bdi> {turn.id}</span>', ""
    lead, body = text[: len(text) - len(text.lstrip())], text.strip()
    space = "<br/>" if "\n" in lead else " " if lead else ""
    tail = " " if text[-1:].isspace() else ""
    lines = escape(body).replace("\n", "<br/>")
    return f'{space}{note}<bdi class="{kinds}"{place} title="{title}">{lines}</bdi>{tail}'
