"""Lore: what the model is told beside a story."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.ids import StoryId, UserId
from bot.lore import Entry, EntryDraft, EntryId, Lore
from bot.store import schema
from bot.store.errors import StoryGoneError
from bot.store.transactions import Row, Transactions, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection


class LoreRepository:
    """Keeps a memory and a note for each story that has them, and the entries of its world."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @whole
    async def of(self, story: StoryId) -> Lore:
        """Return all that the model is told beside a story."""
        entries = schema.world_entries
        query = sa.select(entries).where(entries.c.story_id == story).order_by(entries.c.id)
        async with self._transactions.read() as connection:
            lore = await _told(connection, story)
            return replace(lore, entries=tuple(_entry_of(row) for row in await connection.execute(query)))

    @whole
    async def change(self, story: StoryId, before: Lore, after: Lore, by: UserId) -> bool:
        """Give a story another memory or note; its world stays.

        Args:
            story: Whose.
            before: As whoever changes it knows it; what is the same in `after` is not changed.
            after: How it is to be.
            by: Who changes it.

        Returns:
            Whether it was as they know it; else nothing is changed.

        Raises:
            StoryGoneError: the story was deleted.
        """
        wanted = {name: value for name, value in _values(after).items() if value != _values(before)[name]}
        if not wanted:
            return True
        async with self._transactions.write() as connection:
            await _lock(connection, story)
            now = _values(await _told(connection, story))
            if any(now[name] != _values(before)[name] for name in wanted):
                return False
            row = {"edited_by": by, "edited_at": self._transactions.now()} | wanted
            insert = self._transactions.upsert(schema.lore).values({"story_id": story} | now | row)
            await connection.execute(insert.on_conflict_do_update(index_elements=["story_id"], set_=row))
            return True

    @whole
    async def fill(
        self, story: StoryId, by: UserId, *, memory: str, note: str, depth: int, entries: Sequence[EntryDraft]
    ) -> None:
        """Give a story that has no lore yet all of it: it comes with the story from elsewhere.

        Raises:
            StoryGoneError: the story was deleted.
        """
        told = {"memory": memory, "note": note, "depth": depth}
        row = {"story_id": story, "edited_by": by, "edited_at": self._transactions.now()}
        async with self._transactions.write() as connection:
            await _lock(connection, story)
            if memory or note:
                await connection.execute(sa.insert(schema.lore).values(row | told))
            rows = [{"story_id": story} | self._row(draft, by) for draft in entries]
            if rows:
                await connection.execute(sa.insert(schema.world_entries), rows)

    @whole
    async def add(self, story: StoryId, draft: EntryDraft, by: UserId, *, limit: int) -> Entry | None:
        """Add an entry to a story's world; None if it has as many as one may have.

        Raises:
            StoryGoneError: the story was deleted.
        """
        entries = schema.world_entries
        count = sa.select(sa.func.count()).where(entries.c.story_id == story)
        async with self._transactions.write() as connection:
            await _lock(connection, story)
            if (await connection.scalar(count) or 0) >= limit:
                return None
            row = {"story_id": story} | self._row(draft, by)
            return _entry_of((await connection.execute(sa.insert(entries).values(row).returning(entries))).one())

    @whole
    async def reword(self, before: Entry, draft: EntryDraft, by: UserId) -> bool:
        """Give an entry other keys, words or another group; whether it is switched on stays.

        Returns:
            Whether it was as whoever changes it knows it; else nothing is changed.
        """
        entries = schema.world_entries
        query = sa.select(entries).where(_is(before.story_id, before.id)).with_for_update()
        async with self._transactions.write() as connection:
            row = (await connection.execute(query)).first()
            if row is None or _words(_entry_of(row)) != _words(before):
                return False
            values = self._row(replace(draft, enabled=row.enabled), by)
            await connection.execute(sa.update(entries).where(entries.c.id == before.id).values(values))
            return True

    @whole
    async def switch(self, story: StoryId, entry: EntryId, *, enabled: bool) -> bool:
        """Switch an entry on or off; returns whether it was there."""
        return await self._switch(_is(story, entry), enabled=enabled) > 0

    @whole
    async def switch_group(self, story: StoryId, group: str, *, enabled: bool) -> int:
        """Switch all entries of a group on or off; returns how many there are."""
        entries = schema.world_entries.c
        return await self._switch(sa.and_(entries.story_id == story, entries.group == group), enabled=enabled)

    @whole
    async def remove(self, story: StoryId, entry: EntryId) -> bool:
        """Take an entry away; returns whether it was there."""
        async with self._transactions.write() as connection:
            gone = await connection.execute(sa.delete(schema.world_entries).where(_is(story, entry)))
            return gone.rowcount > 0

    async def _switch(self, which: sa.ColumnElement[bool], *, enabled: bool) -> int:
        # Whose words they are stays as it is.
        values = {"enabled": enabled}
        async with self._transactions.write() as connection:
            found = await connection.execute(sa.update(schema.world_entries).where(which).values(values))
            return found.rowcount

    def _row(self, draft: EntryDraft, by: UserId) -> dict[str, Any]:
        words = {name: getattr(draft, name) for name in EntryDraft.__dataclass_fields__}
        return words | {"edited_by": by, "edited_at": self._transactions.now()}


async def _lock(connection: AsyncConnection, story: StoryId) -> None:
    """Let nobody else change a story's lore until the transaction is over."""
    stories = schema.stories.c
    query = sa.select(stories.id).where(stories.id == story, stories.deleted_at.is_(None)).with_for_update()
    if await connection.scalar(query) is None:
        raise StoryGoneError


async def _told(connection: AsyncConnection, story: StoryId) -> Lore:
    """Read a memory and a note."""
    table = schema.lore.c
    query = sa.select(table.memory, table.note, table.depth).where(table.story_id == story)
    row = (await connection.execute(query)).first()
    return Lore() if row is None else Lore(memory=row.memory, note=row.note, depth=row.depth)


def _values(lore: Lore) -> dict[str, str | int]:
    return {"memory": lore.memory, "note": lore.note, "depth": lore.depth}


def _is(story: StoryId, entry: EntryId) -> sa.ColumnElement[bool]:
    table = schema.world_entries.c
    return sa.and_(table.story_id == story, table.id == entry)


def _words(entry: Entry) -> tuple[tuple[str, ...], str, str]:
    return entry.keys, entry.text, entry.group


def _entry_of(row: Row) -> Entry:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    return Entry(**values | {"keys": tuple(values["keys"])})
