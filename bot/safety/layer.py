"""The one door that every text passes, a person's and the model's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from bot.safety.classifiers.protocol import CONTEXT, Classifier
from bot.safety.finder import Finder
from bot.safety.guard import SEEN_BEFORE, StreamGuard
from bot.safety.judge import Judge, Portion
from bot.safety.policy import Policy
from bot.safety.units import unit_ends
from bot.safety.verdict import Verdict
from bot.waiting import Wait, plain_wait


class SafetyLayer(Protocol):
    """Judges texts. Asynchronous, because a judge may be a model that must not run on the event loop."""

    async def read(self, text: str, policy: Policy, before: str = "") -> Verdict:
        """Judge a whole text, behind what stands before it and was read already."""
        ...

    def guard(self, policy: Policy, before: str = "") -> Guard:
        """Give a reader for a text that comes in pieces, behind what stands before it and was read already."""
        ...


class Guard(Protocol):
    """Reads one stream and releases text only when nothing that may follow can make it part of a hit."""

    async def feed(self, text: str) -> Verdict:
        """Take more text; the verdict's `text` is what is released now, masked where needed.

        After a verdict of `retry` or `block`, whose `text` is what stood before the hit, the stream is to be ended:
        nothing is released.
        """
        ...

    async def finish(self) -> Verdict:
        """Say that nothing follows, and get what was held back."""
        ...


class Safety:
    """The safety layer.

    Args:
        finders: Look for words and patterns.
        classifier: Judges sentences, where there is one.
        wait: How to await what happens in a thread.
    """

    def __init__(
        self, finders: Sequence[Finder], classifier: Classifier | None = None, wait: Wait = plain_wait
    ) -> None:
        self._classifier = classifier
        self._wait = wait
        self._judge = Judge(finders, classifier, wait)

    def use(self, finders: Sequence[Finder]) -> None:
        """Look for other words from now on; guards that read a stream already keep theirs."""
        self._judge = Judge(finders, self._classifier, self._wait)

    async def read(self, text: str, policy: Policy, before: str = "") -> Verdict:
        """Judge a whole text.

        Args:
            text: Its characters.
            policy: What follows from what is found.
            before: What stands before it and was read already. Together they may come to what neither is alone, and
                the classifier knows by it whom a sentence speaks of.
        """
        seen = before[-SEEN_BEFORE:]
        alone, together = await self._judge.found([text, seen + text if seen else ""], policy)
        across = [replace(hit, start=0, end=hit.end - len(seen)) for hit in together if hit.start < len(seen) < hit.end]
        (judged,) = await self._judge.classified([_in_units(text, before[-CONTEXT:])], policy)
        return policy.judge(text, alone + across + judged)

    async def read_all(self, texts: Sequence[str], policy: Policy) -> list[Verdict]:
        """Judge many texts, which is quicker than one by one: the classifier sees them all at once."""
        found = await self._judge.found(texts, policy)
        judged = await self._judge.classified([_in_units(text) for text in texts], policy)
        return [policy.judge(text, hits + more) for text, hits, more in zip(texts, found, judged, strict=True)]

    def guard(self, policy: Policy, before: str = "") -> StreamGuard:
        """Give a reader for a text that comes in pieces, behind what stands before it and was read already."""
        return StreamGuard(self._judge, policy, before)


def _in_units(text: str, before: str = "") -> Portion:
    return Portion(text, list(unit_ends(text, last=True)), before)
