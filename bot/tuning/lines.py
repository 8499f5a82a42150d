"""Where paragraphs begin in a text whose lines may have been broken to fit a page. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.stories.openings import is_chinese

_BLANK = re.compile(r"\n[ \u3000]*(?:\n[ \u3000]*)+")
_WIDEST = 130
"""Longer lines were broken by nobody."""
_FULL = 0.7
"""Of the lines that another one follows, at least so many are full where lines were broken to fit."""
_SLACK = 0.82
_ENDED = 0.75
"""Where more lines end as sentences do, each is a paragraph, however alike they are in length."""
_NARROWEST = 15
_ENDS = frozenset('.!?…。！？”"’」』')
_LOOKED_AT = 100
"""Characters before a line that tell how it is put to them: a word at the most."""
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class _Joint:
    """Puts lines together that were one."""

    words: frozenset[str]
    """Of the whole text, in small letters: what stands there undivided was divided for the line alone."""
    spaces: bool
    """Words have spaces between them."""

    def join(self, before: str, after: str) -> str:
        if before.endswith("--") or before[-1] in "—–":
            return before + after
        if before[-1] == "-" and after[0].islower():
            whole = _WORD.match(before[before.rfind(" ") + 1 : -1] + after)
            return before[:-1] + after if whole and whole.group().lower() in self.words else before + after
        latin = before[-1].isascii() and before[-1].isalnum() and after[0].isascii() and after[0].isalnum()
        return f"{before} {after}" if self.spaces or latin else before + after


def paragraphs_of_lines(text: str) -> list[str]:
    """Give the paragraphs of a text.

    Lines that were broken to fit a width are put together again; else every line is a paragraph, and stays as it is.

    Args:
        text: Lines that end with line feeds.
    """
    blocks = [block.split("\n") for block in _BLANK.split(text.strip("\n")) if block.strip()]
    width = _width([line for lines in blocks for line in lines])
    if not width or not _is_wrapped(blocks, width):
        return [line.strip() for lines in blocks for line in lines if line.strip()]
    joint = _Joint(words=frozenset(_WORD.findall(text.lower())), spaces=not is_chinese(text[:100_000]))
    indented = _parts_by_indent(blocks)
    return [_joined(part, width, joint) for lines in blocks for part in (_by_indent(lines) if indented else [lines])]


def _width(lines: Sequence[str]) -> int:
    """Give the width that lines were broken at; 0 where they are too long for that."""
    lengths = sorted(len(line.rstrip()) for line in lines)
    width = lengths[int(0.98 * (len(lengths) - 1))] if lengths else 0
    return width if width <= _WIDEST else 0


def _is_wrapped(blocks: Sequence[Sequence[str]], width: int) -> bool:
    """Say whether most lines go on until the next word would not fit."""
    followed = [
        (line, after)
        for lines in blocks
        for line, after in pairwise(lines)
        if not _is_indented(after) or _is_indented(line)
    ]
    full = sum(_is_full(line, after, width) for line, after in followed)
    ended = sum(line.rstrip()[-1:] in _ENDS for line, _ in followed)
    return width >= _NARROWEST and full >= _FULL * len(followed) > 0 and ended < _ENDED * len(followed)


def _is_full(line: str, after: str, width: int) -> bool:
    first = after.split(maxsplit=1)[0] if after.strip() else ""
    needed = 1 if _is_wide(first[:1]) else len(first) + 1
    return len(line.rstrip()) + needed > _SLACK * width


def _parts_by_indent(blocks: Sequence[Sequence[str]]) -> bool:
    """Say whether paragraphs begin with an indent, as where no blank lines part them."""
    inner = [line for lines in blocks for line in lines[1:]]
    indented = sum(map(_is_indented, inner))
    return 0 < indented < 0.6 * len(inner)


def _by_indent(lines: Sequence[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for line in lines:
        if part and _is_indented(line):
            yield part
            part = []
        part.append(line)
    yield part


def _joined(lines: Sequence[str], width: int, joint: _Joint) -> str:
    """Put the lines of a paragraph together; those of a verse stay lines."""
    full = sum(_is_full(line, after, width) for line, after in pairwise(lines))
    if full < (len(lines) - 1) / 2:
        return "\n".join(line.strip() for line in lines)
    done: list[str] = []
    end = ""
    for line in filter(None, (line.strip() for line in lines)):
        end = joint.join(end, line) if end else line
        done.append(end[:-_LOOKED_AT])
        end = end[-_LOOKED_AT:]
    return "".join(done) + end


def _is_indented(line: str) -> bool:
    return line[:1] in {" ", "\u3000"}


def _is_wide(character: str) -> bool:
    return "\u2e80" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff" or "\uff00" <= character <= "\uffef"
