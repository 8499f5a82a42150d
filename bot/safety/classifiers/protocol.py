"""What a judge of whole sentences is asked and answers: hits of a kind that no list of words can find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.safety.verdict import Hit

CONTEXT = 400
"""Characters of what stands before a unit that a classifier is shown with it."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, or as much of an endless one as is judged as one.

    Attributes:
        text: Its characters, without white space around.
        before: The `CONTEXT` characters that stand before it in the text, or as many as there are.
    """

    text: str
    before: str = ""


class Classifier(Protocol):
    """Judges units by what they mean. Called off the event loop, from several threads."""

    def classify(self, units: Sequence[Unit], *, wary: bool) -> Sequence[Sequence[Hit]]:
        """Give for each unit what it falls under, each hit over the whole unit.

        Args:
            units: What is judged.
            wary: Whether to give what it is less sure of as well.
        """
        ...
