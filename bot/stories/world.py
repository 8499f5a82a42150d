"""Which entries of a story's world its words speak of. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.lore import Entry

# Chinese, Japanese and Korean put no spaces between words: a key in these may stand anywhere.
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_SPACED_LETTER = re.compile(rf"[^\W{_UNSPACED}]")


def mentioned(entries: Sequence[Entry], text: str) -> list[Entry]:
    """Give the entries that are switched on and have a key in a text; what was spoken of last comes first."""
    text = _folded(text)
    found = [(max(_last(key, text) for key in entry.keys), entry) for entry in entries if entry.enabled and entry.keys]
    return [entry for place, entry in sorted(found, key=lambda each: (-each[0], each[1].id)) if place >= 0]


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _last(key: str, text: str) -> int:
    """Give where a key stands for the last time as a word of its own; -1 where it does not."""
    key = _folded(key)
    place = text.rfind(key) if key else -1
    while place >= 0 and not _stands_alone(key, text, place):
        place = text.rfind(key, 0, place + len(key) - 1)
    return place


def _stands_alone(key: str, text: str, place: int) -> bool:
    end = place + len(key)
    before, after = text[max(0, place - 1) : place], text[end : end + 1]
    return not (_are_one_word(before, key[0]) or _are_one_word(key[-1], after))


def _are_one_word(one: str, other: str) -> bool:
    return bool(_SPACED_LETTER.fullmatch(one) and _SPACED_LETTER.fullmatch(other))
