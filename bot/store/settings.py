"""What people set, and who changed it when."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.ids import ChannelId, GuildId, UserId
from bot.store import schema
from bot.store.transactions import Transactions, whole
from bot.store.types import Json, plain_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


class Scope(StrEnum):
    """For whom a setting holds."""

    USER = "user"
    CHANNEL = "channel"
    SERVER = "server"


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingChange:
    """One line of the history of settings."""

    scope: Scope
    scope_id: int
    key: str
    before: Json
    """None: it was not set."""
    after: Json
    """None: it was taken back."""
    changed_by: UserId
    changed_at: datetime


class SettingsRepository:
    """Keeps values by scope and key. It knows no key's meaning; who writes has checked the value."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @whole
    async def get(
        self,
        *,
        user: UserId | None,
        channel: ChannelId | None,
        server: GuildId | None,
        parent: ChannelId | None = None,
    ) -> Mapping[Scope, Mapping[str, Json]]:
        """Return all that is set for a person, a channel and a server; every scope is there, if empty.

        Args:
            user: The person.
            channel: The channel, or a thread.
            server: The server.
            parent: The channel that the thread is in: what is set there holds in the thread, beneath its own.
        """
        wanted = [(Scope.USER, user), (Scope.CHANNEL, parent), (Scope.CHANNEL, channel), (Scope.SERVER, server)]
        table = schema.settings.c
        query = (
            sa.select(table.scope, table.key, table.value)
            .where(
                sa.or_(
                    sa.false(),
                    *(sa.and_(table.scope == scope, table.scope_id == number) for scope, number in wanted if number),
                )
            )
            .order_by(sa.case((table.scope_id == (parent or 0), 0), else_=1))
        )
        found: dict[Scope, dict[str, Json]] = {scope: {} for scope in Scope}
        async with self._transactions.read() as connection:
            for scope, key, value in await connection.execute(query):
                found[Scope(scope)][key] = value
        return found

    @whole
    async def channels_with(self, key: str) -> tuple[ChannelId, ...]:
        """Return the channels for which a switch is on, in steady order."""
        table = schema.settings.c
        query = sa.select(table.scope_id, table.value).where(table.scope == Scope.CHANNEL, table.key == key)
        async with self._transactions.read() as connection:
            rows = (await connection.execute(query.order_by(table.scope_id))).all()
        return tuple(ChannelId(channel) for channel, value in rows if value is True)

    @whole
    async def set(self, scope: Scope, scope_id: int, key: str, value: Json, by: UserId) -> None:
        """Set a value, and write down who did if it is a new one.

        Args:
            scope: For whom it holds.
            scope_id: The person's, channel's or server's number.
            key: The setting's name, at most 64 characters.
            value: Anything but None; `reset` takes a value back.
            by: Who does it.
        """
        value = plain_json(value)
        async with self._transactions.write() as connection:
            before = (await self._taken(connection, scope, scope_id, key)).get(key)
            if before == value and type(before) is type(value):
                return
            row = {"value": value, "changed_by": by, "changed_at": self._transactions.now()}
            place = {"scope": scope, "scope_id": scope_id, "key": key}
            await connection.execute(
                self._transactions.upsert(schema.settings)
                .values(**place, **row)
                .on_conflict_do_update(index_elements=list(place), set_=row)
            )
            await write_down(self._transactions, connection, (scope, scope_id), {key: (before, value)}, by)

    @whole
    async def reset(self, scope: Scope, scope_id: int, key: str | None, by: UserId) -> int:
        """Take back a value, or all of them.

        Args:
            scope: For whom they held.
            scope_id: The person's, channel's or server's number.
            key: The setting's name; None takes back all.
            by: Who does it.

        Returns:
            How many were set.
        """
        async with self._transactions.write() as connection:
            taken = await self._taken(connection, scope, scope_id, key)
            if taken:
                await connection.execute(sa.delete(schema.settings).where(*_place(scope, scope_id, key)))
                changes: dict[str, tuple[Json, Json]] = {name: (value, None) for name, value in taken.items()}
                await write_down(self._transactions, connection, (scope, scope_id), changes, by)
            return len(taken)

    @whole
    async def replace(self, places: Mapping[tuple[Scope, int], Mapping[str, Json]], by: UserId) -> int:
        """Let the values of some places be these and no others: all of it, or nothing.

        Returns:
            How many are different now.
        """
        count = 0
        async with self._transactions.write() as connection:
            for (scope, scope_id), wanted in places.items():
                values = {key: plain_json(value) for key, value in wanted.items()}
                before = await self._taken(connection, scope, scope_id, None)
                changes = {
                    key: (before.get(key), values.get(key))
                    for key in sorted({*before, *values})
                    if before.get(key) != values.get(key) or type(before.get(key)) is not type(values.get(key))
                }
                if not changes:
                    continue
                await connection.execute(sa.delete(schema.settings).where(*_place(scope, scope_id, None)))
                row = {"scope": scope, "scope_id": scope_id, "changed_by": by, "changed_at": self._transactions.now()}
                rows = [row | {"key": key, "value": value} for key, value in values.items()]
                if rows:
                    await connection.execute(sa.insert(schema.settings), rows)
                await write_down(self._transactions, connection, (scope, scope_id), changes, by)
                count += len(changes)
        return count

    async def changes(self, scope: Scope, scope_id: int, *, limit: int = 50) -> tuple[SettingChange, ...]:
        """Return the latest changes of one place, newest first."""
        return await self.history([(scope, scope_id)], limit=limit)

    @whole
    async def history(
        self, places: Sequence[tuple[Scope, int]], *, offset: int = 0, limit: int = 50
    ) -> tuple[SettingChange, ...]:
        """Return the changes of some places, newest first."""
        table = schema.settings_changes
        own = (sa.and_(table.c.scope == scope, table.c.scope_id == number) for scope, number in places)
        query = sa.select(table).where(sa.or_(sa.false(), *own)).order_by(table.c.id.desc())
        async with self._transactions.read() as connection:
            return tuple(
                SettingChange(
                    scope=Scope(row.scope),
                    scope_id=row.scope_id,
                    key=row.key,
                    before=row.from_value,
                    after=row.to_value,
                    changed_by=UserId(row.changed_by),
                    changed_at=row.changed_at,
                )
                for row in await connection.execute(query.offset(offset).limit(limit))
            )

    @staticmethod
    async def _taken(connection: AsyncConnection, scope: Scope, scope_id: int, key: str | None) -> dict[str, Json]:
        query = sa.select(schema.settings.c.key, schema.settings.c.value).where(*_place(scope, scope_id, key))
        # Two who set the same key at the same time come one after the other; SQLite lets only one write anyway.
        rows = await connection.execute(query.order_by(schema.settings.c.key).with_for_update())
        return {row.key: row.value for row in rows}


async def write_down(
    transactions: Transactions,
    connection: AsyncConnection,
    place: tuple[Scope, int],
    changes: Mapping[str, tuple[Json, Json]],
    by: UserId,
) -> None:
    """Write down what was changed in one place, within the transaction that changes it.

    Args:
        transactions: Knows the time.
        connection: Inside a transaction.
        place: For whom it holds.
        changes: By key, what it was and what it is now; None is nothing.
        by: Who does it.
    """
    common = {"scope": place[0], "scope_id": place[1], "changed_by": by, "changed_at": transactions.now()}
    rows = [common | {"key": key, "from_value": before, "to_value": after} for key, (before, after) in changes.items()]
    await connection.execute(sa.insert(schema.settings_changes), rows)


def _place(scope: Scope, scope_id: int, key: str | None) -> list[sa.ColumnElement[bool]]:
    table = schema.settings.c
    place = [table.scope == scope, table.scope_id == scope_id]
    return place if key is None else [*place, table.key == key]
