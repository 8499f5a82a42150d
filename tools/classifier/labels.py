"""What the classifier is asked, and a text with what is known of the answers."""

from __future__ import annotations

from dataclasses import dataclass

LABELS = ("hate", "harassment", "threat", "sexual", "self-harm")
"""The heads, in the order in which the model gives them."""
UNKNOWN = -1
"""The answer that no loss is taken from."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text, what it falls under, and where it comes from.

    Attributes:
        text: As it was written.
        answers: For each label 1, 0 or `UNKNOWN`.
        source: The data set or the group of patterns.
        held_out: Whether it measures instead of being learned from.
    """

    text: str
    answers: tuple[int, ...]
    source: str
    held_out: bool = False


def answers(default: int = 0, **known: int) -> tuple[int, ...]:
    """Give the answers for all labels; `self_harm` stands for the label with a hyphen."""
    named = {name.replace("_", "-"): value for name, value in known.items()}
    return tuple(named.get(label, default) for label in LABELS)
