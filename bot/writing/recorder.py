"""Takes note of what the safety layer does not simply allow: what decided, where and whose; never the text."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from bot.errors import TaleloomError
from bot.store.safety_events import SafetyEventRepository
from bot.writing.decisions import decision_of
from bot.writing.door import Seen

Listener = Callable[[Seen], Awaitable[None]]

log = structlog.get_logger(__name__)


class Recorder:
    """Writes decisions down, and tells whoever listens.

    Args:
        events: Where they are kept.
    """

    def __init__(self, events: SafetyEventRepository) -> None:
        self._events = events
        self._listeners: list[Listener] = []

    def tell(self, listener: Listener) -> None:
        """Tell somebody of every decision from now on."""
        self._listeners.append(listener)

    async def saw(self, seen: Seen) -> None:
        """Write a decision down; a store that cannot be reached keeps nobody from being refused."""
        place = seen.place
        if place.user_id is None or place.channel_id is None:
            return
        event = decision_of(
            seen.verdict,
            guild=place.guild_id,
            channel=place.channel_id,
            user=place.user_id,
            of_model=seen.by_model,
        )
        if event is None:
            return
        try:
            await self._events.add(event)
        except TaleloomError as error:
            log.warning("a decision was not written down", error=type(error).__name__)
        for listener in self._listeners:
            await listener(seen)
