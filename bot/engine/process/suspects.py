"""Which request kills the engine process.

Whatever was waiting with nothing shown when the process died is sent again to the next one. What was there at two
deaths is suspected, and from then on suspects go one at a time and alone, until each has shown text: so the one that
kills is known, and those that stood beside it are not taken for it.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Hashable

DEATHS = 2
REFUSED_SECONDS = 600.0
"""How long the same text is refused: as long as restarts are counted, so that nobody can use them up by insisting."""


class Suspects:
    """Keeps count of the deaths at which requests were there."""

    def __init__(self) -> None:
        self._deaths: Counter[str] = Counter()
        self._waiting: deque[str] = deque()
        self._tried: str | None = None

    def died(self, unshown: Collection[str]) -> set[str]:
        """Note that the process died.

        Args:
            unshown: The requests that had been sent to it, with nothing shown.

        Returns:
            Those that are refused from now on: the one that was tried alone, or the only one that was there twice.
        """
        self._deaths.update(unshown)
        tried, self._tried = self._tried, None
        if tried is not None and tried in unshown:
            guilty = {tried}
        else:
            suspected = [request_id for request_id in unshown if self._deaths[request_id] >= DEATHS]
            guilty = set(suspected) if len(suspected) == 1 else set()
            self._waiting.extend(request_id for request_id in suspected if request_id not in guilty)
        for request_id in guilty:
            del self._deaths[request_id]
        return guilty

    def next(self, unsent: Collection[str]) -> Collection[str]:
        """Say which of the requests that were not sent may go now: a suspect alone, or all where there is none."""
        if self._tried is None and self._waiting:
            self._tried = self._waiting.popleft()
            return [self._tried]
        return [] if self._tried is not None else unsent

    def cleared(self, request_id: str) -> None:
        """Note that a request has shown text, or is not wanted any more."""
        self._deaths.pop(request_id, None)
        if request_id in self._waiting:
            self._waiting.remove(request_id)
        if request_id == self._tried:
            self._tried = None


class Refusals:
    """What is not asked of any engine process for some time.

    Args:
        now: Gives seconds that only grow.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._refused: dict[Hashable, float] = {}

    def refuse(self, text: Hashable) -> None:
        """Refuse what was asked for for some time, whoever asks for it."""
        now = self._now()
        self._refused = {known: until for known, until in self._refused.items() if until > now}
        self._refused[text] = now + REFUSED_SECONDS

    def refuses(self, text: Hashable) -> bool:
        """Tell whether what is asked for is refused."""
        return self._refused.get(text, 0.0) > self._now()
