"""Which text is learned from, and which is held out to measure what was learned. Pure functions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.tuning.document import PARAGRAPH_BREAK, Document, paragraphs_of

HELD_OUT = 0.05
"""The share of all characters that is held out."""
_MOST = 0.2
"""More than this share is not given up for measuring: of two novels none is held out whole."""


@dataclass(frozen=True, slots=True)
class Split:
    """Documents, parted."""

    training: tuple[Document, ...]
    held_out: tuple[Document, ...]
    within: bool
    """What is held out is the end of a document whose beginning is learned from, and so measures style and names that
    were seen; where it is whole documents, it measures what was not."""


def split(documents: Sequence[Document], share: float = HELD_OUT) -> Split:
    """Part documents, the same ones always in the same way, whatever their order.

    Whole documents are held out, drawn by the hash of their names and texts, as long as they fit the share; the
    smallest if none does. Where even that is more than a fifth of all, or is all there is, the last paragraphs of the
    largest document are held out.

    Args:
        documents: As prose, no two of them the same.
        share: Of the characters, above 0 and below 1.
    """
    total = sum(len(document.text) for document in documents)
    held_out, left = [], share * total
    for document in sorted(documents, key=_rank):
        if len(document.text) <= left:
            held_out.append(document)
            left -= len(document.text)
    drawn = sorted(documents, key=lambda each: (len(each.text), _rank(each)))
    if not held_out and len(drawn) > 1:
        held_out = [each for each in drawn[:1] if len(each.text) <= _MOST * total]
    if not held_out and documents:
        return _split_within(documents, drawn[-1], share)
    chosen = set(held_out)
    training = (document for document in documents if document not in chosen)
    return Split(tuple(training), tuple(document for document in documents if document in chosen), within=False)


def _rank(document: Document) -> bytes:
    return hashlib.sha256(f"{document.name}\0{document.text}".encode()).digest()


def _split_within(documents: Sequence[Document], largest: Document, share: float) -> Split:
    """Hold out the end of a document: as many whole paragraphs as make up the share, but not its first."""
    found = paragraphs_of(largest.text)
    wanted, held, count = share * len(largest.text), 0, 0
    while count < len(found) - 1 and (count == 0 or held < wanted):
        count += 1
        held += len(found[-count])
    if not count:
        return Split(tuple(documents), (), within=True)
    first = replace(largest, text=PARAGRAPH_BREAK.join(found[:-count]))
    last = replace(largest, text=PARAGRAPH_BREAK.join(found[-count:]), request="")
    return Split(tuple(first if each == largest else each for each in documents), (last,), within=True)
