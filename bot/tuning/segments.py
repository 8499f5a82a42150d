"""Documents as tokens, in pieces that a block may begin with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from bot.sentences import sentence_ends
from bot.tuning.document import PARAGRAPH_BREAK, Document, paragraphs_of


class Tokenizer(Protocol):
    """Turns text into a model's tokens."""

    def encode(self, text: str) -> list[int]:
        """Give the tokens of a text, with nothing added before or behind it."""
        ...


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a document.

    A paragraph has other tokens where a block begins with it than behind another one, since what parts them belongs to
    its tokens then.
    """

    first: tuple[int, ...]
    """Its tokens at the beginning of a block."""
    behind: tuple[int, ...]
    """Its tokens behind the segment before."""


def segments_of(document: Document, tokenizer: Tokenizer, *, length: int, end_of_text: int) -> list[Segment]:
    """Give a document as segments, which together are all of it: paragraphs, the last with the end of the text.

    What was typed to get the text stands before the first paragraph, and belongs to it. A paragraph that fits no block
    is divided into sentences, and a sentence that fits none wherever it has to be.

    Args:
        document: As prose.
        tokenizer: The model's.
        length: Tokens of a block, at least 2.
        end_of_text: The token that a text ends with.
    """
    found: list[Segment] = []
    for number, paragraph in enumerate(paragraphs_of(document.text)):
        text = paragraph if number or not document.request else f"{document.request}{PARAGRAPH_BREAK}{paragraph}"
        found += _segments(text, tokenizer, length, before=PARAGRAPH_BREAK if number else "")
    if found:
        # It needs no room of its own: a last segment that is full is parted from it.
        last = found.pop()
        found += _chopped((*last.first, end_of_text), (*last.behind, end_of_text), length)
    return found


def count_tokens(document: Document, tokenizer: Tokenizer) -> int:
    """Say how many tokens a document has."""
    request = f"{document.request}{PARAGRAPH_BREAK}" if document.request else ""
    return sum(len(tokenizer.encode(each)) for each in (request, *document.text.splitlines(keepends=True)) if each)


def _segments(text: str, tokenizer: Tokenizer, length: int, before: str) -> Iterator[Segment]:
    first, behind = _encoded(text, tokenizer, before)
    if len(first) <= length:
        yield Segment(first, behind)
        return
    offsets = sorted({0, *sentence_ends(text), len(text)})
    for start, end in pairwise(offsets):
        sentence = text[start:end]
        lead = before if start == 0 else sentence[: len(sentence) - len(sentence.lstrip())]
        if sentence.strip():
            yield from _chopped(*_encoded(sentence.lstrip(), tokenizer, lead), length)


def _encoded(text: str, tokenizer: Tokenizer, before: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    first = tuple(tokenizer.encode(text))
    return first, tuple(tokenizer.encode(before + text)) if before else first


def _chopped(first: tuple[int, ...], behind: tuple[int, ...], length: int) -> Iterator[Segment]:
    """Divide what fits no block."""
    if len(first) <= length:
        yield Segment(first, behind)
        return
    # The tokens alike at the end of both are those that do not know what stands before.
    yield Segment(first[:length], behind[: len(behind) - len(first) + length])
    for start in range(length, len(first), length):
        part = first[start : start + length]
        yield Segment(part, part)
