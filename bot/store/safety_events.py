"""The safety layer's decisions: what was found when and with whom, never the text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.ids import ChannelId, GuildId, UserId
from bot.store import schema
from bot.store.transactions import Transactions, whole
from bot.store.usage import DIRECT

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SafetyEvent:
    """A decision that was not to let a text pass. The names are those that the safety layer gives."""

    channel_id: ChannelId
    user_id: UserId
    """Who wrote the text, or had it written."""
    of_model: bool
    """Whether the model wrote it."""
    category: str
    severity: int
    action: str
    source: str
    """The kind of the rule that decided."""
    rule: str
    """Its name."""
    guild_id: GuildId | None = None
    """None is a direct message."""


@dataclass(frozen=True, slots=True)
class DatedEvent:
    """A decision, and when it was made."""

    event: SafetyEvent
    at: datetime


@dataclass(frozen=True, slots=True)
class DayOfHits:
    """How often a category decided on a day in UTC."""

    day: date
    category: str
    count: int


class SafetyEventRepository:
    """Keeps decisions, and counts them."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @whole
    async def add(self, event: SafetyEvent) -> None:
        """Write down a decision made now."""
        now = self._transactions.now()
        row = {name: getattr(event, name) for name in SafetyEvent.__dataclass_fields__}
        row |= {"guild_id": event.guild_id or DIRECT, "day": now.date(), "at": now}
        async with self._transactions.write() as connection:
            await connection.execute(sa.insert(schema.safety_events).values(row))

    @whole
    async def latest(
        self, guild: GuildId | None, *, user: UserId | None = None, limit: int = 50
    ) -> tuple[DatedEvent, ...]:
        """Return a server's latest decisions, newest first; of one person alone where one is named."""
        table = schema.safety_events
        query = sa.select(table).where(table.c.guild_id == (guild or DIRECT)).order_by(table.c.id.desc()).limit(limit)
        query = query if user is None else query.where(table.c.user_id == user)
        async with self._transactions.read() as connection:
            return tuple(
                DatedEvent(
                    SafetyEvent(
                        guild_id=GuildId(row.guild_id) if row.guild_id else None,
                        channel_id=ChannelId(row.channel_id),
                        user_id=UserId(row.user_id),
                        of_model=row.of_model,
                        category=row.category,
                        severity=row.severity,
                        action=row.action,
                        source=row.source,
                        rule=row.rule,
                    ),
                    row.at,
                )
                for row in await connection.execute(query)
            )

    @whole
    async def by_day(self, guild: GuildId | None, *, since: date) -> tuple[DayOfHits, ...]:
        """Count a server's decisions by day and category, oldest day first; what did not happen has no line."""
        table = schema.safety_events.c
        query = (
            sa.select(table.day, table.category, sa.func.count())
            .where(table.guild_id == (guild or DIRECT), table.day >= since)
            .group_by(table.day, table.category)
            .order_by(table.day, table.category)
        )
        async with self._transactions.read() as connection:
            return tuple(DayOfHits(*row) for row in await connection.execute(query))

    @whole
    async def refusals(
        self, guild: GuildId | None, user: UserId, action: str, *, since: datetime
    ) -> tuple[datetime, ...]:
        """Return when since that moment texts of a person's own were refused, oldest first, but for those forgiven.

        Args:
            guild: In which server; None is in direct messages.
            user: Whose.
            action: The action that is a refusal.
            since: From which moment on.
        """
        table = schema.safety_events.c
        query = sa.select(table.at).where(*_refused(guild, user, action, since)).order_by(table.at, table.id)
        async with self._transactions.read() as connection:
            return tuple(await connection.scalars(query))

    @whole
    async def forgive(self, guild: GuildId | None, user: UserId, action: str, *, since: datetime) -> int:
        """Let none of those refusals count any more that `refusals` gives; returns how many did."""
        table = schema.safety_events
        change = sa.update(table).where(*_refused(guild, user, action, since)).values(forgiven=True)
        async with self._transactions.write() as connection:
            return (await connection.execute(change)).rowcount

    @whole
    async def forget_before(self, moment: datetime) -> int:
        """Take the decisions away that were made before a moment; returns how many there were."""
        table = schema.safety_events
        async with self._transactions.write() as connection:
            return (await connection.execute(sa.delete(table).where(table.c.at < moment))).rowcount


def _refused(guild: GuildId | None, user: UserId, action: str, since: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    table = schema.safety_events.c
    return (
        table.guild_id == (guild or DIRECT),
        table.user_id == user,
        table.action == action,
        table.at >= since,
        ~table.of_model,
        ~table.forgiven,
    )
