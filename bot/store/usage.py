"""How much was written, by day, server and person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from bot.ids import GuildId, UserId
from bot.store import schema
from bot.store.transactions import Transactions, whole

DIRECT = GuildId(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class DayOfUse:
    """What was written on a day."""

    day: date
    """In UTC."""
    texts: int
    tokens: int


class UsageRepository:
    """Counts texts and tokens. A server's number of 0 is direct messages."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @whole
    async def add(self, guild: GuildId | None, user: UserId, *, tokens: int) -> None:
        """Count a text."""
        table = schema.usage.c
        place = {"day": self._transactions.now().date(), "guild_id": guild or DIRECT, "user_id": user}
        insert = self._transactions.upsert(schema.usage).values(**place, texts=1, tokens=tokens)
        more = {"texts": table.texts + 1, "tokens": table.tokens + tokens}
        async with self._transactions.write() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=list(place), set_=more))

    @whole
    async def today(self, guild: GuildId | None, user: UserId) -> tuple[int, int]:
        """Return the tokens of a person in a server today, and those of the whole server."""
        table = schema.usage.c
        mine = sa.func.coalesce(sa.func.sum(sa.case((table.user_id == user, table.tokens), else_=0)), 0)
        whole_server = sa.func.coalesce(sa.func.sum(table.tokens), 0)
        query = sa.select(mine, whole_server).where(
            table.day == self._transactions.now().date(), table.guild_id == (guild or DIRECT)
        )
        async with self._transactions.read() as connection:
            row = (await connection.execute(query)).one()
            return int(row[0]), int(row[1])

    @whole
    async def days(
        self, *, since: date, guild: GuildId | None = None, user: UserId | None = None
    ) -> tuple[DayOfUse, ...]:
        """Return the days on which something was written, oldest first.

        Args:
            since: The first day that counts.
            guild: In this server alone; None is everywhere.
            user: By this person alone; None is everybody.
        """
        table = schema.usage.c
        query = (
            sa.select(table.day, sa.func.sum(table.texts), sa.func.sum(table.tokens))
            .where(table.day >= since)
            .group_by(table.day)
            .order_by(table.day)
        )
        query = query if guild is None else query.where(table.guild_id == guild)
        query = query if user is None else query.where(table.user_id == user)
        async with self._transactions.read() as connection:
            rows = await connection.execute(query)
            return tuple(DayOfUse(day=day, texts=int(texts), tokens=int(tokens)) for day, texts, tokens in rows)
