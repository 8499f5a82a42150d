"""Floods: one character over and over, letters beneath heaps of marks, walls of emoji and of nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.safety.patterns.spans import Span

REPEATED = 50
"""So many of one character in a row are a flood."""
MARKS = 4
"""So many marks on one letter are; the most that a language writes in these blocks are three."""
EMOJI = 20
"""So many emoji in a row are a wall."""
LINES = 12
"""So many line ends with nothing between them are a wall."""

_MARK = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_BASE = "\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001f3fa\U0001f400-\U0001faff"
_JOINT = "\u200d\ufe0f\U0001f3fb-\U0001f3ff"
_ELEMENT = f"[{_BASE}](?:[{_JOINT}]? |[{_JOINT}]{{0,2}})"
_EMOJI = re.compile(f"((?:{_ELEMENT}){{{EMOJI}}})((?:{_ELEMENT})*)")
_ONE_EMOJI = re.compile(_ELEMENT)
_MARKS = re.compile(f"([^{_MARK}]?[{_MARK}]{{{MARKS}}})([{_MARK}]*)")
_ONE_MARK = re.compile(f"[{_MARK}]")
_LINE = r"[^\S\n]{0,4}\n"
_LINES = re.compile(f"((?:{_LINE}){{{LINES}}})((?:{_LINE})*)")
_ONE_LINE = re.compile(_LINE)
_EMOJI_AT_END = re.compile(f"[{_BASE}{_JOINT}][{_BASE}{_JOINT} ]*\\Z")
_MARKS_AT_END = re.compile(f"[^{_MARK}]?[{_MARK}]{{1,{MARKS + 1}}}\\Z")
_SEEN = 64
_BLANKS = frozenset("\u200b\u2800\u3164\u115f\u1160\uffa0")
MARK_HINT = (
    r"[\x{0300}-\x{036f}\x{0483}-\x{0489}\x{1ab0}-\x{1aff}\x{1dc0}-\x{1dff}\x{20d0}-\x{20ff}\x{fe20}-\x{fe2f}]"
    r"|[\x{2600}-\x{27bf}\x{2b00}-\x{2bff}\x{1f000}-\x{1faff}]"
)
"""A mark or an emoji, for RE2."""


class FloodPattern:
    """Finds one character over and over, and walls of nothing.

    The first piece that is long enough is one find, and everything that goes on with it is a find of its own: so a
    flood has no longest length, and what is found at a place depends on fewer than 64 characters before it.
    """

    def spans(self, text: str) -> Iterator[Span]:
        """Give the floods in a text."""
        yield from _repeated(text)
        if text.count("\n") >= LINES:
            yield from _walls(text, _LINES, _ONE_LINE, "blank-wall")

    def undecided(self, text: str) -> int:
        """Give where what may become a flood, or its next piece, begins."""
        tail = text[-_SEEN:]
        same = len(tail) - len(tail.rstrip(tail[-1:] or None))
        blank = len(tail) - len(tail.rstrip())
        return len(text) - max(same if same < REPEATED else 0, blank)


class MarkPattern:
    """Finds walls of emoji, and letters beneath heaps of marks; piece by piece, as `FloodPattern` does."""

    def spans(self, text: str) -> Iterator[Span]:
        """Give the walls and heaps in a text."""
        yield from _walls(text, _EMOJI, _ONE_EMOJI, "emoji-wall")
        yield from _walls(text, _MARKS, _ONE_MARK, "zalgo")

    def undecided(self, text: str) -> int:
        """Give where what may become one, or its next piece, begins: a mark may follow every letter."""
        tail = text[-_SEEN:]
        if tail.isascii():
            return len(text) - min(len(tail), 1)
        ends = (_EMOJI_AT_END.search(tail), _MARKS_AT_END.search(tail))
        return len(text) - max(1, *(len(tail) - match.start() for match in ends if match), 0)


def _walls(text: str, wall: re.Pattern[str], one: re.Pattern[str], name: str) -> Iterator[Span]:
    for match in wall.finditer(text):
        yield Span(*match.span(1), name)
        yield from (Span(*more.span(), name) for more in one.finditer(text, *match.span(2)))


def _repeated(text: str) -> Iterator[Span]:
    """Look at one character in 25: a flood has two of them in a row that are the same, and all between them."""
    step, covered = REPEATED // 2, 0
    for place in range(0, len(text) - step + 1, step):
        character = text[place]
        if place < covered or text[place + step - 1] != character or text[place : place + step] != character * step:
            continue
        start, end = place, place + step
        while start > covered and text[start - 1] == character:
            start -= 1
        while end < len(text) and text[end] == character:
            end += 1
        covered = end
        if end - start >= REPEATED:
            name = "blank-wall" if character.isspace() or character in _BLANKS else "repeated-character"
            yield Span(start, start + REPEATED, name)
            yield from (Span(more, more + 1, name) for more in range(start + REPEATED, end))
