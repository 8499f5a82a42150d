"""All that there is in a text: by words and patterns, and by a classifier, unit for unit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import pairwise

from bot.safety.classifier import CONTEXT, Classifier, Unit
from bot.safety.own import Finder
from bot.safety.policy import LOCKED, Policy
from bot.safety.verdict import Hit, Source
from bot.waiting import Wait, plain_wait

AT_ONCE = 4_000
"""Characters in which words and patterns are looked for on the event loop; a longer text is handed to a thread."""


class Judge:
    """Knows who is to be asked about a text.

    Args:
        finders: Look for words and patterns.
        classifier: Judges sentences, where there is one.
        wait: How to await what happens in a thread.
    """

    def __init__(
        self, finders: Sequence[Finder], classifier: Classifier | None = None, wait: Wait = plain_wait
    ) -> None:
        self._finders = tuple(finders)
        self._classifier = classifier
        self._wait = wait

    async def found(self, text: str, policy: Policy) -> list[Hit]:
        """Give what the finders find in a text."""
        if len(text) > AT_ONCE:
            return await self._wait(asyncio.to_thread(self._found, text, policy))
        return self._found(text, policy)

    def settled(self, text: str, policy: Policy) -> int:
        """Give the offset before which no finder's hits change any more, whatever follows."""
        return min((finder.settled(text) for finder in (*self._finders, *policy.own.finders)), default=len(text))

    async def classified(self, text: str, ends: Sequence[int], policy: Policy, before: str = "") -> list[Hit]:
        """Give what the classifier finds in the units of a text, each over the whole unit without the space around it.

        Args:
            text: The text.
            ends: The offsets behind its units.
            policy: Says whether the classifier is to be wary.
            before: What stands before the text, so far as it is known.
        """
        places = [(start, text[start:end]) for start, end in pairwise((0, *ends)) if text[start:end].strip()]
        if self._classifier is None or not places:
            return []
        whole, shift = before + text, len(before)
        units = [Unit(unit.strip(), whole[max(0, shift + start - CONTEXT) : shift + start]) for start, unit in places]
        judged = await self._wait(asyncio.to_thread(self._classifier.classify, units, wary=policy.wary))
        return [
            hit.moved(start + len(unit) - len(unit.lstrip()))
            for (start, unit), hits in zip(places, judged, strict=True)
            for hit in hits
        ]

    def _found(self, text: str, policy: Policy) -> list[Hit]:
        hits = [hit for finder in (*self._finders, *policy.own.finders) for hit in finder.find(text)]
        return [hit for hit in hits if not _let_pass(hit, policy)]


def _let_pass(hit: Hit, policy: Policy) -> bool:
    """Say whether a server allows the word that was found, and may."""
    own = hit.rule.source is Source.WORD and hit.rule.name in policy.own.allowed
    return own and (hit.category, hit.severity) not in LOCKED
