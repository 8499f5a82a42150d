"""Documents as blocks of tokens of one length, which is what a model is trained on."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from bot.tuning.document import Document
from bot.tuning.segments import Segment, Tokenizer, segments_of

Block: TypeAlias = tuple[int, ...]
T = TypeVar("T")

_NO_WEIGHTS: Mapping[Path, float] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """How blocks are made."""

    length: int
    """Tokens of a block, at least 2 and at most what the model can see."""
    end_of_text: int
    """The token that a text ends with."""
    seed: int = 0
    """Of the order, and of what is drawn for weights."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Blocks, and what did not fill one."""

    blocks: tuple[Block, ...]
    """In the order in which they are seen; each is as long as was asked, unless there is only one."""
    left_over: int
    """Tokens at the end of the last block that was begun, which are not among the blocks."""


def pack(
    documents: Sequence[Document], tokenizer: Tokenizer, shape: Shape, weights: Mapping[Path, float] = _NO_WEIGHTS
) -> Packed:
    """Cut documents into blocks. Blocking; the same arguments always give the same blocks.

    A block begins where a paragraph begins, and is a piece of one document. It is full in the middle of a paragraph as
    a rule: the next block begins with that paragraph once more, so that each is seen whole, from its beginning. What
    is left at the end of a document, as a short document, is put behind others of the kind, parted by the token that
    ends each.

    Args:
        documents: As prose.
        tokenizer: The model's.
        shape: How long blocks are.
        weights: How often each source is seen; 1 where nothing is said. With 2.5 all blocks are there twice, and a
            drawn half of them once more.
    """
    chance = random.Random(shape.seed)  # noqa: S311 - an order that the seed tells again
    blocks: list[Block] = []
    tails: list[list[Segment]] = []
    for document in documents:
        segments = segments_of(document, tokenizer, length=shape.length, end_of_text=shape.end_of_text)
        full, tail = _cut(segments, shape.length)
        weight = weights.get(document.source, 1.0)
        blocks += _weighed(full, weight, chance)
        tails += _weighed([tail] if tail else [], weight, chance)
    chance.shuffle(tails)
    full, rest = _cut([segment for tail in tails for segment in tail], shape.length)
    blocks += full
    chance.shuffle(blocks)
    left_over = _joined(rest)
    if not blocks and left_over:
        return Packed((left_over,), 0)
    return Packed(tuple(blocks), len(left_over))


def pack_openings(documents: Sequence[Document], tokenizer: Tokenizer, shape: Shape) -> Packed:
    """Make a block of the beginning of each document, such as a request and the story behind it. Blocking.

    Args:
        documents: As prose; those too short for a block share some, parted by the token that ends each.
        tokenizer: The model's.
        shape: How long blocks are.
    """
    blocks: list[Block] = []
    short: list[Segment] = []
    for document in documents:
        segments = segments_of(document, tokenizer, length=shape.length, end_of_text=shape.end_of_text)
        full, tail = _cut(segments, shape.length)
        blocks += full[:1]
        short += [] if full else tail
    full, rest = _cut(short, shape.length)
    return Packed((*blocks, *full), len(_joined(rest)))


def mix(one: Iterable[Block], other: Iterable[Block], seed: int) -> tuple[Block, ...]:
    """Give two kinds of blocks in one drawn order.

    Args:
        one: Blocks.
        other: Blocks.
        seed: Of the order.
    """
    mixed = [*one, *other]
    random.Random(seed).shuffle(mixed)  # noqa: S311 - an order that the seed tells again
    return tuple(mixed)


def _cut(segments: Sequence[Segment], length: int) -> tuple[list[Block], list[Segment]]:
    """Cut full blocks off segments, none of which is longer than a block; give what is left, as a beginning, too."""
    blocks: list[Block] = []
    start = 0
    while start < len(segments):
        tokens, end = list(segments[start].first), start + 1
        while len(tokens) < length and end < len(segments):
            tokens += segments[end].behind
            end += 1
        if len(tokens) < length:
            break
        blocks.append(tuple(tokens[:length]))
        start = end if len(tokens) == length else end - 1
    tail = segments[start:]
    return blocks, [*(Segment(each.first, each.first) for each in tail[:1]), *tail[1:]]


def _joined(segments: Sequence[Segment]) -> Block:
    return tuple(token for each in segments for token in each.behind)


def _weighed(found: Sequence[T], weight: float, chance: random.Random) -> list[T]:
    """Give each as often as its weight says; of a fraction of once, the drawn ones."""
    whole, part = divmod(weight, 1.0)
    drawn = [each for each in found if chance.random() < part] if part else []
    return [*(each for each in found for _ in range(int(whole))), *drawn]
