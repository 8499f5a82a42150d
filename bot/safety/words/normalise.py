"""Text as a matcher should see it, with a way back to the original."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bot.safety.words.lookalikes import LETTERS
from bot.safety.words.simplified import SIMPLIFIED

_DROPPED = "\ue000"
"""Stands for what is invisible while a text is folded character for character."""
_SEVERAL = "\ue001"
"""Stands for what is folded to several characters."""
_INVISIBLE = frozenset({"Cf", "Mn", "Me", "Cc", "Mc"})
_UNASSIGNED = frozenset({"Cs", "Co"})
_NEVER_READ = _INVISIBLE | _UNASSIGNED
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u180e")
"""Letters by their category that show nothing."""
_UNUSUAL = re.compile(r"[^\t\n\r -~]")
_REPEATED = re.compile(r"(.)\1+", re.DOTALL)
_SPACES = re.compile(" {2,}")


@lru_cache(maxsize=16384)
def fold_character(character: str) -> str:
    """Give what a character stands for: compatibility forms unified, case and accents gone, look-alikes as letters."""
    category = unicodedata.category(character)
    if character.isspace() or category in _NEVER_READ or character in _BLANK or character == "…":
        return _unread(character, category)
    lower = character.casefold()
    # A Greek capital looks like another letter than its small one does; a Cyrillic one is the same in large.
    shape = character if "\u0370" <= character <= "\u03ff" else lower
    letter = LETTERS.get(shape) or LETTERS.get(character)
    if letter is not None:
        return letter
    folded = unicodedata.normalize("NFKD", lower).casefold()
    parts = [LETTERS.get(part, part) for part in folded if unicodedata.category(part) not in _INVISIBLE]
    if len(parts) > 1 and not all(part.isascii() for part in parts):
        return SIMPLIFIED.get(character, character)
    return "".join(SIMPLIFIED.get(part, " " if part.isspace() else part) for part in parts)


def _unread(character: str, category: str) -> str:
    """Fold what is no sign that anybody reads: white space, what is invisible, and what has no meaning of its own."""
    if character.isspace():
        return " "
    if category in _UNASSIGNED:
        return "\ufffd"
    return character if character == "…" else ""


class _Folding(dict[int, str]):
    """What `str.translate` looks characters up in: each is folded when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = fold_character(chr(code))
        if len(folded) != 1:
            folded = _SEVERAL if folded else _DROPPED
        if len(self) < 16384:
            self[code] = folded
        return folded


@dataclass(frozen=True)
class View:
    """A text as something sees it.

    Attributes:
        text: What is seen.
        below: What this is a view of; none where it is one of the original, character for character.
        kept: For each character its offset in the view below, or the original; none where they are the same.
    """

    text: str
    below: View | None = None
    kept: Sequence[int] | None = None

    @cached_property
    def origin(self) -> Sequence[int]:
        """For each character its offset in the original."""
        kept = range(len(self.text)) if self.kept is None else self.kept
        if self.below is None:
            return kept
        below = self.below.origin
        return [below[offset] for offset in kept]


class Folder:
    """Folds texts; remembers how characters are folded."""

    def __init__(self) -> None:
        self._table = _Folding()

    def view(self, text: str) -> View:
        """Fold a text for matching; white space of any kind and length becomes one space."""
        return with_single_spaces(self._folded(text))

    def _folded(self, text: str) -> View:
        if text.isascii() and not _UNUSUAL.search(text):
            return View(text.lower().replace("\n", " ").replace("\t", " ").replace("\r", " "))
        folded = text.translate(self._table)
        if _SEVERAL not in folded:
            if _DROPPED not in folded:
                return View(folded)
            kept = [offset for offset, character in enumerate(folded) if character != _DROPPED]
            return View(folded.replace(_DROPPED, ""), kept=kept)
        parts = [fold_character(character) for character in text]
        kept = [offset for offset, part in enumerate(parts) for _ in part]
        return View("".join(parts), kept=kept)


def with_single_spaces(view: View) -> View:
    """Give the view in which spaces that follow one another are one."""
    if "  " not in view.text:
        return view
    gaps = list(_SPACES.finditer(view.text))
    kept: list[int] = []
    start = 0
    for gap in gaps:
        kept += range(start, gap.start() + 1)
        start = gap.end()
    kept += range(start, len(view.text))
    return View(_SPACES.sub(" ", view.text), view, kept)


def squeeze(text: str) -> str:
    """Give a text in which characters that are repeated are one."""
    return _REPEATED.sub(r"\1", text)


def kept_by_squeezing(text: str) -> list[int]:
    """Give for each character of the squeezed text its offset in the text: the first of those that are repeated."""
    return [offset for offset in range(len(text)) if offset == 0 or text[offset] != text[offset - 1]]


def normalise(text: str) -> tuple[str, list[int]]:
    """Fold a text for matching; white space of any kind and length becomes one space.

    Returns:
        The folded text, and for each of its characters the offset in the original that it came from.
    """
    view = Folder().view(text)
    return view.text, list(view.origin)
