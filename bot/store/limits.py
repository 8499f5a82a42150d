"""Token buckets: who may ask for how much. Kept in the database, so that a restart forgives nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from bot.store import schema
from bot.store.transactions import Transactions, whole

# A bucket that refills by fractions may stand a hair under a whole token at the moment that was promised.
_HAIR = 1e-6


@dataclass(frozen=True, slots=True)
class Taken:
    """Whether a token was there."""

    allowed: bool
    retry_at: datetime | None = None
    """When the next one will be, if not; UTC."""


class LimitRepository:
    """Keeps one row for each bucket that was ever used."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @whole
    async def take(self, key: str, *, capacity: int, per_second: float, now: datetime | None = None) -> Taken:
        """Take a token if there is one: one statement, so that no two ever take the same.

        Args:
            key: Whose bucket, such as `user:123`; at most 128 characters. A new bucket is full.
            capacity: The most tokens it holds, 1 or more. May change from call to call.
            per_second: How many come back in a second, more than 0.
            now: What time it is, aware; by default the store's clock. A time before the last one counts as that.
        """
        now = now or self._transactions.now()
        seconds = sa.literal(now.timestamp(), sa.Double)
        bucket = schema.buckets.c
        level = _level(seconds, capacity, per_second)
        statement = (
            self._transactions.upsert(schema.buckets)
            .values(key=key, tokens=float(capacity - 1), counted_at=seconds)
            .on_conflict_do_update(
                index_elements=["key"],
                set_={"tokens": level - 1.0, "counted_at": _larger(bucket.counted_at, seconds)},
                where=level >= 1.0 - _HAIR,
            )
            .returning(bucket.tokens)
        )
        async with self._transactions.write() as connection:
            if (await connection.execute(statement)).first() is not None:
                return Taken(allowed=True)
            row = (await connection.execute(sa.select(level, bucket.counted_at).where(bucket.key == key))).one()
        missing = max(0.0, 1.0 - row[0])
        counted_at = max(row[1], now.timestamp())
        return Taken(allowed=False, retry_at=datetime.fromtimestamp(counted_at + missing / per_second, UTC))

    @whole
    async def give_back(self, key: str, *, capacity: int) -> None:
        """Give a token back that was taken for something that then did not happen; never above the capacity."""
        bucket = schema.buckets.c
        more = _smaller(bucket.tokens + 1.0, sa.literal(float(capacity), sa.Double))
        async with self._transactions.write() as connection:
            await connection.execute(sa.update(schema.buckets).where(bucket.key == key).values(tokens=more))


def _level(seconds: sa.ColumnElement[float], capacity: int, per_second: float) -> sa.ColumnElement[float]:
    """Say how full a bucket is at that moment, from when it was last counted."""
    bucket = schema.buckets.c
    passed = _larger(seconds - bucket.counted_at, sa.literal(0.0, sa.Double))
    return _smaller(bucket.tokens + passed * sa.literal(per_second, sa.Double), sa.literal(float(capacity), sa.Double))


def _smaller(one: sa.ColumnElement[float], other: sa.ColumnElement[float]) -> sa.ColumnElement[float]:
    return sa.case((one < other, one), else_=other)


def _larger(one: sa.ColumnElement[float], other: sa.ColumnElement[float]) -> sa.ColumnElement[float]:
    return sa.case((one > other, one), else_=other)
