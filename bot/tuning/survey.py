"""What there is to learn from, and whether it is enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.safety.layer import SafetyLayer
from bot.safety.policy import Policy
from bot.safety.verdict import Category
from bot.tuning.documents import Reading, Unreadable
from bot.tuning.duplicates import Duplicate, distinct
from bot.tuning.errors import TooLittleTextError
from bot.tuning.languages import Language, shares
from bot.tuning.prose import prose_of
from bot.tuning.screening import screen
from bot.tuning.segments import Tokenizer, count_tokens
from bot.tuning.splitting import HELD_OUT, LEAST, Split, split

NEEDED_TOKENS = 20_000
"""Forty blocks of 512: fewer are a handful of steps, and the two that are held out of them measure nothing."""
PLENTY_TOKENS = 200_000
"""About two novels. A run of a few hundred steps sees less than this many times over, and then knows it by heart; with
twice as much, seen once, smollm2-135m was still getting better on pages that it had not seen."""


class FindingKind(StrEnum):
    """What an operator is told of their texts."""

    TOO_LITTLE = "too-little"
    """There is so little that nothing is learned: refused unless it is forced. Has `needed`, in tokens."""
    SMALL = "small"
    """So little that it is learned by heart. Has `plenty`, in tokens."""
    UNSEEN = "unseen"
    """The steps end before all was seen. Has `share`, of the tokens that are seen, 0 to 1."""
    REPEATED = "repeated"
    """The steps go through all of it more than once. Has `times`."""
    HELD_OUT_WITHIN = "held-out-within"
    """Among what is held out is the end of a text that is learned from, so that the measured loss flatters."""
    LITTLE_HELD_OUT = "little-held-out"
    """The texts have no place to cut off as much as is wanted. Has `characters`, those that are held out."""
    NOTHING_HELD_OUT = "nothing-held-out"
    """The texts have no place where an end could be cut off: what is measured is learned from."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that an operator is told."""

    kind: FindingKind
    values: Mapping[str, float]
    """What its sentence names."""

    @property
    def refuses(self) -> bool:
        """Nothing is trained because of it, unless that is forced."""
        return self.kind is FindingKind.TOO_LITTLE


@dataclass(frozen=True, kw_only=True, slots=True)
class Survey:
    """Figures of the texts that a model is to learn from."""

    documents: int
    characters: int
    tokens: int
    """Of all documents, those that are held out among them."""
    languages: Mapping[Language, float]
    """The share of the characters, 0 to 1, the largest first."""
    characters_read: int
    """What the files had before licences, headings and notes were left out."""
    empty: tuple[str, ...]
    """Documents in which no story was found."""
    left_out: Mapping[str, tuple[str, ...]]
    """Pages of books that were taken for no part of the story, by the names of the books."""
    duplicates: tuple[Duplicate, ...]
    """Documents that were dropped."""
    duplicate_paragraphs: int
    """Long paragraphs that were dropped from documents that stayed."""
    unreadable: tuple[Unreadable, ...]
    blocked_documents: int
    """Documents that something was left out of, since the safety layer blocks it."""
    blocked_paragraphs: int
    blocked: Mapping[Category, int]
    """Those paragraphs by their categories."""
    held_out_documents: int
    held_out_characters: int
    held_out_within: bool
    """Among them is the end of a document that is learned from."""

    @property
    def held_out_share(self) -> float:
        """Of all characters, 0 to 1; 0 where the loss is measured on text that is learned from."""
        return self.held_out_characters / self.characters if self.characters else 0.0

    def findings(self, seen_tokens: int | None = None) -> tuple[Finding, ...]:
        """Say what an operator should know before the training.

        Args:
            seen_tokens: How many tokens the steps see that were asked for; None where nobody asked for steps.
        """
        found: list[Finding] = []
        if self.tokens < NEEDED_TOKENS:
            found.append(Finding(FindingKind.TOO_LITTLE, {"needed": NEEDED_TOKENS}))
        elif self.tokens < PLENTY_TOKENS:
            found.append(Finding(FindingKind.SMALL, {"plenty": PLENTY_TOKENS}))
        if seen_tokens is not None and self.tokens:
            times = seen_tokens / self.tokens
            if times < 1:
                found.append(Finding(FindingKind.UNSEEN, {"share": times}))
            elif times >= 2:
                found.append(Finding(FindingKind.REPEATED, {"times": times}))
        if not self.held_out_documents:
            found.append(Finding(FindingKind.NOTHING_HELD_OUT, {}))
        elif self.held_out_within:
            found.append(Finding(FindingKind.HELD_OUT_WITHIN, {}))
        if 0 < self.held_out_share < LEAST * HELD_OUT:
            found.append(Finding(FindingKind.LITTLE_HELD_OUT, {"characters": self.held_out_characters}))
        return tuple(found)

    def require_enough(self) -> None:
        """Refuse what nothing is learned from.

        Raises:
            TooLittleTextError: it has fewer than `NEEDED_TOKENS`.
        """
        if self.tokens < NEEDED_TOKENS:
            raise TooLittleTextError(tokens=self.tokens, needed=NEEDED_TOKENS)


async def survey(reading: Reading, tokenizer: Tokenizer, safety: SafetyLayer, policy: Policy) -> tuple[Split, Survey]:
    """Make prose of what was read, leave out what is not to be learned from, and say what is left.

    Blocking but for the safety layer: for the command line, not for a bot that answers people.

    Args:
        reading: What was read.
        tokenizer: The model's.
        safety: Who reads every paragraph.
        policy: What it blocks.

    Returns:
        The documents, parted into what is learned from and what is held out, and the figures.
    """
    proses = [each if each.prose else replace(each, text=prose_of(each.text), prose=True) for each in reading.documents]
    once = distinct([each for each in proses if each.text.strip()])
    screened = await screen(once.documents, safety, policy)
    parted = split(screened.documents)
    texts = [each.text for each in screened.documents]
    return parted, Survey(
        documents=len(texts),
        characters=sum(map(len, texts)),
        tokens=sum(count_tokens(each, tokenizer) for each in screened.documents),
        languages=shares(texts),
        characters_read=sum(len(each.text) for each in reading.documents),
        empty=tuple(each.name for each in proses if not each.text.strip()),
        left_out={each.name: each.left_out for each in reading.documents if each.left_out},
        duplicates=once.duplicates,
        duplicate_paragraphs=once.paragraphs,
        unreadable=reading.unreadable,
        blocked_documents=screened.touched,
        blocked_paragraphs=screened.paragraphs,
        blocked=screened.categories,
        held_out_documents=len(parted.held_out),
        held_out_characters=sum(len(each.text) for each in parted.held_out),
        held_out_within=parted.within,
    )
