"""What holds for people in a place: who may write and press there, when, and how much. Pure functions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ids import UserId
from bot.writing import errors
from bot.writing.keys import EVERYONE, NOBODY_ELSE
from bot.writing.quiet import parse_quiet_hours

Circle = str | tuple[int, ...]
"""`author`, `everyone`, or roles by their numbers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """The rules of a place, as its admins set them; the names are those of `keys`."""

    enabled: bool = True
    writers: Circle = EVERYONE
    press: Circle = NOBODY_ELSE
    longest: int = 800
    """Tokens."""
    cooldown: int = 0
    """Seconds between two texts of one person; 0 is none."""
    daily_tokens: int = 0
    """Tokens a day and person, in UTC days; 0 is without end."""
    server_daily_tokens: int = 0
    quiet_hours: str = ""
    """In the form of `quiet`; empty for none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asker:
    """Who asks."""

    user_id: UserId
    roles: frozenset[int] = frozenset()
    manager: bool = False
    """May manage the server: no rule that such a person can change stands in their way."""


@dataclass(frozen=True, slots=True)
class Used:
    """Tokens that were written today."""

    person: int = 0
    server: int = 0


def belongs(circle: Circle, roles: Collection[int]) -> bool:
    """Say whether somebody with these roles is in a circle."""
    return circle == EVERYONE or (not isinstance(circle, str) and any(role in circle for role in roles))


def admit(rules: Rules, asker: Asker, used: Used, now: datetime) -> None:
    """Let somebody write in a place, or say why not.

    Raises:
        NotHereError: the bot is switched off there.
        NotForYouError: only some roles may write.
        QuietError: it is quiet now.
        QuotaError: as much as a day allows was written.
    """
    tomorrow = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), now.tzinfo)
    if rules.server_daily_tokens and used.server >= rules.server_daily_tokens:
        raise errors.ServerQuotaError(retry_at=int(tomorrow.timestamp()), limit=rules.server_daily_tokens)
    if asker.manager:
        return
    if not rules.enabled:
        raise errors.NotHereError
    if not belongs(rules.writers, asker.roles):
        raise errors.NotForYouError
    until = parse_quiet_hours(rules.quiet_hours).ends_at(now) if rules.quiet_hours else None
    if until is not None:
        raise errors.QuietError(retry_at=int(until.timestamp()))
    if rules.daily_tokens and used.person >= rules.daily_tokens:
        raise errors.QuotaError(retry_at=int(tomorrow.timestamp()), limit=rules.daily_tokens)
