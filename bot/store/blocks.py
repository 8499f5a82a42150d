"""Who may not use the bot, in a server or anywhere."""

from __future__ import annotations

import sqlalchemy as sa

from bot.ids import GuildId, UserId
from bot.store import schema
from bot.store.transactions import Transactions, whole

EVERYWHERE = GuildId(0)
EVERYBODY = UserId(0)
"""Stands for all people of a server: the server itself is blocked."""


class BlockRepository:
    """Keeps a row for each person who is blocked in a server, or everywhere, and for each server that is blocked."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @whole
    async def add(self, guild: GuildId, user: UserId, by: UserId) -> bool:
        """Block a person, or `EVERYBODY` of a server; returns whether that is new."""
        row = {"guild_id": guild, "user_id": user, "blocked_by": by, "blocked_at": self._transactions.now()}
        insert = self._transactions.upsert(schema.blocks).values(row).on_conflict_do_nothing()
        async with self._transactions.write() as connection:
            return await connection.scalar(insert.returning(schema.blocks.c.user_id)) is not None

    @whole
    async def remove(self, guild: GuildId, user: UserId) -> bool:
        """Let a person or a server in again; returns whether they were blocked."""
        table = schema.blocks.c
        async with self._transactions.write() as connection:
            gone = await connection.execute(
                sa.delete(schema.blocks).where(table.guild_id == guild, table.user_id == user)
            )
            return gone.rowcount > 0

    @whole
    async def holds(self, guild: GuildId | None, user: UserId) -> bool:
        """Say whether a person is blocked in a server, the server itself, or the person everywhere."""
        table = schema.blocks.c
        query = sa.exists().where(
            table.guild_id.in_([EVERYWHERE, guild or EVERYWHERE]), table.user_id.in_([EVERYBODY, user])
        )
        async with self._transactions.read() as connection:
            return bool(await connection.scalar(sa.select(query)))

    @whole
    async def everybody(self, guild: GuildId) -> tuple[UserId, ...]:
        """Return who is blocked in a server, in steady order."""
        table = schema.blocks.c
        people = sa.and_(table.guild_id == guild, table.user_id != EVERYBODY)
        query = sa.select(table.user_id).where(people).order_by(table.user_id)
        async with self._transactions.read() as connection:
            return tuple(UserId(number) for number in await connection.scalars(query))

    @whole
    async def servers(self) -> tuple[GuildId, ...]:
        """Return the servers that are blocked, in steady order."""
        table = schema.blocks.c
        query = sa.select(table.guild_id).where(table.user_id == EVERYBODY).order_by(table.guild_id)
        async with self._transactions.read() as connection:
            return tuple(GuildId(number) for number in await connection.scalars(query))
