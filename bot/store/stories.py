"""Stories, their turns, and the messages that show them. Turns are added and read, never changed."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.ids import ChannelId, GuildId, MessageId, StoryId, TurnId, UserId
from bot.store import schema
from bot.store.errors import StoryGoneError, TurnNotFoundError
from bot.store.transactions import Row, Transactions, whole
from bot.turns import Draft, Story, Turn, TurnKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection


class StoryRepository:
    """Keeps trees of turns, and for each story the turn that it shows."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @whole
    async def begin(
        self, draft: Draft, *, guild_id: GuildId | None, channel_id: ChannelId, author_id: UserId, private: bool
    ) -> tuple[Story, Turn]:
        """Begin a story with its first turn."""
        async with self._transactions.write() as connection:
            values = {
                "guild_id": guild_id,
                "channel_id": channel_id,
                "author_id": author_id,
                "private": private,
                "created_at": self._transactions.now(),
            }
            number = await connection.scalar(sa.insert(schema.stories).values(values).returning(schema.stories.c.id))
            turn = await self._insert(connection, StoryId(number or 0), None, draft)
            row = (
                await connection.execute(
                    sa.update(schema.stories)
                    .where(schema.stories.c.id == turn.story_id)
                    .values(head_id=turn.id)
                    .returning(schema.stories)
                )
            ).one()
            return _story(row), turn

    @whole
    async def append(self, parent: TurnId, draft: Draft) -> Turn:
        """Add a turn after another; the story shows it from then on.

        Raises:
            TurnNotFoundError: no turn has the parent's number.
            StoryGoneError: the story was deleted.
        """
        stories, turns = schema.stories.c, schema.turns.c
        query = (
            sa.select(stories.id, stories.deleted_at)
            .select_from(schema.turns.join(schema.stories, turns.story_id == stories.id))
            .where(turns.id == parent)
            .with_for_update(of=schema.stories)
        )
        async with self._transactions.write() as connection:
            story = (await connection.execute(query)).first()
            if story is None:
                raise TurnNotFoundError
            if story.deleted_at is not None:
                raise StoryGoneError
            turn = await self._insert(connection, StoryId(story.id), parent, draft)
            await connection.execute(sa.update(schema.stories).where(stories.id == story.id).values(head_id=turn.id))
            return turn

    @whole
    async def turn(self, turn_id: TurnId) -> Turn | None:
        """Return a turn, of a deleted story too."""
        async with self._transactions.read() as connection:
            row = (await connection.execute(sa.select(schema.turns).where(schema.turns.c.id == turn_id))).first()
            return None if row is None else _turn(row)

    @whole
    async def story(self, story_id: StoryId) -> Story | None:
        """Return a story; `deleted_at` tells whether it was deleted."""
        async with self._transactions.read() as connection:
            row = (await connection.execute(sa.select(schema.stories).where(schema.stories.c.id == story_id))).first()
            return None if row is None else _story(row)

    @whole
    async def path(self, turn_id: TurnId) -> tuple[Turn, ...]:
        """Return the turns from the root to this one, both included; empty if there is no such turn."""
        table = schema.turns
        start = sa.select(table.c.id, table.c.parent_id, sa.literal(0).label("steps")).where(table.c.id == turn_id)
        back = start.cte("back", recursive=True)
        back = back.union_all(
            sa.select(table.c.id, table.c.parent_id, back.c.steps + 1).join(back, table.c.id == back.c.parent_id)
        )
        query = sa.select(table).join(back, table.c.id == back.c.id).order_by(back.c.steps.desc())
        async with self._transactions.read() as connection:
            return tuple(_turn(row) for row in await connection.execute(query))

    @whole
    async def children(self, turn_id: TurnId) -> tuple[Turn, ...]:
        """Return the turns that follow this one directly, oldest first."""
        query = sa.select(schema.turns).where(schema.turns.c.parent_id == turn_id).order_by(schema.turns.c.id)
        async with self._transactions.read() as connection:
            return tuple(_turn(row) for row in await connection.execute(query))

    async def variants(self, turn: Turn) -> tuple[Turn, ...]:
        """Return the turns of this one's kind that follow the same parent, oldest first; it is one of them."""
        if turn.parent_id is None:
            return (turn,)
        return tuple(other for other in await self.children(turn.parent_id) if other.kind is turn.kind)

    @whole
    async def latest(
        self, channel_id: ChannelId, *, viewer_id: UserId | None = None, author_id: UserId | None = None
    ) -> Story | None:
        """Return the channel's newest story that is not deleted.

        Args:
            channel_id: The channel.
            viewer_id: Whose private stories count too; those of others never do.
            author_id: Who began it; None is anybody.
        """
        table = schema.stories.c
        query = (
            sa.select(schema.stories)
            .where(
                table.channel_id == channel_id,
                table.deleted_at.is_(None),
                sa.or_(sa.not_(table.private), table.author_id == viewer_id),
            )
            .order_by(table.id.desc())
            .limit(1)
        )
        if author_id is not None:
            query = query.where(table.author_id == author_id)
        async with self._transactions.read() as connection:
            row = (await connection.execute(query)).first()
            return None if row is None else _story(row)

    @whole
    async def move_head(self, story: StoryId, turn: TurnId) -> None:
        """Show the story up to another of its turns.

        Raises:
            StoryGoneError: the story was deleted, or never was.
            TurnNotFoundError: it has no such turn.
        """
        stories, turns = schema.stories.c, schema.turns.c
        own = sa.exists().where(turns.id == turn, turns.story_id == story)
        alive = sa.and_(stories.id == story, stories.deleted_at.is_(None))
        async with self._transactions.write() as connection:
            moved = await connection.execute(sa.update(schema.stories).where(alive, own).values(head_id=turn))
            if moved.rowcount == 0:
                if await connection.scalar(sa.select(sa.exists().where(alive))):
                    raise TurnNotFoundError
                raise StoryGoneError

    @whole
    async def delete(self, story: StoryId) -> bool:
        """Mark a story as deleted; its turns stay.

        Returns:
            Whether it was there and not deleted before.
        """
        table = schema.stories.c
        async with self._transactions.write() as connection:
            deleted = await connection.execute(
                sa.update(schema.stories)
                .where(table.id == story, table.deleted_at.is_(None))
                .values(deleted_at=self._transactions.now())
            )
            return deleted.rowcount > 0

    @whole
    async def record_messages(self, turn_id: TurnId, channel_id: ChannelId, messages: Sequence[MessageId]) -> None:
        """Write down which messages show a turn, in order. A message that showed another turn shows this one now."""
        rows = [
            {"message_id": message, "channel_id": channel_id, "turn_id": turn_id, "part": part}
            for part, message in enumerate(messages)
        ]
        if not rows:
            return
        insert = self._transactions.upsert(schema.messages)
        new = insert.excluded
        statement = insert.on_conflict_do_update(
            index_elements=["message_id"],
            set_={"channel_id": new.channel_id, "turn_id": new.turn_id, "part": new.part},
        )
        async with self._transactions.write() as connection:
            if await connection.scalar(sa.select(schema.turns.c.id).where(schema.turns.c.id == turn_id)) is None:
                raise TurnNotFoundError
            await connection.execute(statement, rows)

    @whole
    async def messages(self, turn_id: TurnId) -> tuple[MessageId, ...]:
        """Return the messages that show a turn, in order."""
        table = schema.messages.c
        query = sa.select(table.message_id).where(table.turn_id == turn_id).order_by(table.part, table.message_id)
        async with self._transactions.read() as connection:
            return tuple(MessageId(number) for number in await connection.scalars(query))

    @whole
    async def messages_beside(self, message_id: MessageId) -> tuple[MessageId, ...]:
        """Return the messages of one showing of a turn: this one, and the parts before it, in order.

        A turn may be shown in several places at once, in each by messages that were sent one after another. Returns
        this message alone if nothing is known of it.
        """
        table = schema.messages.c
        async with self._transactions.read() as connection:
            own = (
                await connection.execute(sa.select(table.turn_id, table.part).where(table.message_id == message_id))
            ).first()
            if own is None:
                return (message_id,)
            query = (
                sa.select(table.message_id, table.part)
                .where(table.turn_id == own.turn_id, table.message_id < message_id)
                .order_by(table.message_id.desc())
            )
            found = [message_id]
            for row in await connection.execute(query):
                if row.part == own.part - len(found):
                    found.insert(0, MessageId(row.message_id))
            return tuple(found)

    @whole
    async def turn_of_message(self, message_id: MessageId) -> Turn | None:
        """Return the turn that a message shows."""
        query = (
            sa.select(schema.turns)
            .join(schema.messages, schema.messages.c.turn_id == schema.turns.c.id)
            .where(schema.messages.c.message_id == message_id)
        )
        async with self._transactions.read() as connection:
            row = (await connection.execute(query)).first()
            return None if row is None else _turn(row)

    async def _insert(self, connection: AsyncConnection, story: StoryId, parent: TurnId | None, draft: Draft) -> Turn:
        values = {
            "story_id": story,
            "parent_id": parent,
            "kind": draft.kind,
            "text": draft.text,
            "author_id": draft.author_id,
            "model": draft.model,
            "preset": draft.preset,
            "seed": draft.seed,
            "tokens": draft.tokens,
            "seconds": draft.seconds,
            "finish": draft.finish,
            "details": draft.details,
            "created_at": self._transactions.now(),
        }
        return _turn((await connection.execute(sa.insert(schema.turns).values(values).returning(schema.turns))).one())


def _story(row: Row) -> Story:
    return Story(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it


def _turn(row: Row) -> Turn:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    values["kind"] = TurnKind(values["kind"])
    values["details"] = MappingProxyType(values["details"])
    return Turn(**values)
