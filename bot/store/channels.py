"""What belongs to a channel or its server beside stories: when it was told to forget, and openings to begin with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.ids import ChannelId, GuildId, UserId
from bot.store import schema
from bot.store.transactions import Transactions, whole

PROMPTS_LIMIT = 100
PROMPT_LENGTH = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredPrompt:
    """An opening of a server's own."""

    id: int
    guild_id: GuildId
    text: str
    added_by: UserId
    added_at: datetime


class ChannelRepository:
    """Keeps for each channel the moment before which all is forgotten, and for each server its openings."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @whole
    async def forget(self, channel_id: ChannelId, by: UserId) -> None:
        """Forget what was written in a channel until now."""
        row = {"channel_id": channel_id, "forgotten_by": by, "forgotten_at": self._transactions.now()}
        insert = self._transactions.upsert(schema.forgotten).values(row)
        again = {"forgotten_by": insert.excluded.forgotten_by, "forgotten_at": insert.excluded.forgotten_at}
        async with self._transactions.write() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=["channel_id"], set_=again))

    @whole
    async def forgotten_at(self, channel_id: ChannelId) -> datetime | None:
        """Return the moment up to which a channel has forgotten what was written; None if it never was told to."""
        table = schema.forgotten.c
        query = sa.select(table.forgotten_at).where(table.channel_id == channel_id)
        async with self._transactions.read() as connection:
            return await connection.scalar(query)

    @whole
    async def add_prompt(self, guild_id: GuildId, text: str, by: UserId) -> StoredPrompt | None:
        """Keep an opening; None if the server has as many as one may have."""
        table = schema.prompts.c
        row = {"guild_id": guild_id, "text": text, "added_by": by, "added_at": self._transactions.now()}
        async with self._transactions.write() as connection:
            count = await connection.scalar(sa.select(sa.func.count()).where(table.guild_id == guild_id))
            if count is not None and count >= PROMPTS_LIMIT:
                return None
            added = await connection.execute(sa.insert(schema.prompts).values(row).returning(schema.prompts))
            return StoredPrompt(**added.one()._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it

    @whole
    async def remove_prompt(self, guild_id: GuildId, prompt_id: int) -> bool:
        """Take an opening away; returns whether the server had it."""
        table = schema.prompts.c
        async with self._transactions.write() as connection:
            gone = await connection.execute(
                sa.delete(schema.prompts).where(table.guild_id == guild_id, table.id == prompt_id)
            )
            return gone.rowcount > 0

    @whole
    async def prompts(self, guild_id: GuildId) -> tuple[StoredPrompt, ...]:
        """Return a server's openings, oldest first."""
        table = schema.prompts.c
        query = sa.select(schema.prompts).where(table.guild_id == guild_id).order_by(table.id)
        async with self._transactions.read() as connection:
            return tuple(StoredPrompt(**row._mapping) for row in await connection.execute(query))  # noqa: SLF001
