"""Reads a stream, and holds back what is not decided yet."""

from __future__ import annotations

from dataclasses import replace

from bot.safety.classifiers.protocol import CONTEXT
from bot.safety.judge import Judge, Portion
from bot.safety.policy import Policy
from bot.safety.units import unit_ends
from bot.safety.verdict import REWRITTEN, Action, Hit, Verdict

SEEN_BEFORE = 64
"""Released characters that finders see before what is held: a word may not begin right behind a letter."""


class StreamGuard:
    """Releases whole units, when they are judged and nothing that may follow can make them part of a hit.

    What comes of a stream is what `Safety.read` makes of the whole, however it is cut. The cost grows with the length:
    a unit has a longest length, and finders look only when one has come to its end.

    Args:
        judge: Whom to ask.
        policy: What follows from what is found.
        before: What stands before the stream, and was judged already.
    """

    def __init__(self, judge: Judge, policy: Policy, before: str = "") -> None:
        self._judge = judge
        self._policy = policy
        self._before = before[-CONTEXT:]
        self._held = ""
        self._going_on: list[Hit] = []
        """Hits of which a part is released; masked, for what is blocked ends the stream."""
        self._begun = self._ended = False

    async def feed(self, text: str) -> Verdict:
        """Take more text and release what is decided."""
        self._held += text
        return await self._release(last=False)

    async def finish(self) -> Verdict:
        """Release the rest."""
        return await self._release(last=True)

    async def _release(self, *, last: bool) -> Verdict:
        if self._ended:
            return Verdict(Action.BLOCK, (), 1.0, "")
        ends = list(unit_ends(self._held, last=last))
        if not ends:
            return Verdict(Action.ALLOW, (), 0.0, "")
        seen = self._before[-SEEN_BEFORE:] + self._held
        shift = len(seen) - len(self._held)
        settled = len(self._held) if last else self._judge.settled(seen, self._policy) - shift
        ends = [end for end in ends if end <= settled]
        if not ends:
            return Verdict(Action.ALLOW, (), 0.0, "")
        (found,) = await self._judge.found([seen], self._policy)
        hits = self._going_on + [hit.moved(-shift) for hit in found if self._is_new(hit, shift)]
        cut = ends[-1]
        released, self._held = self._held[:cut], self._held[cut:]
        self._going_on = [replace(hit, start=0, end=hit.end - cut) for hit in hits if hit.start < cut < hit.end]
        hits = [replace(hit, start=max(hit.start, 0), end=min(hit.end, cut)) for hit in hits if hit.start < cut]
        (judged,) = await self._judge.classified([Portion(released, ends, self._before)], self._policy)
        self._before = (self._before + released)[-CONTEXT:]
        self._begun = True
        return self._judged(released, hits + judged)

    def _is_new(self, hit: Hit, shift: int) -> bool:
        """Say whether a hit is not one of those that go on; before a stream has begun, it may have begun as well."""
        return hit.start >= shift or (not self._begun and hit.end > shift)

    def _judged(self, text: str, hits: list[Hit]) -> Verdict:
        verdict = self._policy.judge(text, hits)
        if verdict.action not in REWRITTEN:
            return verdict
        self._ended = True
        start = min(hit.start for hit in hits if self._policy.action(hit) in REWRITTEN)
        before = [replace(hit, end=min(hit.end, start)) for hit in hits if hit.start < start]
        shown = self._policy.masked(text[:start], before)
        return replace(verdict, text=shown)
