"""All that there is in texts: by words and patterns, and by a classifier, unit for unit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.safety.classifiers.protocol import CONTEXT, Classifier, Unit
from bot.safety.finder import Finder
from bot.safety.policy import LOCKED, Policy
from bot.safety.verdict import Hit, Source
from bot.waiting import Wait, plain_wait

AT_ONCE = 4_000
"""Characters in which words and patterns are looked for on the event loop; more are handed to a thread."""
SLOWLY_AT_ONCE = 100
"""As many where a server has rules of its own that are slow."""


@dataclass(frozen=True, slots=True)
class Portion:
    """A text that is judged, in its units.

    Attributes:
        text: Its characters.
        ends: The offsets behind its units.
        before: What stands before it, so far as it is known.
    """

    text: str
    ends: Sequence[int]
    before: str = ""

    def units(self) -> Iterator[tuple[int, Unit]]:
        """Give the units that are more than white space, each with its offset."""
        whole, shift = self.before + self.text, len(self.before)
        for start, end in pairwise((0, *self.ends)):
            piece = self.text[start:end]
            if piece.strip():
                offset = start + len(piece) - len(piece.lstrip())
                yield offset, Unit(piece.strip(), whole[max(0, shift + start - CONTEXT) : shift + start])


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

    def settled(self, text: str, policy: Policy) -> int:
        """Give the offset before which no finder's hits change any more, whatever follows."""
        return min((finder.settled(text) for finder in (*self._finders, *policy.own.finders)), default=len(text))

    async def found(self, texts: Sequence[str], policy: Policy) -> list[list[Hit]]:
        """Give for each text what the finders find."""
        if sum(map(len, texts)) > (SLOWLY_AT_ONCE if policy.own.slow else AT_ONCE):
            return await self._wait(asyncio.to_thread(self._found, texts, policy))
        return self._found(texts, policy)

    def _found(self, texts: Sequence[str], policy: Policy) -> list[list[Hit]]:
        finders = (*self._finders, *policy.own.finders)
        return [
            [hit for finder in finders for hit in finder.find(text) if not _is_let_pass(hit, policy)] for text in texts
        ]

    async def classified(self, portions: Sequence[Portion], policy: Policy) -> list[list[Hit]]:
        """Give for each text what the classifier finds, each hit over a whole unit; all are asked at once."""
        hits: list[list[Hit]] = [[] for _ in portions]
        if self._classifier is None:
            return hits
        places = [(number, *unit) for number, portion in enumerate(portions) for unit in portion.units()]
        if places:
            units = [unit for _, _, unit in places]
            judged = await self._wait(asyncio.to_thread(self._classifier.classify, units, wary=policy.wary))
            for (number, offset, _), found in zip(places, judged, strict=True):
                hits[number] += [hit.moved(offset) for hit in found]
        return hits


def _is_let_pass(hit: Hit, policy: Policy) -> bool:
    """Say whether a server allows the word that was found, and may."""
    listed = hit.rule.source is Source.WORD and not policy.own.allowed.isdisjoint({hit.rule.name, hit.form})
    return listed and (hit.category, hit.severity) not in LOCKED
