"""Texts that are being written, so that none is forgotten when the bot is killed, and those nobody has seen yet."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.ids import ChannelId, GuildId, MessageId, RequestId, TurnId, UserId
from bot.store import schema
from bot.store.transactions import Transactions, whole

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A text that was being written."""

    request_id: RequestId
    turn_id: TurnId
    """The turn that it goes on from."""
    user_id: UserId
    """Who asked for it."""
    guild_id: GuildId | None
    channel_id: ChannelId
    locale: str
    """The language of whoever asked, as Discord names it."""
    created_at: datetime
    message_ids: tuple[MessageId, ...] = ()
    """The messages that show it so far, in order."""


class JobRepository:
    """Keeps a row for each text from before its first message until after its last."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @whole
    async def open(
        self,
        request_id: RequestId,
        *,
        turn_id: TurnId,
        user_id: UserId,
        guild_id: GuildId | None,
        channel_id: ChannelId,
        locale: str,
    ) -> None:
        """Write down that a text is being written.

        Args:
            request_id: The request's name, at most 64 characters.
            turn_id: The turn that the text goes on from.
            user_id: Who asked for it.
            guild_id: Where; None in direct messages.
            channel_id: Where.
            locale: The asker's language, at most 16 characters.
        """
        values = {
            "request_id": request_id,
            "turn_id": turn_id,
            "user_id": user_id,
            "guild_id": guild_id,
            "channel_id": channel_id,
            "locale": locale,
            "created_at": self._transactions.now(),
        }
        async with self._transactions.write() as connection:
            await connection.execute(sa.insert(schema.jobs).values(values))

    @whole
    async def attach_message(self, request_id: RequestId, message_id: MessageId) -> None:
        """Write down a message that shows the text; nothing happens if the job is closed already."""
        opened = sa.select(sa.literal(message_id, sa.BigInteger), schema.jobs.c.request_id).where(
            schema.jobs.c.request_id == request_id
        )
        async with self._transactions.write() as connection:
            await connection.execute(
                self._transactions.upsert(schema.job_messages)
                .from_select(["message_id", "request_id"], opened)
                .on_conflict_do_nothing()
            )

    @whole
    async def close(self, request_id: RequestId) -> None:
        """Write down that the text is finished, or given up; nothing happens if that was done before."""
        async with self._transactions.write() as connection:
            await connection.execute(sa.delete(schema.jobs).where(schema.jobs.c.request_id == request_id))

    @whole
    async def leftovers(self) -> tuple[Job, ...]:
        """Return the jobs that were never closed, oldest first: right after a start, what a killed bot left behind."""
        jobs, attached = schema.jobs, schema.job_messages
        messages: dict[str, list[MessageId]] = defaultdict(list)
        async with self._transactions.read() as connection:
            for row in await connection.execute(sa.select(attached).order_by(attached.c.message_id)):
                messages[row.request_id].append(MessageId(row.message_id))
            rows = await connection.execute(sa.select(jobs).order_by(jobs.c.created_at, jobs.c.request_id))
            return tuple(
                Job(**row._mapping, message_ids=tuple(messages[row.request_id]))  # noqa: SLF001 - SQLAlchemy's public name
                for row in rows
            )

    @whole
    async def mark_undelivered(self, turn_id: TurnId, user_id: UserId) -> None:
        """Write down that a finished turn could not be shown to the person who asked for it."""
        async with self._transactions.write() as connection:
            await connection.execute(
                self._transactions.upsert(schema.undelivered)
                .values(turn_id=turn_id, user_id=user_id, created_at=self._transactions.now())
                .on_conflict_do_nothing()
            )

    @whole
    async def undelivered(self, user_id: UserId) -> tuple[TurnId, ...]:
        """Return the turns that a person has not seen, oldest first."""
        table = schema.undelivered.c
        async with self._transactions.read() as connection:
            query = sa.select(table.turn_id).where(table.user_id == user_id).order_by(table.turn_id)
            return tuple(TurnId(number) for number in await connection.scalars(query))

    @whole
    async def delivered(self, turn_id: TurnId) -> None:
        """Write down that a turn has been shown after all."""
        async with self._transactions.write() as connection:
            await connection.execute(sa.delete(schema.undelivered).where(schema.undelivered.c.turn_id == turn_id))
