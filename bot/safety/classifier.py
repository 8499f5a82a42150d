"""What a judge of whole sentences gives: hits of a kind that no list of words can find."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.safety.verdict import Hit


class Classifier(Protocol):
    """Judges sentences by what they mean. Called off the event loop, by one thread at a time or by several."""

    def classify(self, units: Sequence[str], *, wary: bool) -> Sequence[Sequence[Hit]]:
        """Give for each unit what it falls under, each hit over the whole unit.

        Args:
            units: Sentences, or longer texts.
            wary: Whether to give what it is less sure of as well.
        """
        ...
