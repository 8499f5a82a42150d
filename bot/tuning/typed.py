"""Requests as people type them, each before a passage that is about what was asked for.

A model that only ever read books takes “write a story about a fox” for the first line of one. Some of its training
shows it what such a line is followed by: the beginning of a story about a fox.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from bot.stories.openings import is_chinese
from bot.tuning.document import PARAGRAPH_BREAK, Document, paragraphs_of
from bot.tuning.requests import Requests
from bot.tuning.subjects.chinese import ChineseWords
from bot.tuning.subjects.english import EnglishWords
from bot.tuning.subjects.subject import Subject

SHARE = 0.2
"""Of all blocks, those that begin with a request."""
_LOOKED_AT = 1500
"""Characters of a passage that say what it is about; of Chinese, which says more in fewer, half as many."""
_OPENING_LETTERS = 120
# A paragraph that leans on the one before is no beginning.
_LEANS = re.compile(
    r"^[^\w]|^(?:he|she|it|they|him|his|her|hers|its|their|them|but|and|so|then|that|this|these|those|or|nor|yet|"
    r"thus|however|therefore|for|still|such|here|again|meanwhile|afterwards?|another|both|neither|also|now|"
    r"at (?:this|that|last)|(?:in|on|upon) (?:this|that)|when (?:he|she|it|they|this|that))\b"
    r"|^(?:他|她|它|但|可是|不过|于是|然而|那|这|此|又|再|其|因此|所以|却|且|接着|然后|众人|说着|话说|道)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Passage:
    document: Document
    start: int
    """The paragraph that it begins with."""


def typed_examples(
    documents: Sequence[Document], requests: Requests, *, count: int, letters: int, seed: int
) -> list[Document]:
    """Make documents that begin with a request. Blocking; the same arguments always give the same documents.

    Args:
        documents: As prose: what is learned from, and nothing that is held out. Those with a request of their own are
            passed over.
        requests: How people ask.
        count: How many are wanted; there are fewer where too few passages are about something.
        letters: The most characters of a passage: more than fit a block are of no use.
        seed: What passages, templates and the care of typing are drawn by.
    """
    chance = random.Random(seed)  # noqa: S311 - a draw that the seed tells again
    words = _Words(documents, requests)
    passages = [
        _Passage(document, number)
        for document in documents
        if not document.request
        for number, paragraph in enumerate(paragraphs_of(document.text))
        if is_opening(paragraph)
    ]
    chance.shuffle(passages)
    found: list[Document] = []
    for example in _examples(passages, words, requests, letters, chance):
        if len(found) >= count:
            break
        found.append(example)
    return found


def examples_wanted(blocks: int, share: float = SHARE) -> int:
    """Say how many examples make up a share of all blocks together with others.

    Args:
        blocks: The others.
        share: From 0 on, and below 1.
    """
    return round(blocks * share / (1 - share))


def is_opening(paragraph: str) -> bool:
    """Say whether a story could begin with a paragraph: it tells, and leans on nothing before it."""
    length = len(paragraph) * (2 if is_chinese(paragraph) else 1)
    return length >= _OPENING_LETTERS and not _LEANS.match(paragraph)


class _Words:
    """The words of all documents, in both languages."""

    def __init__(self, documents: Sequence[Document], requests: Requests) -> None:
        self._english = EnglishWords(requests.english.vague)
        self._chinese = ChineseWords(requests.chinese.vague)
        for document in documents:
            paragraphs = paragraphs_of(document.text)
            (self._chinese if is_chinese(document.text) else self._english).add(paragraphs)

    def subjects(self, paragraphs: Sequence[str], *, chinese: bool) -> list[Subject]:
        return self._chinese.subjects(paragraphs) if chinese else self._english.subjects(paragraphs)


def _examples(
    passages: Sequence[_Passage], words: _Words, requests: Requests, letters: int, chance: random.Random
) -> Iterator[Document]:
    parted = cache(paragraphs_of)
    for passage in passages:
        # A paragraph has a letter at least.
        paragraphs = parted(passage.document.text)[passage.start :][: max(letters, _LOOKED_AT)]
        chinese = is_chinese(paragraphs[0])
        looked_at = _LOOKED_AT // 2 if chinese else _LOOKED_AT
        if subjects := words.subjects(list(_within(paragraphs, looked_at)), chinese=chinese):
            language = requests.chinese if chinese else requests.english
            yield Document(
                name=f"{passage.document.name}, paragraph {passage.start + 1}",
                text=PARAGRAPH_BREAK.join(_within(paragraphs, letters)),
                source=passage.document.source,
                request=language.request(subjects, chance),
                prose=True,
            )


def _within(paragraphs: Sequence[str], letters: int) -> Iterator[str]:
    """Give the first paragraph, and those behind it that begin within so many characters."""
    length = 0
    for paragraph in paragraphs:
        if length >= letters:
            return
        yield paragraph
        length += len(paragraph)
