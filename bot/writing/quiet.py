"""Quiet hours: the part of every day in which a server wants nothing written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import N_
from bot.writing.errors import WritingError

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLE = "22:00-07:00 Europe/Berlin"
_LONGEST = 100
_DASHES = str.maketrans(dict.fromkeys("‐–—―−〜~", "-"))
_TIME = r"(?P<{0}>[0-9]{{1,2}})(?:\s*[:.点點时時]\s*(?:(?P<{0}_minute>[0-9]{{2}})\s*分?)?)?"
_HOURS = re.compile(
    rf"{_TIME.format('start')}\s*(?:-|\bto\b|\buntil\b|至|到)\s*{_TIME.format('end')}"
    # A negative offset right behind the hours would read like a third hour.
    r"(?:(?=[\s(])[\s(]*(?P<zone>[^()]*?)[\s)]*|(?P<offset>[+-][0-9]{2}:[0-9]{2}|z))?",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"(?:utc|gmt)?\s*(?P<sign>[+-])(?P<hours>[0-9]{1,2})(?::?(?P<minutes>[0-9]{2}))?")
_EAST, _WEST = timedelta(hours=14), timedelta(hours=-12)
_NO_PLACES = frozenset({"Factory", "localtime"})


class InvalidQuietHoursError(WritingError):
    """Quiet hours that cannot be read, or that begin when they end.

    Args:
        value: What was given.
    """

    template = N_(
        "Quiet hours are a beginning, another time as their end, and a time zone: {example}. “{value}” is not."
    )

    def __init__(self, *, value: str) -> None:
        super().__init__(value=" ".join(value.split())[:60] or "…", example=EXAMPLE)


class UnknownTimeZoneError(InvalidQuietHoursError):
    """A time zone that there is not."""

    template = N_("There is no time zone called “{value}”. Name one as in {example}, or say UTC+8.")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A part of every day, by the clock of one time zone; past midnight where the end is before the start.

    Raises:
        InvalidQuietHoursError: it begins when it ends.
        UnknownTimeZoneError: there is no such zone.
    """

    start: time
    """When it begins, to the minute."""
    end: time
    """When it is over, to the minute."""
    zone: str
    """`UTC`, `UTC+08:00` or an IANA name."""

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise InvalidQuietHoursError(value=self.text)
        if _clock(self.zone) is None:
            raise UnknownTimeZoneError(value=self.zone)

    @property
    def text(self) -> str:
        """Write them in the one form that is stored and shown, and that parses to the same."""
        return f"{self.start:%H:%M}-{self.end:%H:%M} {self.zone}"

    def __str__(self) -> str:
        return self.text

    def ends_at(self, now: datetime) -> datetime | None:
        """Say when the quiet that holds at `now`, an aware time, is over (in UTC); None where it is not quiet.

        Where the clock is turned, it is quiet for rather longer than shorter: from the first of two equal times, until
        the last; and an hour that is skipped cuts nothing off.
        """
        clock = _clock(self.zone) or UTC
        today = now.astimezone(clock).date()
        ends = []
        # Near a turn of the clock even tomorrow's quiet may have begun.
        for day in (today + timedelta(days=days) for days in (-1, 0, 1)):
            last = day if self.start < self.end else day + timedelta(days=1)
            end = max(_moments(last, self.end, clock))
            if min(_moments(day, self.start, clock)) <= now < end:
                ends.append(end)
        return max(ends, default=None)


def parse_quiet_hours(text: str) -> QuietHours:
    """Read what a person typed: `22:00-07:00 Europe/Berlin`, `22-7`, `22点到7点 UTC+8`; without a zone it is UTC.

    Raises:
        InvalidQuietHoursError: it cannot be read, or begins when it ends.
        UnknownTimeZoneError: its time zone is none.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).strip() if len(text) <= _LONGEST else ""
    found = _HOURS.fullmatch(plain)
    if found is None:
        raise InvalidQuietHoursError(value=text)
    start, end = _time(found["start"], found["start_minute"]), _time(found["end"], found["end_minute"])
    if start is None or end is None or start == end:
        raise InvalidQuietHoursError(value=text)
    zone = found["zone"] or found["offset"] or "UTC"
    return QuietHours(start, end, _zone(zone) or zone)


def _time(hour: str, minute: str | None) -> time | None:
    hours, minutes = int(hour), int(minute or 0)
    if (hours, minutes) == (24, 0):
        hours = 0
    return time(hours, minutes) if hours < 24 and minutes < 60 else None


def _zone(text: str) -> str | None:
    """Give a zone's name in the form that is stored, or nothing where there is no such zone."""
    word = text.casefold()
    if word in {"utc", "gmt", "z"}:
        return "UTC"
    found = _OFFSET.fullmatch(word)
    if found is None:
        return _places().get(word.replace(" ", "_"))
    offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
    offset = -offset if found["sign"] == "-" else offset
    if int(found["minutes"] or 0) > 59 or not _WEST <= offset <= _EAST:
        return None
    return timezone(offset).tzname(None)


@lru_cache(maxsize=256)
def _clock(zone: str) -> tzinfo | None:
    if _zone(zone) != zone:
        return None
    found = _OFFSET.fullmatch(zone.casefold())
    if found is None:
        return UTC if zone == "UTC" else ZoneInfo(zone)
    offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
    return timezone(-offset if found["sign"] == "-" else offset)


@cache
def _places() -> Mapping[str, str]:
    return MappingProxyType({name.casefold(): name for name in available_timezones() - _NO_PLACES})


def _moments(day: date, at: time, clock: tzinfo) -> tuple[datetime, datetime]:
    """Give both moments that a time on the clock can mean; they differ only where the clock is turned."""
    first, second = (datetime.combine(day, at.replace(fold=fold), clock).astimezone(UTC) for fold in (0, 1))
    return first, second
