"""A server's own presets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.ids import GuildId, UserId
from bot.store import schema
from bot.store.transactions import Transactions, whole
from bot.store.types import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredPreset:
    """A named way of writing, as somebody made it."""

    name: str
    meaning: str
    sampling: Mapping[str, Json]
    changed_by: UserId
    changed_at: datetime


class PresetRepository:
    """Keeps presets by server and name. Who writes has checked the values."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @whole
    async def put(self, guild: GuildId, name: str, meaning: str, sampling: Mapping[str, Json], by: UserId) -> None:
        """Keep a preset, in the place of one of the same name."""
        place = {"guild_id": guild, "name": name}
        row = {"meaning": meaning, "sampling": sampling, "changed_by": by, "changed_at": self._transactions.now()}
        insert = self._transactions.upsert(schema.presets).values(**place, **row)
        async with self._transactions.write() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=list(place), set_=row))

    @whole
    async def change(
        self, guild: GuildId, before: StoredPreset, meaning: str, sampling: Mapping[str, Json], by: UserId
    ) -> bool:
        """Give a preset other values, unless it is not any more what it was; returns whether it was."""
        table = schema.presets.c
        place = (table.guild_id == guild, table.name == before.name)
        row = {"meaning": meaning, "sampling": sampling, "changed_by": by, "changed_at": self._transactions.now()}
        async with self._transactions.write() as connection:
            query = sa.select(table.meaning, table.sampling).where(*place).with_for_update()
            now = (await connection.execute(query)).first()
            if now is None or (now.meaning, now.sampling) != (before.meaning, before.sampling):
                return False
            await connection.execute(sa.update(schema.presets).where(*place).values(row))
            return True

    @whole
    async def remove(self, guild: GuildId, name: str) -> bool:
        """Take a preset away; returns whether it was there."""
        table = schema.presets.c
        async with self._transactions.write() as connection:
            gone = await connection.execute(
                sa.delete(schema.presets).where(table.guild_id == guild, table.name == name)
            )
            return gone.rowcount > 0

    @whole
    async def of(self, guild: GuildId) -> tuple[StoredPreset, ...]:
        """Return a server's presets, by name."""
        table = schema.presets.c
        query = sa.select(schema.presets).where(table.guild_id == guild).order_by(table.name)
        async with self._transactions.read() as connection:
            return tuple(
                StoredPreset(
                    name=row.name,
                    meaning=row.meaning,
                    sampling=row.sampling,
                    changed_by=UserId(row.changed_by),
                    changed_at=row.changed_at,
                )
                for row in await connection.execute(query)
            )
