"""What goes for good when its time has come: people who asked for it, and what nobody keeps any longer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog

from bot.ids import GuildId, UserId
from bot.store.people import PeopleRepository
from bot.store.safety_events import SafetyEventRepository

ERASURE_AFTER = timedelta(days=1)
"""How long a person can take the wish to be erased back."""
DELETED_AFTER = timedelta(days=1)
"""How long a deleted story is still in the store."""
DEPARTED_AFTER = timedelta(days=30)
"""How long a server's data stays when the bot has left it."""
DECISIONS_AFTER = timedelta(days=90)
"""How long a decision of the safety layer is kept."""

LONGEST_DAYS = 36_500  # a calendar has an end

Item = TypeVar("Item")
T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Swept:
    """What went, and what could not be done this time."""

    people: int = 0
    deleted_stories: int = 0
    """Deleted by somebody, long enough ago."""
    expired_stories: int = 0
    """Beyond what their server keeps."""
    servers: int = 0
    decisions: int = 0
    """Of the safety layer, long enough ago."""
    failed: int = 0


class Housekeeping:
    """Erases what is due.

    Args:
        people: What erases.
        events: The safety layer's decisions.
        now: The time.
        part: Lets what somebody takes part in go on without them, before they are erased.
        erasure_after: From a person's wish to its fulfilment.
        deleted_after: From a story's deletion to its end.
        departed_after: From the bot's leaving a server to the end of what is kept of it.
        decisions_after: From a decision to its end.
    """

    def __init__(
        self,
        people: PeopleRepository,
        events: SafetyEventRepository,
        *,
        now: Callable[[], datetime],
        part: Callable[[UserId], Awaitable[None]],
        erasure_after: timedelta = ERASURE_AFTER,
        deleted_after: timedelta = DELETED_AFTER,
        departed_after: timedelta = DEPARTED_AFTER,
        decisions_after: timedelta = DECISIONS_AFTER,
    ) -> None:
        self._people = people
        self._events = events
        self._now = now
        self._part = part
        self._erasure_after = erasure_after
        self._deleted_after = deleted_after
        self._departed_after = departed_after
        self._decisions_after = decisions_after

    async def sweep(self) -> Swept:
        """Erase all that is due by now. What fails is logged, keeps nothing else, and is tried again next time."""
        people, now, work = self._people, self._now(), _Work()
        left, asked, deleted = now - self._departed_after, now - self._erasure_after, now - self._deleted_after
        swept = Swept(
            servers=await work.each(people.departed_before(left), partial(people.erase_server, left_before=left)),
            people=await work.each(people.due_erasures(asked), partial(self._erase, asked_before=asked)),
            deleted_stories=await work.each(people.stories_deleted_before(deleted), people.erase_story),
            expired_stories=await self._expire(now, work),
            decisions=await work.attempt(self._events.forget_before(now - self._decisions_after), 0),
            failed=work.failed,
        )
        if swept != Swept():
            log.info("swept", **asdict(swept))
        return swept

    async def _erase(self, user_id: UserId, *, asked_before: datetime) -> bool:
        await self._part(user_id)
        return await self._people.erase(user_id, asked_before=asked_before)

    async def _expire(self, now: datetime, work: _Work) -> int:
        """Erase the stories that are older than their servers keep them."""
        retentions: Mapping[GuildId, int] = await work.attempt(self._people.retentions(), {})
        count = 0
        for guild_id, days in retentions.items():
            since = now - timedelta(days=min(days, LONGEST_DAYS))
            quiet = self._people.stories_older_than(guild_id, since)
            count += await work.each(quiet, partial(self._people.erase_story, quiet_since=since))
        return count


class _Work:
    """Does one thing after another, whatever happens on the way, and counts what failed."""

    def __init__(self) -> None:
        self.failed = 0

    async def each(self, listed: Awaitable[Sequence[Item]], erase: Callable[[Item], Awaitable[bool]]) -> int:
        """Erase everything that is listed; returns how much went."""
        return sum([await self.attempt(erase(item), otherwise=False) for item in await self.attempt(listed, ())])

    async def attempt(self, work: Awaitable[T], otherwise: T) -> T:
        """Do something; where it fails, log why, and give something else."""
        try:
            return await work
        except Exception:  # whatever it is, the rest is still to be done
            self.failed += 1
            log.exception("what was due could not be erased")
            return otherwise
