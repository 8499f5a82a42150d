"""How much of a text is decided, when more may follow."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable

from bot.safety.words.forms import HAN, Forms
from bot.safety.words.lookalikes import OTHERWISE, TURNED
from bot.safety.words.normalise import Folder, View
from bot.safety.words.search import LONGEST, OTHERWISE_SEEN, han_dense
from bot.safety.words.spread import MOST_CHUNKS, MOST_LETTERS, WIDEST_GAP, chunk_runs, runs

_SEEN = LONGEST + 10
"""Characters at the end of a text; before them everything is decided, because no hit is as long."""
_AS_LETTERS = {code: "x" for table in (*OTHERWISE, TURNED) for code in table}
_LAST_PIECE = re.compile(f"[\\s—…{HAN}]")
_WORD_BEGINS = re.compile(r"(?<![a-z0-9])[a-z0-9@$!|]")
_LONGEST_PHRASE = 60
_LONGEST_HAN = 12
_SIGNS_BEHIND = re.compile(r"[^\w]*$")


def settled(text: str, forms: Forms, folder: Folder) -> int:
    """Give the offset before which no form can begin or go on that is not there already, whatever follows.

    Held back are the last piece without spaces, words that may become a phrase, letters that may go on as spread ones,
    and Chinese characters that may be the beginning of a form; at most about 200 characters.
    """
    before = max(0, len(text) - _SEEN)
    tail = text[before:]
    view = folder.view(tail)
    if not view.text:
        return before
    held = min(
        _last_piece(view.text),
        _last_piece_otherwise(tail, view, folder),
        _phrase(view, forms),
        _spread(view, len(tail)),
        _chunks(view),
        _han(tail, view, forms),
    )
    return before + view.origin[held] if held < len(view.text) else len(text)


def _last_piece(text: str) -> int:
    place = len(text)
    while place and not _LAST_PIECE.match(text[place - 1]):
        place -= 1
    return place


def _last_piece_otherwise(tail: str, view: View, folder: Folder) -> int:
    """Give where the last piece begins, if what looks like letters of other scripts is taken for such."""
    if not OTHERWISE_SEEN.search(tail):
        return len(view.text)
    other = folder.view(tail.translate(_AS_LETTERS)).text
    return _last_piece(other) if len(other) == len(view.text) else 0


def _phrase(view: View, forms: Forms) -> int:
    plain = _begun_phrase(view.text, forms)
    joined = forms.between.joined_so_far(view)
    begun = len(joined.text) if joined is view else _begun_phrase(joined.text, forms)
    return min(plain, joined.kept[begun]) if joined.kept and begun < len(joined.text) else plain


def _begun_phrase(text: str, forms: Forms) -> int:
    begin = max(0, len(text) - _LONGEST_PHRASE)
    places = (match.start() for match in _WORD_BEGINS.finditer(text, begin))
    return next((place for place in places if forms.begins_phrase(text[place:])), len(text))


def _spread(view: View, length: int) -> int:
    run = _last(runs(view.text, view.origin))
    if run is None or len(run) > MOST_LETTERS:
        return len(view.text)
    end = run[-1][1]
    over = any(map(str.isalnum, view.text[end:])) or length - view.origin[end - 1] - 1 > WIDEST_GAP
    return len(view.text) if over else run[0][0]


def _chunks(view: View) -> int:
    text = view.text.rstrip(" ")
    run = _last(chunk_runs(text, view.origin))
    if run is None or run[-1][1] < len(text):
        return len(view.text)
    return run[-MOST_CHUNKS:][0][0]


def _last(found: Iterable[list[tuple[int, int]]]) -> list[tuple[int, int]] | None:
    return next(iter(deque(found, maxlen=1)), None)


def _han(tail: str, view: View, forms: Forms) -> int:
    if view.text.isascii():
        return len(view.text)
    dense = han_dense(tail, view)
    kept = range(len(view.text)) if dense is view or dense.kept is None else dense.kept
    end = len(_SIGNS_BEHIND.sub("", dense.text))
    for start in range(max(0, end - _LONGEST_HAN), end):
        if forms.begins_han(dense.text[start:end]):
            return kept[start]
    return len(view.text)
