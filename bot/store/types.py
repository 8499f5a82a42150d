"""Column types that mean the same in SQLite and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"


def storable(text: str) -> str:
    """Take out what no database keeps: NUL (PostgreSQL refuses it) and halves of surrogate pairs (no UTF-8)."""
    if text.isascii():
        return text.replace("\0", "")
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def plain_json(value: object) -> Json:
    """Turn read-only mappings and tuples into what `json` writes, with storable strings."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable(str(key)): plain_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_json(item) for item in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    msg = f"{type(value).__name__} is not JSON"
    raise TypeError(msg)


class Words(TypeDecorator[str]):
    """Text as people and models write it, less what no database keeps."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Clean the text on its way in."""
        return None if value is None else storable(value)


class Utc(TypeDecorator[datetime]):
    """An aware moment, always in UTC: SQLite drops time zones, so that 12:00+08:00 would come back as 12:00."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a time zone, and turn every other into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"{value!r} has no time zone"
            raise ValueError(msg)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the moment its time zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JsonValue(TypeDecorator[Json]):
    """A JSON value; None is SQL's NULL."""

    impl = sa.JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Json, dialect: Dialect) -> object:  # noqa: ARG002
        """Make the value one that `json` writes."""
        return plain_json(value)


def big_id() -> sa.types.TypeEngine[int]:
    """Build the type of a number that Discord or the database gives; SQLite counts only INTEGER keys up by itself."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
