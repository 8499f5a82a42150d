"""Columns mean the same in every database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot.store.types import JsonValue, Utc, Words, plain_json, storable

DIALECTS = [sa.make_url(f"{name}://").get_dialect()() for name in ("sqlite", "postgresql+psycopg")]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_moment_goes_in_as_utc_and_comes_out_aware(dialect: sa.Dialect) -> None:
    noon_in_shanghai = datetime(2026, 1, 1, 12, 0, tzinfo=timezone(timedelta(hours=8)))
    stored = Utc().process_bind_param(noon_in_shanghai, dialect)
    assert stored is not None
    assert (stored.hour, stored.tzinfo) == (4, None if dialect.name == "sqlite" else UTC)
    found = Utc().process_result_value(stored, dialect)
    assert found == noon_in_shanghai
    assert found.tzinfo is UTC


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_nothing_stays_nothing(dialect: sa.Dialect) -> None:
    assert Utc().process_bind_param(None, dialect) is None
    assert Utc().process_result_value(None, dialect) is None
    assert Words().process_bind_param(None, dialect) is None
    assert JsonValue().process_bind_param(None, dialect) is None


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        Utc().process_bind_param(datetime(2026, 1, 1), DIALECTS[0])


@given(st.text(alphabet=st.characters()))
def test_any_text_can_be_stored_and_loses_nothing_that_can(text: str) -> None:
    stored = storable(text)
    assert "\0" not in stored
    assert stored == stored.encode("utf-8").decode("utf-8")
    assert stored == "".join("?" if "\ud800" <= letter <= "\udfff" else letter for letter in text if letter != "\0")


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError, match="datetime is not JSON"):
        plain_json({"at": [datetime(2026, 1, 1, tzinfo=UTC)]})
