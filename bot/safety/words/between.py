"""What stands between the words of a phrase and says nothing: Markdown, quotes, emoji, a quoted line's `>`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from bot.safety.words.normalise import View

_MOST_SIGNS = 12
_EMOJI = "\u2190-\u23ff\u25a0-\u27bf\u2900-\u2bff\u3030\U0001f000-\U0001faff"
_SIGNS = rf"*_~|`\\>#\"'“”„«»{_EMOJI}"
_NEIGHBOURS = re.compile(r"(?=(?<![^\W_])([^\W_]+) ([^\W_]+))")
_WORD = re.compile(r"[^\W_]+")

Place = tuple[int, int]


class Between:
    """Knows which words stand side by side in phrases.

    Args:
        phrases: The phrases, folded; only what a space divides in them is looked at.
        commas: Whether commas say nothing either; in honest text they divide what is listed: “group, sex and age”.
    """

    def __init__(self, phrases: Iterable[str], *, commas: bool) -> None:
        signs = _SIGNS + "," * commas
        gap = f"[{signs}][ {signs}]{{0,{_MOST_SIGNS - 1}}}"
        self._neighbours = frozenset((pair[1], pair[2]) for form in phrases for pair in _NEIGHBOURS.finditer(form))
        self._seconds = frozenset(second for _, second in self._neighbours)
        begins = "".join(sorted({second[0] for second in self._seconds}))
        self._before_second = re.compile(f"{gap}(?=[0-9{begins}])")
        self._before_any = re.compile(rf"{gap}(?=[^\W_])")
        self._so_far = re.compile(rf"{gap}(?=[^\W_]|\Z)")

    def joined(self, view: View, reads: Collection[str]) -> View | None:
        """Give a view with a space for all signs between two words; None where they divide no two of a phrase.

        Args:
            view: The view of a folded text.
            reads: That text as its words may be read, character for character.
        """
        text = view.text
        if any(self._are_neighbours(read, gap) for gap in _gaps(text, self._before_second) for read in reads):
            return _with_spaces(view, list(_gaps(text, self._before_any)))
        return None

    def joined_so_far(self, view: View) -> View:
        """Give the view of a text that may go on with a space for signs between two words and behind the last one."""
        gaps = list(_gaps(view.text, self._so_far))
        return _with_spaces(view, gaps) if gaps else view

    def _are_neighbours(self, text: str, gap: Place) -> bool:
        second = _WORD.match(text, gap[1])
        if second is None or second[0] not in self._seconds:
            return False
        start = gap[0]
        while start and text[start - 1].isalnum():
            start -= 1
        return (text[start : gap[0]], second[0]) in self._neighbours


def _gaps(text: str, pattern: re.Pattern[str]) -> Iterator[Place]:
    for gap in pattern.finditer(text):
        start = gap.start()
        if start and text[start - 1] == " ":
            start -= 1
        if start and text[start - 1].isalnum():
            yield start, gap.end()


def _with_spaces(view: View, gaps: Sequence[Place]) -> View:
    text, starts = view.text, [0, *(end for _, end in gaps)]
    pieces = list(zip(starts, [*(start for start, _ in gaps), len(text)], strict=True))
    kept = [place for start, end in pieces for place in range(start, end + 1)]
    return View(" ".join(text[start:end] for start, end in pieces), view, kept[:-1])
