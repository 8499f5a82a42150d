"""Builds what the model sees: counts tokens where it matters, and keeps the counts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.engine.protocol import Capacity, Engine
from bot.stories.context import Context, Parts, assemble, counted, end_of

AT_ONCE = 256
"""Sentences that the engine counts between two steps of those who are writing."""


@dataclass(frozen=True, slots=True)
class Room:
    """What a request has room for, in tokens."""

    tokens: int
    """What is put before the model may take these."""
    writing: int
    """Kept for the new text."""
    context: int
    """All that there are, the model's frame included."""

    def smaller(self) -> Room:
        """Give less room to what is put before the model."""
        return replace(self, tokens=self.tokens * 3 // 4)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a model would see."""

    model: str
    context: Context
    room: Room


def room_in(capacity: Capacity, length: int) -> Room:
    """Share out a model's positions: the new text gets half of them at the most."""
    writing = min(length, capacity.context // 2)
    return Room(max(1, capacity.context - capacity.overhead - writing), writing, capacity.context)


class ContextBuilder:
    """Puts contexts together for one text, whose sentences are counted once.

    Args:
        engine: Counts tokens.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._counts: dict[str, int] = {}

    async def build(self, model: str, parts: Parts, room: int, *, exactly: bool = False) -> Context:
        """Put together what a model sees.

        Args:
            model: A name from the registry.
            parts: What there is.
            room: Tokens there are; at least 1.
            exactly: Whether the shares must be exact; else they may be upper bounds where everything fits.
        """
        story = end_of(parts.story, room)
        unseen, parts = len(parts.story) - len(story), replace(parts, story=story)
        context = await self._assembled(model, parts, room, exactly=exactly or unseen > 0)
        if not unseen:
            return context
        return replace(context, left_out=replace(context.left_out, story=context.left_out.story + unseen))

    async def _assembled(self, model: str, parts: Parts, room: int, *, exactly: bool) -> Context:
        if not exactly:
            # No token is shorter than a byte.
            context = assemble(parts, lambda text: len(text.encode()), room)
            if context.is_whole:
                return context
        new = [text for text in counted(parts) if text not in self._counts]
        for some in (new[at : at + AT_ONCE] for at in range(0, len(new), AT_ONCE)):
            self._counts.update(zip(some, await self._engine.count_tokens(model, some), strict=True))
        return assemble(parts, self._counts.__getitem__, room)
