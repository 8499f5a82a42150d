"""A person's words, read by the safety layer before they become part of a story."""

from __future__ import annotations

from bot.safety.layer import SafetyLayer
from bot.safety.policy import Policy
from bot.safety.verdict import CATEGORY_NAMES, Action
from bot.writing import errors


async def read_words(safety: SafetyLayer, policy: Policy, text: str) -> str:
    """Give words as they may be kept and shown.

    Raises:
        WordingRefusedError: the safety layer refuses them.
        EmptyWordingError: nothing is left of them.
    """
    verdict = await safety.read(text, policy)
    if verdict.action is Action.BLOCK and verdict.decisive:
        raise errors.WordingRefusedError(category=CATEGORY_NAMES[verdict.decisive.category])
    if not verdict.text.strip():
        raise errors.EmptyWordingError
    return verdict.text
