"""Quiet hours: how people write them, and when they are over."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.writing.errors import WritingError
from bot.writing.quiet import InvalidQuietHoursError, QuietHours, UnknownTimeZoneError, parse_quiet_hours

BERLIN = "22:00-07:00 Europe/Berlin"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BERLIN, BERLIN),
        ("22-7", "22:00-07:00 UTC"),
        ("  22:00 - 7:30  ", "22:00-07:30 UTC"),
        ("9.15–17.45 utc", "09:15-17:45 UTC"),
        ("22:00—07:00 europe/BERLIN", BERLIN),
        ("２２：００－０７：００　Ａｓｉａ／Ｓｈａｎｇｈａｉ", "22:00-07:00 Asia/Shanghai"),
        ("22点到7点 UTC+8", "22:00-07:00 UTC+08:00"),
        ("22時30分至7点05分 +08:00", "22:30-07:05 UTC+08:00"),
        ("22：00至7：00（Asia/Shanghai）", "22:00-07:00 Asia/Shanghai"),
        ("22～7 GMT", "22:00-07:00 UTC"),
        ("22 to 7 America/New York", "22:00-07:00 America/New_York"),
        ("22:00 until 07:00 (GMT−3:30)", "22:00-07:00 UTC-03:30"),
        ("22:00-07:00+08:00", "22:00-07:00 UTC+08:00"),
        ("22:00-07:00Z", "22:00-07:00 UTC"),
        ("22-7 -5", "22:00-07:00 UTC-05:00"),
        ("22-7 +0530", "22:00-07:00 UTC+05:30"),
        ("22-7 utc +0", "22:00-07:00 UTC"),
        ("22-7 UTC-0", "22:00-07:00 UTC"),
        ("22-24", "22:00-00:00 UTC"),
        ("0-6 Etc/GMT+8", "00:00-06:00 Etc/GMT+8"),
    ],
)
def test_what_people_type_has_one_form_that_reads_as_itself(text: str, expected: str) -> None:
    hours = parse_quiet_hours(text)
    assert str(hours) == hours.text == expected
    assert parse_quiet_hours(hours.text) == hours


@pytest.mark.parametrize(
    "text",
    [
        *("", "never", "22", "22-", "-7", "22-7-5", "22/7", "25-7", "22:60-7", "22:0-7", "24:01-7", "22-22", "0-24"),
        *("22:00-22:00 Europe/Berlin", "22-7Europe/Berlin", "22-7 (UTC) x (", "222-7", "22-7\x00", "x" * 10_000),
        *("22-7" + " " * 200 + "UTC", "²²²-7", "٢٢-٧"),
    ],
)
def test_what_cannot_be_read_is_told_how_it_looks(text: str) -> None:
    with pytest.raises(InvalidQuietHoursError) as caught:
        parse_quiet_hours(text)
    assert isinstance(caught.value, WritingError)
    assert BERLIN in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "zone",
    [
        *("Berlin", "Europe/Atlantis", "../../etc/passwd", "/etc/localtime", "localtime", "Factory", "CEST", "UTC+15"),
        *("+14:01", "-13", "UTC+8:60", "+8:5", "UTC+", "++8", "Europe/Berlin/", "北京"),
    ],
)
def test_a_zone_that_there_is_not_is_named(zone: str) -> None:
    with pytest.raises(UnknownTimeZoneError) as caught:
        parse_quiet_hours(f"22-7 {zone}")
    assert zone in str(caught.value)
    assert "UTC+8" in str(caught.value)


def test_hours_built_by_hand_are_checked_too() -> None:
    with pytest.raises(InvalidQuietHoursError):
        QuietHours(time(22), time(22), "UTC")
    for zone in ("", "europe/berlin", "UTC+8", "UTC+99:00", "Mars"):
        with pytest.raises(UnknownTimeZoneError):
            QuietHours(time(22), time(7), zone)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2025-11-25 20:59:59", None),  # 21:59:59 in Berlin
        ("2025-11-25 21:00", "2025-11-26 06:00"),
        ("2025-11-25 23:30", "2025-11-26 06:00"),
        ("2025-11-26 05:59:59", "2025-11-26 06:00"),
        ("2025-11-26 06:00", None),
        ("2025-11-26 12:00", None),
    ],
)
def test_a_night_lasts_from_one_day_into_the_next(now: str, end: str | None) -> None:
    hours = parse_quiet_hours(BERLIN)
    assert hours.ends_at(utc(now)) == (end and utc(end))
    # What the clock of whoever asks shows makes no difference.
    assert hours.ends_at(utc(now).astimezone(ZoneInfo("Asia/Tokyo"))) == (end and utc(end))


def test_hours_within_a_day_end_on_it_in_utc() -> None:
    hours = parse_quiet_hours("9:00-17:30 UTC+8")
    assert hours.ends_at(utc("2025-11-25 00:59")) is None
    end = hours.ends_at(utc("2025-11-25 01:00"))
    assert end == utc("2025-11-25 09:30")
    assert end is not None
    assert end.tzinfo is UTC
    assert hours.ends_at(utc("2025-11-25 09:30")) is None


def test_midnight_can_be_an_end_and_a_beginning() -> None:
    assert parse_quiet_hours("22-24").ends_at(utc("2025-12-31 23:59")) == utc("2026-01-01 00:00")
    assert parse_quiet_hours("22-24").ends_at(utc("2026-01-01 00:00")) is None
    assert parse_quiet_hours("0-6").ends_at(utc("2026-01-01 00:00")) == utc("2026-01-01 06:00")


def test_nights_in_which_the_clock_is_turned_are_shorter_and_longer() -> None:
    hours = parse_quiet_hours(BERLIN)
    # 2026-03-29: 02:00 +01:00 is followed by 03:00 +02:00.
    assert hours.ends_at(utc("2026-03-28 20:59")) is None
    assert hours.ends_at(utc("2026-03-28 21:00")) == utc("2026-03-29 05:00")
    assert hours.ends_at(utc("2026-03-29 05:00")) is None
    # 2026-10-25: 03:00 +02:00 is followed by 02:00 +01:00.
    assert hours.ends_at(utc("2026-10-24 20:00")) == utc("2026-10-25 06:00")
    assert hours.ends_at(utc("2026-10-25 05:59")) == utc("2026-10-25 06:00")
    assert hours.ends_at(utc("2026-10-25 06:00")) is None


def test_a_time_that_the_clock_shows_twice_begins_with_its_first_and_ends_with_its_last() -> None:
    until = parse_quiet_hours("22:00-02:30 Europe/Berlin")
    for now in ("2026-10-24 23:59", "2026-10-25 00:30", "2026-10-25 00:45", "2026-10-25 01:29"):
        assert until.ends_at(utc(now)) == utc("2026-10-25 01:30")
    assert until.ends_at(utc("2026-10-25 01:30")) is None
    since = parse_quiet_hours("02:30-05:00 Europe/Berlin")
    assert since.ends_at(utc("2026-10-25 00:29")) is None
    for now in ("2026-10-25 00:30", "2026-10-25 01:10", "2026-10-25 03:59"):
        assert since.ends_at(utc(now)) == utc("2026-10-25 04:00")


def test_a_time_that_the_clock_skips_cuts_nothing_off() -> None:
    until = parse_quiet_hours("22:00-02:30 Europe/Berlin")
    assert until.ends_at(utc("2026-03-29 00:59")) == utc("2026-03-29 01:30")
    assert until.ends_at(utc("2026-03-29 01:30")) is None
    since = parse_quiet_hours("02:30-03:15 Europe/Berlin")
    assert since.ends_at(utc("2026-03-29 01:00")) == utc("2026-03-29 01:15")
    assert since.ends_at(utc("2026-03-29 00:29")) is None
    # In Cairo the day itself begins at 01:00, and its quiet on the day before.
    assert parse_quiet_hours("00:15-06:00 Africa/Cairo").ends_at(utc("2026-04-23 21:30")) == utc("2026-04-24 03:00")


CLOCKS = st.times().map(lambda at: at.replace(second=0, microsecond=0))
ZONES = st.sampled_from(
    ["UTC", "UTC+08:00", "UTC-09:30", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]
)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


@given(CLOCKS, CLOCKS, ZONES, MOMENTS)
def test_quiet_ends_within_a_day_and_is_over_then(start: time, end: time, zone: str, now: datetime) -> None:
    if start == end:
        return
    hours = QuietHours(start, end, zone)
    assert parse_quiet_hours(hours.text) == hours
    over = hours.ends_at(now)
    if over is None:
        return
    assert timedelta(0) < over - now <= timedelta(days=3)
    assert hours.ends_at(over - timedelta(seconds=1)) is not None


@given(CLOCKS, CLOCKS, st.integers(-12 * 60, 14 * 60), MOMENTS)
def test_without_turns_of_the_clock_it_is_quiet_just_as_the_clock_shows(
    start: time, end: time, offset: int, now: datetime
) -> None:
    if start == end:
        return
    zone = timezone(timedelta(minutes=offset))
    hours = parse_quiet_hours(f"{start:%H:%M}-{end:%H:%M} {zone}")
    local = now.astimezone(zone).time()
    quiet = start <= local < end if start < end else local >= start or local < end
    over = hours.ends_at(now)
    assert (over is not None) is quiet
    if over is not None:
        assert over.astimezone(zone).time() == end
        assert over - now <= timedelta(days=1)


@given(st.text(max_size=40) | st.text(st.sampled_from("0127 :-+到UTCGMZ/()"), max_size=25))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    try:
        hours = parse_quiet_hours(text)
    except InvalidQuietHoursError:
        return
    assert parse_quiet_hours(str(hours)) == hours
