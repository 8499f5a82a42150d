"""Who agreed that a model learns from what they write, everywhere and until they take it back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.ids import UserId
from bot.store import schema
from bot.store.transactions import Transactions, whole


class ConsentRepository:
    """Keeps a row for each person who agrees; who never did, or does no more, has none."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @whole
    async def give(self, user_id: UserId) -> datetime:
        """Write down that a person agrees; returns since when: giving it twice changes nothing."""
        values = {"user_id": user_id, "given_at": self._transactions.now()}
        insert = self._transactions.upsert(schema.training_consents).values(values).on_conflict_do_nothing()
        async with self._transactions.write() as connection:
            await connection.execute(insert)
            since: datetime = (await connection.execute(_since(user_id))).scalar_one()
            return since

    @whole
    async def take_back(self, user_id: UserId) -> bool:
        """Write down that a person agrees no more; returns whether they did until now."""
        table = schema.training_consents
        async with self._transactions.write() as connection:
            gone = await connection.execute(sa.delete(table).where(table.c.user_id == user_id))
            return gone.rowcount > 0

    @whole
    async def given(self, user_id: UserId) -> datetime | None:
        """Return since when a person agrees; None if they do not."""
        async with self._transactions.read() as connection:
            since: datetime | None = await connection.scalar(_since(user_id))
            return since

    @whole
    async def among(self, people: Collection[UserId]) -> frozenset[UserId]:
        """Return which of these people agree. Whoever asked to be erased counts as one who does not."""
        table, leaving = schema.training_consents.c, sa.select(schema.erasures.c.user_id)
        query = sa.select(table.user_id).where(table.user_id.in_(people), table.user_id.not_in(leaving))
        async with self._transactions.read() as connection:
            return frozenset(UserId(number) for number in await connection.scalars(query))


def _since(user_id: UserId) -> sa.Select[tuple[Any]]:
    table = schema.training_consents.c
    return sa.select(table.given_at).where(table.user_id == user_id)
