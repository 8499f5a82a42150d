"""Which of two presets people liked better, each time that they were asked; by whom is not kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.ids import GuildId, TurnId
from bot.store import schema
from bot.store.transactions import Transactions, whole

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


class Arena(StrEnum):
    """Where two presets were compared."""

    DUEL = "duel"
    TUNE = "tune"


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """Two presets that wrote on from the same words."""

    turn: TurnId
    """The first one's text. What is told of the same text again changes nothing."""
    first: str
    second: str
    first_votes: int
    second_votes: int
    arena: Arena

    @property
    def winner(self) -> str | None:
        """Whichever had more votes; None for equals."""
        if self.first_votes == self.second_votes:
            return None
        return self.first if self.first_votes > self.second_votes else self.second


@dataclass(frozen=True, kw_only=True, slots=True)
class Wins:
    """What a preset's comparisons with others came to."""

    preset: str
    won: int
    lost: int
    even: int


class ComparisonRepository:
    """Keeps comparisons of a server's presets, by name: also of those that are there no more."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @whole
    async def add(self, guild: GuildId, comparison: Comparison) -> None:
        """Keep a comparison; one of a preset with itself says nothing and is left out."""
        async with self._transactions.write() as connection:
            await insert_comparison(self._transactions, connection, guild, comparison)

    @whole
    async def wins(self, guild: GuildId) -> tuple[Wins, ...]:
        """Return what each preset won and lost in a server, by name."""
        table = schema.comparisons.c
        sides = sa.union_all(
            *(
                sa.select(name.label("preset"), table.winner).where(table.guild_id == guild)
                for name in (table.first, table.second)
            )
        ).subquery()
        won = sa.func.sum(sa.case((sides.c.winner == sides.c.preset, 1), else_=0))
        even = sa.func.sum(sa.case((sides.c.winner.is_(None), 1), else_=0))
        query = sa.select(sides.c.preset, sa.func.count(), won, even).group_by(sides.c.preset)
        async with self._transactions.read() as connection:
            rows = await connection.execute(query.order_by(sides.c.preset))
            return tuple(
                Wins(preset=preset, won=int(won), lost=int(count - won - even), even=int(even))
                for preset, count, won, even in rows
            )


async def insert_comparison(
    transactions: Transactions, connection: AsyncConnection, guild: GuildId, comparison: Comparison
) -> None:
    """Keep a comparison as a part of a transaction; see `ComparisonRepository.add`."""
    if comparison.first == comparison.second:
        return
    row = {
        "turn_id": comparison.turn,
        "guild_id": guild,
        "first": comparison.first,
        "second": comparison.second,
        "winner": comparison.winner,
        "first_votes": comparison.first_votes,
        "second_votes": comparison.second_votes,
        "arena": comparison.arena,
        "created_at": transactions.now(),
    }
    await connection.execute(transactions.upsert(schema.comparisons).values(row).on_conflict_do_nothing())
