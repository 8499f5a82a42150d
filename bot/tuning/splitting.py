"""Which text is learned from, and which is held out to measure what was learned. Pure functions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.sentences import sentence_ends
from bot.tuning.document import PARAGRAPH_BREAK, Document, paragraphs_of

HELD_OUT = 0.05
"""The share of all characters that is held out."""
LEAST = 0.5
"""Less than this part of the share measures too little: a note beside nine novels is nothing to go by."""
_MOST = 0.2
"""More than this share is not given up for measuring: of two novels none is held out whole."""
_MOST_OF_ONE = 0.5
"""More than this part of a document is not held out of it: what is left is to be learned from."""


@dataclass(frozen=True, slots=True)
class Split:
    """Documents, parted."""

    training: tuple[Document, ...]
    held_out: tuple[Document, ...]
    within: bool
    """Some of what is held out is the end of a document whose beginning is learned from, and so measures style and
    names that were seen; where it is whole documents, it measures what was not."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """What a document may be cut before."""

    text: str
    lead: str
    """What parts it from the piece before."""


def split(documents: Sequence[Document], share: float = HELD_OUT) -> Split:
    """Part documents, the same ones always in the same way, whatever their order.

    Whole documents are held out, drawn by the hash of their names and texts, as long as they fit the share. Where they
    make up less than half of it, the smallest of the others goes with them; where that is too much to give up, or is
    all there is, it is the end of the largest.

    Args:
        documents: As prose, no two of them the same.
        share: Of the characters, above 0 and below 1.
    """
    total = sum(len(document.text) for document in documents)
    wanted = share * total
    held_out, held = [], 0
    for document in sorted(documents, key=_rank):
        if held + len(document.text) <= wanted:
            held_out.append(document)
            held += len(document.text)
    chosen = set(held_out)
    left = sorted((each for each in documents if each not in chosen), key=lambda each: (len(each.text), _rank(each)))
    end: Document | None = None
    if left and held < LEAST * wanted:
        if len(left) > 1 and held + len(left[0].text) <= _MOST * total:
            chosen.add(left[0])
        else:
            begun, end = _parted(left[-1], wanted - held)
            documents = [begun if each == left[-1] else each for each in documents]
    whole = (each for each in documents if each in chosen)
    training = tuple(each for each in documents if each not in chosen)
    return Split(training, (*whole, *([end] if end else ())), within=end is not None)


def _rank(document: Document) -> bytes:
    return hashlib.sha256(f"{document.name}\0{document.text}".encode()).digest()


def _parted(document: Document, wanted: float) -> tuple[Document, Document | None]:
    """Cut the end off a document, of so many characters or the fewest above; None where there is no place to cut."""
    pieces = list(_pieces(document.text, wanted))
    most = _MOST_OF_ONE * len(document.text)
    count = held = 0
    while count < len(pieces) - 1 and held < wanted and held + len(pieces[-count - 1].text) <= most:
        count += 1
        held += len(pieces[-count].text)
    if not count:
        return document, None
    return (
        replace(document, text=_joined(pieces[:-count])),
        replace(document, text=_joined(pieces[-count:]), request=""),
    )


def _pieces(text: str, wanted: float) -> Iterator[_Piece]:
    """Give paragraphs, and the sentences of those that are larger than what is wanted."""
    for paragraph in paragraphs_of(text):
        ends = sentence_ends(paragraph) if len(paragraph) > wanted else ()
        lead = PARAGRAPH_BREAK
        for start, end in pairwise(sorted({0, *ends, len(paragraph)})):
            if sentence := paragraph[start:end].strip():
                yield _Piece(sentence, lead)
                lead = _space_between(paragraph, end)


def _space_between(paragraph: str, end: int) -> str:
    """Give the white space behind a sentence."""
    rest = paragraph[end:]
    return rest[: len(rest) - len(rest.lstrip())]


def _joined(pieces: Sequence[_Piece]) -> str:
    return "".join(f"{piece.lead if number else ''}{piece.text}" for number, piece in enumerate(pieces))
