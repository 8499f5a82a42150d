"""The one door that every text passes, a person's and the model's."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Protocol

from bot.safety.lexicon import Lexicon
from bot.safety.normalise import normalise
from bot.safety.verdict import SEVERITY, Action, Category, Policy, Span, Verdict

MASK = "•"
AT_ONCE = 4_000
"""Characters that are judged on the event loop, in some 8 ms; a longer text is handed to a thread."""


class SafetyLayer(Protocol):
    """Judges texts. Asynchronous, because a judge may be a model that must not run on the event loop."""

    async def read(self, text: str, policy: Policy) -> Verdict:
        """Judge a whole text."""
        ...

    def guard(self, policy: Policy) -> Guard:
        """Give a reader for a text that comes in pieces."""
        ...


class Guard(Protocol):
    """Reads one stream and releases text only when nothing that may follow can make it part of a hit."""

    async def feed(self, text: str) -> Verdict:
        """Take more text; the verdict's `text` is what is released now, masked where needed.

        After a verdict of `block`, whose `text` is what stood before the hit, the stream is to be ended: nothing is
        released.
        """
        ...

    async def finish(self) -> Verdict:
        """Say that nothing follows, and get what was held back."""
        ...


class WordSafety:
    """A safety layer that knows words alone."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def use(self, lexicon: Lexicon) -> None:
        """Know other words from now on; guards that read a stream already keep theirs."""
        self._lexicon = lexicon

    async def read(self, text: str, policy: Policy) -> Verdict:
        """Judge a whole text."""
        if len(text) > AT_ONCE:
            return await asyncio.to_thread(self._judge, text, policy)
        return self._judge(text, policy)

    def _judge(self, text: str, policy: Policy) -> Verdict:
        return judge(text, _spans(self._lexicon, text), policy)

    def guard(self, policy: Policy) -> WordGuard:
        """Give a reader for a text that comes in pieces."""
        return WordGuard(self._lexicon, policy)


class WordGuard:
    """A guard over words; its cost grows with the text's length, not with its square."""

    def __init__(self, lexicon: Lexicon, policy: Policy) -> None:
        self._lexicon = lexicon
        self._policy = policy
        self._held = ""
        self._before = ""  # the last folded character that was released: a word may not begin right behind a letter
        self._blocked = False

    async def feed(self, text: str) -> Verdict:
        """Take more text and release what is decided."""
        self._held += text
        return self._release(last=False)

    async def finish(self) -> Verdict:
        """Release the rest."""
        return self._release(last=True)

    def _release(self, *, last: bool) -> Verdict:
        if self._blocked:
            return Verdict(Action.BLOCK, (), 1.0, "")
        folded, origin = normalise(self._held)
        spans = _spans(self._lexicon, self._held, self._before)
        cut = len(self._held) if last else self._decided(len(folded), origin, spans)
        released, self._held = self._held[:cut], self._held[cut:]
        if seen := normalise(released)[0]:
            self._before = seen[-1]
        within = tuple(span for span in spans if span.end <= cut)
        verdict = judge(released, within, self._policy)
        if verdict.action is Action.BLOCK:
            self._blocked = True
            return replace(verdict, text=self._before_block(released, within))
        return verdict

    def _before_block(self, text: str, spans: tuple[Span, ...]) -> str:
        """Give what stands before the first blocked word, which is as good as if it had come alone."""
        start = min(span.start for span in spans if self._policy.action(span.category) is Action.BLOCK)
        return judge(text[:start], tuple(span for span in spans if span.end <= start), self._policy).text

    def _decided(self, length: int, origin: list[int], spans: tuple[Span, ...]) -> int:
        """Give the offset before which no word can begin or go on that is not there already."""
        undecided = length - self._lexicon.longest
        if undecided <= 0:
            return 0
        cut = origin[undecided]
        return next((span.start for span in spans if span.start < cut < span.end), cut)


def _spans(lexicon: Lexicon, text: str, before: str = "") -> tuple[Span, ...]:
    folded, origin = normalise(text)
    shift = len(before)
    return tuple(
        Span(origin[start - shift], origin[end - shift - 1] + 1, category)
        for start, end, category in lexicon.find(before + folded, shift)
    )


def judge(text: str, spans: tuple[Span, ...], policy: Policy) -> Verdict:
    """Turn what was found into a verdict: the hardest action that a category calls for."""
    by_hardness = sorted(spans, key=lambda span: -SEVERITY[policy.action(span.category)])
    categories: tuple[Category, ...] = tuple(dict.fromkeys(span.category for span in by_hardness))
    action = policy.action(categories[0]) if categories else Action.ALLOW
    shown = _masked(text, [span for span in spans if policy.action(span.category) is Action.MASK])
    if action is Action.BLOCK:
        shown = ""
    return Verdict(action, categories, 1.0 if categories else 0.0, shown, spans)


def _masked(text: str, spans: list[Span]) -> str:
    characters = list(text)
    for span in spans:
        for offset in range(span.start, span.end):
            if not characters[offset].isspace():
                characters[offset] = MASK
    return "".join(characters)
