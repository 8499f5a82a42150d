"""A server's own scenarios."""

from __future__ import annotations

from dataclasses import fields

import sqlalchemy as sa

from bot.games import GameKind
from bot.ids import GuildId, UserId
from bot.lore import EntryDraft
from bot.scenarios import Scenario
from bot.store import schema
from bot.store.transactions import Row, Transactions, whole

_ENTRY = tuple(field.name for field in fields(EntryDraft))


class ScenarioRepository:
    """Keeps scenarios by server and name. Who writes has checked the words."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @whole
    async def put(self, guild: GuildId, scenario: Scenario, by: UserId, *, limit: int) -> bool:
        """Keep a scenario, in the place of one of the same name.

        Returns:
            Whether it is kept; not if it would be one more than a server may have.
        """
        table = schema.scenarios.c
        place = {"guild_id": guild, "name": scenario.name}
        row = {
            "kind": scenario.kind,
            "title": scenario.title,
            "opening": scenario.opening,
            "memory": scenario.memory,
            "world": [{name: getattr(entry, name) for name in _ENTRY} for entry in scenario.world],
            "saved_by": by,
            "saved_at": self._transactions.now(),
        }
        others = sa.select(sa.func.count()).where(table.guild_id == guild, table.name != scenario.name)
        insert = self._transactions.upsert(schema.scenarios).values(**place, **row)
        async with self._transactions.write() as connection:
            if (await connection.scalar(others) or 0) >= limit:
                return False
            await connection.execute(insert.on_conflict_do_update(index_elements=list(place), set_=row))
            return True

    @whole
    async def remove(self, guild: GuildId, name: str) -> bool:
        """Take a scenario away; returns whether it was there."""
        table = schema.scenarios.c
        which = sa.delete(schema.scenarios).where(table.guild_id == guild, table.name == name)
        async with self._transactions.write() as connection:
            return (await connection.execute(which)).rowcount > 0

    @whole
    async def of(self, guild: GuildId) -> tuple[Scenario, ...]:
        """Return a server's scenarios, by name."""
        table = schema.scenarios.c
        query = sa.select(schema.scenarios).where(table.guild_id == guild).order_by(table.name)
        async with self._transactions.read() as connection:
            return tuple(_scenario_of(row) for row in await connection.execute(query))


def _scenario_of(row: Row) -> Scenario:
    return Scenario(
        name=row.name,
        kind=GameKind(row.kind),
        title=row.title,
        opening=row.opening,
        memory=row.memory,
        world=tuple(EntryDraft(**entry | {"keys": tuple(entry["keys"])}) for entry in row.world),
    )
