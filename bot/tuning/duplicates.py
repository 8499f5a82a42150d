"""Texts that are there more than once: a model learns by heart what it sees again and again.

K. Lee et al., “Deduplicating training data makes language models better”, ACL 2022.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.stories.openings import is_chinese
from bot.tuning.document import PARAGRAPH_BREAK, Document, paragraphs_of
from bot.tuning.minhash import MinHasher, Nearest

SHINGLE = 5
"""Words in a piece that texts are compared by; characters in Chinese, which has no spaces between words."""
NEAR = 0.8
"""The share of such pieces that two texts have in common, from which on they are nearly the same: other editions and
spellings are, retellings of one tale are not."""
LONG_LETTERS = 200
"""Shorter paragraphs may be there twice: “Yes,” she said."""

_WORD = re.compile(r"\w+")


class Sameness(StrEnum):
    """How two texts are the same."""

    EXACT = "exact"
    """Letter by letter, but for case, spaces and punctuation."""
    NEAR = "near"
    """Nearly."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A document that was dropped."""

    dropped: str
    kept: str
    """The earlier one that it is the same as."""
    sameness: Sameness


@dataclass(frozen=True, slots=True)
class Distinct:
    """What is left of documents when each text is there once."""

    documents: tuple[Document, ...]
    duplicates: tuple[Duplicate, ...]
    paragraphs: int
    """Long paragraphs that were dropped from documents that stayed."""


def distinct(documents: Sequence[Document]) -> Distinct:
    """Drop of documents, and of their long paragraphs, each that is the same as an earlier one, or nearly. Blocking.

    Args:
        documents: As prose, in their order: of two that are the same the later one is dropped.
    """
    kept, duplicates = _distinct_documents(documents)
    shorter, dropped = _distinct_paragraphs(kept)
    return Distinct(tuple(shorter), tuple(duplicates), dropped)


def shingles(text: str) -> frozenset[str]:
    """Give the pieces that a text is compared by: runs of five words, or of five characters of Chinese."""
    words = _WORD.findall(text.casefold())
    if is_chinese(text):
        words = list("".join(words))
    runs = range(max(1, len(words) - SHINGLE + 1))
    return frozenset(" ".join(words[start : start + SHINGLE]) for start in runs) if words else frozenset()


class _Seen:
    """Remembers texts, and says which earlier one another is the same as."""

    def __init__(self) -> None:
        self._hasher = MinHasher()
        self._exact: dict[bytes, str] = {}
        self._near = Nearest(NEAR)

    def earlier(self, name: str, text: str) -> tuple[str, Sameness] | None:
        """Give the name of the earlier text that this one is the same as; where there is none, remember this one."""
        digest = hashlib.sha256(" ".join(_WORD.findall(text.casefold())).encode()).digest()
        if (found := self._exact.get(digest)) is not None:
            return found, Sameness.EXACT
        signature = self._hasher.signature(shingles(text))
        if (near := self._near.find(signature)) is not None:
            return str(near), Sameness.NEAR
        self._exact[digest] = name
        self._near.add(name, signature)
        return None


def _distinct_documents(documents: Sequence[Document]) -> tuple[list[Document], list[Duplicate]]:
    seen, kept, duplicates = _Seen(), [], []
    for document in documents:
        if earlier := seen.earlier(document.name, document.text):
            duplicates.append(Duplicate(document.name, *earlier))
        else:
            kept.append(document)
    return kept, duplicates


def _distinct_paragraphs(documents: Sequence[Document]) -> tuple[list[Document], int]:
    seen, kept, dropped = _Seen(), [], 0
    for document in documents:
        before = paragraphs_of(document.text)
        after = [each for each in before if len(each) < LONG_LETTERS or not seen.earlier(document.name, each)]
        dropped += len(before) - len(after)
        if len(after) == len(before):
            kept.append(document)
        elif after:
            kept.append(replace(document, text=PARAGRAPH_BREAK.join(after)))
    return kept, dropped
