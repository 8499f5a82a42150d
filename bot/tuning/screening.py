"""What the safety layer would never let anybody read is not learned from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.safety.layer import SafetyLayer
from bot.safety.policy import Policy
from bot.safety.verdict import Action, Category
from bot.tuning.document import PARAGRAPH_BREAK, Document, paragraphs_of


@dataclass(frozen=True, slots=True)
class Screened:
    """What is left of documents, and what was left out."""

    documents: tuple[Document, ...]
    paragraphs: int
    """Paragraphs that were left out."""
    touched: int
    """Documents that something was left out of, those that went altogether among them."""
    categories: Mapping[Category, int]
    """The paragraphs by what they fall under, the commonest first."""


async def screen(documents: Sequence[Document], safety: SafetyLayer, policy: Policy) -> Screened:
    """Leave out each paragraph that is blocked, and a document whose request is.

    What is only masked stays as it is: the mark of a mask is nothing to learn, and what a model makes of it is masked
    again where it is shown.

    Args:
        documents: As prose.
        safety: Who reads them.
        policy: What follows from what is found.
    """
    kept: list[Document] = []
    categories: Counter[Category] = Counter()
    touched = 0
    for document in documents:
        unasked = await _blocked(document.request, safety, policy)
        read = [(each, await _blocked(each, safety, policy)) for each in paragraphs_of(document.text)]
        left = [paragraph for paragraph, category in read if category is None]
        categories.update(category for _, category in read if category)
        if len(left) == len(read) and unasked is None:
            kept.append(document)
            continue
        touched += 1
        if left and unasked is None:
            kept.append(replace(document, text=PARAGRAPH_BREAK.join(left)))
    return Screened(tuple(kept), categories.total(), touched, dict(categories.most_common()))


async def _blocked(text: str, safety: SafetyLayer, policy: Policy) -> Category | None:
    verdict = await safety.read(text, policy)
    return verdict.decisive.category if verdict.action is Action.BLOCK and verdict.decisive else None
