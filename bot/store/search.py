"""Finds stories for whoever looks for them, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.ids import ChannelId, GuildId, MessageId, StoryId, UserId
from bot.store import schema
from bot.store.transactions import Row, Transactions, whole
from bot.store.types import storable

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A story, as a list shows it."""

    story_id: StoryId
    guild_id: GuildId | None
    channel_id: ChannelId
    author_id: UserId
    private: bool
    created_at: datetime
    opening: str
    """The story's first turn."""
    latest: str
    """The turn that the story goes on from."""
    turns: int
    """From the one to the other, both included."""
    message_id: MessageId | None
    """Where the last turn of these that was posted begins; None where none is known to be."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A page of what was found."""

    entries: tuple[Entry, ...]
    total: int
    """On all pages."""


class SearchRepository:
    """Looks through stories. It never finds a deleted one, nor a private one of somebody else."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @whole
    async def stories(
        self,
        *,
        viewer_id: UserId,
        guild_id: GuildId | None = None,
        channels: Collection[ChannelId] | None = None,
        author_id: UserId | None = None,
        word: str = "",
        offset: int = 0,
        limit: int,
    ) -> Found:
        """Return stories, newest first.

        Args:
            viewer_id: Who looks, and so whose private stories are found too.
            guild_id: In this server; None is anywhere.
            channels: In these channels; None is anywhere.
            author_id: Begun by this person; None is anybody.
            word: What stands in any of the story's turns, in whatever case; empty is anything. Where the database
                knows the case of a-z alone (SQLite always does), a word with other letters is found as it was typed,
                in small letters, in capitals, and with a capital in front.
            offset: How many to leave out.
            limit: How many to return at most.
        """
        table = schema.stories.c
        wanted = [table.deleted_at.is_(None), sa.or_(sa.not_(table.private), table.author_id == viewer_id)]
        if guild_id is not None:
            wanted.append(table.guild_id == guild_id)
        if channels is not None:
            wanted.append(table.channel_id.in_(sorted(channels)))
        if author_id is not None:
            wanted.append(table.author_id == author_id)
        if word:
            wanted.append(_says(word))
        page = sa.select(schema.stories).where(*wanted).order_by(table.id.desc()).offset(offset).limit(limit)
        async with self._transactions.read() as connection:
            total = await connection.scalar(sa.select(sa.func.count()).select_from(schema.stories).where(*wanted))
            rows = (await connection.execute(page)).all()
            branches = await _branches(connection, [row.head_id for row in rows])
        # PostgreSQL may have lost a story between one query and the next.
        entries = tuple(_entry(row, branches[row.id]) for row in rows if row.id in branches)
        return Found(entries=entries, total=total or 0)


def _says(word: str) -> sa.ColumnElement[bool]:
    """Say whether a word stands in any turn of a story; % and _ are letters like others."""
    turns, word = schema.turns.c, storable(word)
    spellings = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize(), word.title()}
    found = sa.or_(*(turns.text.icontains(spelling, autoescape=True) for spelling in sorted(spellings)))
    return sa.exists().where(turns.story_id == schema.stories.c.id, found)


async def _branches(connection: AsyncConnection, heads: Sequence[int]) -> dict[int, list[Row]]:
    """Give for each story its turns from the last that is shown back to its beginning; words of these two alone."""
    table, messages = schema.turns.alias(), schema.messages.c
    start = sa.select(table.c.id, table.c.parent_id, table.c.story_id, sa.literal(0).label("steps"))
    back = start.where(table.c.id.in_(heads)).cte(recursive=True)
    back = back.union_all(
        sa.select(table.c.id, table.c.parent_id, table.c.story_id, back.c.steps + 1).join(
            back, table.c.id == back.c.parent_id
        )
    )
    at_an_end = sa.or_(back.c.steps == 0, back.c.parent_id.is_(None))
    words = sa.select(schema.turns.c.text).where(schema.turns.c.id == back.c.id, at_an_end).scalar_subquery()
    newest = sa.select(sa.func.max(messages.message_id)).where(messages.turn_id == back.c.id, messages.part == 0)
    query: sa.Select[Any] = sa.select(
        back.c.story_id, words.label("text"), newest.scalar_subquery().label("message_id")
    ).order_by(back.c.story_id, back.c.steps)
    found: dict[int, list[Row]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.story_id, []).append(row)
    return found


def _entry(story: Row, branch: Sequence[Row]) -> Entry:
    return Entry(
        story_id=story.id,
        guild_id=story.guild_id,
        channel_id=story.channel_id,
        author_id=story.author_id,
        private=story.private,
        created_at=story.created_at,
        opening=branch[-1].text,
        latest=branch[0].text,
        turns=len(branch),
        message_id=next((row.message_id for row in branch if row.message_id), None),
    )
