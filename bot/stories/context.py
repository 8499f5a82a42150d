"""What of a story is put before the model when not all of it fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from bot.stories.sentences import sentence_ends

STEPS = 4  # the window moves by a quarter of the room


@dataclass(frozen=True, slots=True)
class Context:
    """The end of a story that the model sees."""

    text: str
    left_out: int
    """Characters at the story's beginning that it does not see."""


def pieces(text: str) -> list[str]:
    """Cut a story into sentences, whose token counts `fit` needs; joined they are the story again.

    A sentence of a thousand characters or more (none has an end in sight) is cut as well.
    """
    found, start = [], 0
    for end in [*sentence_ends(text), len(text)]:
        while end - start > 1000:
            found.append(text[start : start + 500])
            start += 500
        if end > start:
            found.append(text[start:end])
            start = end
    return found


def fit(sentences: Sequence[str], tokens: Sequence[int], room: int) -> Context:
    """Leave out sentences from the far end until the rest fits.

    They are left out in steps of a quarter of the room: while a story grows, its context keeps the same beginning for
    many turns, and the engine's prefix cache knows it already.

    Args:
        sentences: The story in `pieces`.
        tokens: Tokens of each.
        room: Tokens there are; at least 1.
    """
    total = sum(tokens)
    if total <= room:
        return Context("".join(sentences), 0)
    step = max(1, room // STEPS)
    drop = -(-(total - room) // step) * step
    first = next(
        (index for index, before in enumerate(accumulate(tokens, initial=0)) if before >= drop), len(sentences)
    )
    if first >= len(sentences):
        return _last_resort(sentences, tokens, room)
    left_out = sum(len(sentence) for sentence in sentences[:first])
    text = "".join(sentences[first:])
    return Context(text.lstrip(), left_out + len(text) - len(text.lstrip()))


def _last_resort(sentences: Sequence[str], tokens: Sequence[int], room: int) -> Context:
    """Keep the end of the last sentence alone, by its share of the room."""
    last, count = sentences[-1], max(1, tokens[-1])
    keep = len(last) if count <= room else max(1, len(last) * room // count // 2)
    return Context(last[-keep:], sum(map(len, sentences)) - keep)
