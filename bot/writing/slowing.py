"""Whoever is refused again and again waits before the next try."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.errors import N_
from bot.safety.verdict import Action
from bot.store.safety_events import SafetyEventRepository
from bot.writing.errors import WritingError

if TYPE_CHECKING:
    from bot.ids import GuildId, UserId


class SlowedError(WritingError):
    """A person was refused some times in a short while.

    Args:
        retry_at: When the next try may be made, in seconds since the epoch.
    """

    template = N_("Several of your texts were refused. You can try again <t:{retry_at}:R>.")


class ShutOutError(SlowedError):
    """A person was refused many times."""

    template = N_(
        "Many of your texts were refused, so none is taken until <t:{retry_at}:t>. Whoever manages this server can let "
        "you in before."
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Slowing:
    """How often somebody may be refused, and what follows."""

    refusals: int = 5
    """So many refusals `within` make the person wait."""
    within: timedelta = timedelta(minutes=10)
    wait: timedelta = timedelta(minutes=1)
    """The first wait; each further refusal within the same time doubles it."""
    longest_wait: timedelta = timedelta(minutes=10)
    shut_out_refusals: int = 10
    """So many refusals `shut_out_within` shut the person out."""
    shut_out_within: timedelta = timedelta(hours=1)
    shut_out: timedelta = timedelta(hours=1)
    """For how long."""

    @property
    def looked_back(self) -> timedelta:
        """For how long a refusal can matter."""
        return max(self.shut_out_within + self.shut_out, self.within + self.longest_wait)


@dataclass(frozen=True, slots=True)
class Wait:
    """Until when a person waits."""

    until: datetime
    shut_out: bool
    """Whether it is for many refusals and not for some."""


def wait_after(refusals: Sequence[datetime], now: datetime, rule: Slowing) -> Wait | None:
    """Give until when somebody waits who was refused at these moments; None where the next try may be made now.

    Args:
        refusals: Oldest first.
        now: The time.
        rule: What follows from how many.
    """
    waits = [wait for place in range(len(refusals)) for wait in _waits(refusals[: place + 1], rule) if wait.until > now]
    return max(waits, key=lambda wait: (wait.until, wait.shut_out), default=None)


def _waits(refusals: Sequence[datetime], rule: Slowing) -> list[Wait]:
    """Give what follows from the last of some refusals, seen together with those before it."""
    last = refusals[-1]
    waits = []
    if sum(last - at <= rule.shut_out_within for at in refusals) >= rule.shut_out_refusals:
        waits.append(Wait(last + rule.shut_out, shut_out=True))
    above = sum(last - at <= rule.within for at in refusals) - rule.refusals
    if above >= 0:
        # A number of doublings beyond any wait would be too large for a length of time.
        wait = min(rule.wait * 2 ** min(above, 16), rule.longest_wait)
        waits.append(Wait(last + wait, shut_out=False))
    return waits


class Brake:
    """Keeps whoever was refused again and again from trying on at once.

    Args:
        events: Knows who was refused when.
        now: The time.
        rule: What follows from how many refusals.
    """

    def __init__(
        self, events: SafetyEventRepository, *, now: Callable[[], datetime], rule: Slowing | None = None
    ) -> None:
        self._events = events
        self._now = now
        self._rule = rule or Slowing()

    async def check(self, guild: GuildId | None, user: UserId) -> None:
        """Let a person try who need not wait in this server, or in direct messages.

        Raises:
            SlowedError: the person was refused some times in a short while.
            ShutOutError: the person was refused many times.
        """
        now = self._now()
        refusals = await self._events.refusals(guild, user, Action.BLOCK, since=self._since(now))
        wait = wait_after(refusals, now, self._rule)
        if wait is not None:
            raise (ShutOutError if wait.shut_out else SlowedError)(retry_at=int(wait.until.timestamp()) + 1)

    async def release(self, guild: GuildId | None, user: UserId) -> bool:
        """Let a person try again now, as a moderator wishes; returns whether any refusal counted until now."""
        return await self._events.forgive(guild, user, Action.BLOCK, since=self._since(self._now())) > 0

    def _since(self, now: datetime) -> datetime:
        return now - self._rule.looked_back
