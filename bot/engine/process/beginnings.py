"""Remembers who has read the beginning of a text."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

BLOCK_CHARACTERS = 64
MOST_BLOCKS = 50_000


class Beginnings:
    """What was read of texts, in blocks, the way engines keep their prefix caches; the oldest are forgotten."""

    def __init__(self, most_blocks: int = MOST_BLOCKS) -> None:
        self._most_blocks = most_blocks
        self._readers: OrderedDict[int, int] = OrderedDict()

    def note(self, text: str, reader: int) -> None:
        """Note that one has read a text."""
        for key in _keys(text):
            self._readers[key] = reader
            self._readers.move_to_end(key)
        while len(self._readers) > self._most_blocks:
            self._readers.popitem(last=False)

    def reader(self, text: str) -> int | None:
        """Say who has last read the longest beginning of a text that anybody has read; None if nobody has."""
        found = None
        for key in _keys(text):
            if key not in self._readers:
                break
            found = self._readers[key]
        return found


def _keys(text: str) -> Iterator[int]:
    """Give a key for each block of a text, the short one at its end included, that stands for all up to there."""
    key = 0
    for start in range(0, len(text), BLOCK_CHARACTERS):
        key = hash((key, text[start : start + BLOCK_CHARACTERS]))
        yield key
