"""Stories, their turns, and the messages that show them. Turns are added and read, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.ids import ChannelId, GuildId, MessageId, StoryId, TurnId, UserId
from bot.store import schema
from bot.store.errors import StoryGoneError, TurnNotFoundError
from bot.store.rows import insert_turn, story_of, turn_of
from bot.store.transactions import Transactions, whole
from bot.turns import Draft, Story, Turn

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Showing:
    """A message that shows a part of a turn."""

    message_id: MessageId
    channel_id: ChannelId
    turn_id: TurnId
    part: int
    """Counted from 0."""


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
            turn = await insert_turn(connection, StoryId(number or 0), None, draft, self._transactions.now())
            row = (
                await connection.execute(
                    sa.update(schema.stories)
                    .where(schema.stories.c.id == turn.story_id)
                    .values(head_id=turn.id, tip_id=turn.id)
                    .returning(schema.stories)
                )
            ).one()
            return story_of(row), turn

    @whole
    async def append(self, parent: TurnId, draft: Draft) -> Turn:
        """Add a turn after another; the story shows it from then on.

        Raises:
            TurnNotFoundError: no turn has the parent's number.
            StoryGoneError: the story was deleted.
        """
        stories, turns = schema.stories.c, schema.turns.c
        story = (
            sa.select(stories.id, stories.deleted_at)
            .select_from(schema.turns.join(schema.stories, turns.story_id == stories.id))
            .where(turns.id == parent)
        )
        return await self._add(story, parent, draft)

    @whole
    async def reword(self, story: StoryId, draft: Draft) -> Turn:
        """Add another root to a story, a new wording of its prompt; the story shows it alone from then on.

        Raises:
            StoryGoneError: the story was deleted, or never was.
        """
        stories = schema.stories.c
        try:
            return await self._add(sa.select(stories.id, stories.deleted_at).where(stories.id == story), None, draft)
        except TurnNotFoundError:
            raise StoryGoneError from None

    async def _add(self, query: sa.Select[tuple[int, datetime]], parent: TurnId | None, draft: Draft) -> Turn:
        stories = schema.stories.c
        async with self._transactions.write() as connection:
            story = (await connection.execute(query.with_for_update(of=schema.stories))).first()
            if story is None:
                raise TurnNotFoundError
            if story.deleted_at is not None:
                raise StoryGoneError
            turn = await insert_turn(connection, StoryId(story.id), parent, draft, self._transactions.now())
            moved = sa.update(schema.stories).where(stories.id == story.id).values(head_id=turn.id, tip_id=turn.id)
            await connection.execute(moved)
            return turn

    @whole
    async def turn(self, turn_id: TurnId) -> Turn | None:
        """Return a turn, of a deleted story too."""
        async with self._transactions.read() as connection:
            row = (await connection.execute(sa.select(schema.turns).where(schema.turns.c.id == turn_id))).first()
            return None if row is None else turn_of(row)

    @whole
    async def story(self, story_id: StoryId) -> Story | None:
        """Return a story; `deleted_at` tells whether it was deleted."""
        async with self._transactions.read() as connection:
            row = (await connection.execute(sa.select(schema.stories).where(schema.stories.c.id == story_id))).first()
            return None if row is None else story_of(row)

    @whole
    async def path(self, turn_id: TurnId) -> tuple[Turn, ...]:
        """Return the turns from the root to this one, both included; empty if there is no such turn."""
        table, back = schema.turns, _way_back(turn_id)
        query = sa.select(table).join(back, table.c.id == back.c.id).order_by(back.c.steps.desc())
        async with self._transactions.read() as connection:
            return tuple(turn_of(row) for row in await connection.execute(query))

    async def parent(self, turn: Turn) -> Turn | None:
        """Return the turn that this one follows; None for a root."""
        return None if turn.parent_id is None else await self.turn(turn.parent_id)

    @whole
    async def children(self, turn_id: TurnId) -> tuple[Turn, ...]:
        """Return the turns that follow this one directly, oldest first."""
        return await self._turns(schema.turns.c.parent_id == turn_id)

    @whole
    async def variants(self, turn: Turn) -> tuple[Turn, ...]:
        """Return the turns that stand in this one's place, oldest first; it is one of them."""
        table = schema.turns.c
        return await self._turns(table.story_id == turn.story_id, table.parent_id.is_not_distinct_from(turn.parent_id))

    @whole
    async def _turns(self, *conditions: sa.ColumnElement[bool]) -> tuple[Turn, ...]:
        query = sa.select(schema.turns).where(*conditions).order_by(schema.turns.c.id)
        async with self._transactions.read() as connection:
            return tuple(turn_of(row) for row in await connection.execute(query))

    async def since(self, story: StoryId, turn: TurnId) -> tuple[Turn, ...]:
        """Return the turns that were added to a story after one, in whatever branch, oldest first."""
        return await self._turns(schema.turns.c.story_id == story, schema.turns.c.id > turn)

    @whole
    async def following(self, turn: Turn) -> Turn | None:
        """Return the turn after this one: of the branch that the story was on last, else the newest; None at an end."""
        table, stories = schema.turns.c, schema.stories.c
        tip = sa.select(stories.tip_id).where(stories.id == turn.story_id).scalar_subquery()
        on_branch = sa.exists().where(_way_back(tip).c.id == table.id)
        query = sa.select(schema.turns).where(table.parent_id == turn.id).order_by(on_branch.desc(), table.id.desc())
        async with self._transactions.read() as connection:
            row = (await connection.execute(query.limit(1))).first()
            return None if row is None else turn_of(row)

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
            return None if row is None else story_of(row)

    @whole
    async def move_head(self, story: StoryId, turn: TurnId) -> None:
        """Show the story up to another of its turns. What lay behind it on the same branch can be gone on to again.

        Raises:
            StoryGoneError: the story was deleted, or never was.
            TurnNotFoundError: it has no such turn.
        """
        stories, turns = schema.stories.c, schema.turns.c
        own = sa.exists().where(turns.id == turn, turns.story_id == story)
        alive = sa.and_(stories.id == story, stories.deleted_at.is_(None))
        # A recursion does not know the row that is updated: by the column alone it would begin at every story's tip.
        tip = sa.select(stories.tip_id).where(stories.id == story).scalar_subquery()
        same_branch = sa.exists().where(_way_back(tip).c.id == turn)
        values = {"head_id": turn, "tip_id": sa.case((same_branch, stories.tip_id), else_=turn)}
        async with self._transactions.write() as connection:
            move = sa.update(schema.stories).where(alive, own).values(values).returning(stories.id)
            if await connection.scalar(move) is None:
                if await connection.scalar(sa.select(sa.exists().where(alive))):
                    raise TurnNotFoundError
                raise StoryGoneError

    @whole
    async def hide(self, turn: TurnId, *, hidden: bool) -> None:
        """Keep a turn from the model, or give it back to it.

        Raises:
            TurnNotFoundError: there is no such turn.
        """
        change = sa.update(schema.turns).where(schema.turns.c.id == turn).values(hidden=hidden)
        async with self._transactions.write() as connection:
            if (await connection.execute(change)).rowcount == 0:
                raise TurnNotFoundError

    @whole
    async def delete(self, story: StoryId) -> bool:
        """Mark a story as deleted; its turns stay.

        Returns:
            Whether it was there and not deleted before.
        """
        return await self._mark(story, schema.stories.c.deleted_at.is_(None), self._transactions.now())

    @whole
    async def restore(self, story: StoryId, *, deleted_after: datetime) -> bool:
        """Take a deletion back.

        Returns:
            Whether the story was there and had been deleted after that moment.
        """
        return await self._mark(story, schema.stories.c.deleted_at > deleted_after, None)

    async def _mark(self, story: StoryId, condition: sa.ColumnElement[bool], deleted_at: datetime | None) -> bool:
        change = sa.update(schema.stories).where(schema.stories.c.id == story, condition).values(deleted_at=deleted_at)
        async with self._transactions.write() as connection:
            return (await connection.execute(change)).rowcount > 0

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
    async def showings(self, story: StoryId) -> tuple[Showing, ...]:
        """Return the messages that show any turn of a story, oldest first."""
        table = schema.messages.c
        query = (
            sa.select(schema.messages)
            .join(schema.turns, schema.turns.c.id == table.turn_id)
            .where(schema.turns.c.story_id == story)
            .order_by(table.message_id)
        )
        async with self._transactions.read() as connection:
            return tuple(Showing(**row._mapping) for row in await connection.execute(query))  # noqa: SLF001 - as below

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
            return None if row is None else turn_of(row)


def _way_back(turn: TurnId | sa.ColumnElement[int]) -> sa.CTE:
    """Select the numbers of the turns from one to its root, with the steps to each."""
    table = schema.turns.alias()
    start = sa.select(table.c.id, table.c.parent_id, sa.literal(0).label("steps")).where(table.c.id == turn)
    back = start.cte(recursive=True)
    return back.union_all(
        sa.select(table.c.id, table.c.parent_id, back.c.steps + 1).join(back, table.c.id == back.c.parent_id)
    )
