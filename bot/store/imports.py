"""Stories that come from files: a whole tree of turns at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.store import schema
from bot.store.rows import story_of, turn_values
from bot.store.transactions import Transactions, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.ids import ChannelId, GuildId, UserId
    from bot.turns import Draft, Story


@dataclass(frozen=True, kw_only=True, slots=True)
class Sapling:
    """A turn of a tree that is not in the store yet."""

    draft: Draft
    parent: int | None
    """Which of the tree's turns it follows, counted from 0; a turn comes after the one it follows."""
    hidden: bool = False


class ImportRepository:
    """Takes in stories that were written elsewhere."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @whole
    async def take_in(
        self,
        tree: Sequence[Sapling],
        *,
        head: int,
        guild_id: GuildId | None,
        channel_id: ChannelId,
        author_id: UserId,
        private: bool = False,
    ) -> Story:
        """Begin a story with all of its turns; they count as written now, so that no old date takes them away again.

        Args:
            tree: Its turns, in the order of their numbers.
            head: Which of them it stands at, counted from 0.
            guild_id: Where it is from now on.
            channel_id: Likewise.
            author_id: Whose story it is.
            private: Whether only that person sees it.
        """
        turns, stories, now = schema.turns, schema.stories, self._transactions.now()
        story = {
            "guild_id": guild_id,
            "channel_id": channel_id,
            "author_id": author_id,
            "private": private,
            "created_at": now,
        }
        async with self._transactions.write() as connection:
            number = await connection.scalar(sa.insert(stories).values(story).returning(stories.c.id))
            rows = [turn_values(number or 0, None, each.draft, now) | {"hidden": each.hidden} for each in tree]
            added = sa.insert(turns).returning(turns.c.id, sort_by_parameter_order=True)
            numbers = list(await connection.scalars(added, rows))
            follow = sa.update(turns).where(turns.c.id == sa.bindparam("turn")).values(parent_id=sa.bindparam("after"))
            following = [
                {"turn": own, "after": numbers[each.parent]}
                for own, each in zip(numbers, tree, strict=True)
                if each.parent is not None
            ]
            if following:
                await connection.execute(follow, following)
            shown = sa.update(stories).where(stories.c.id == number)
            shown = shown.values(head_id=numbers[head], tip_id=numbers[head])
            return story_of((await connection.execute(shown.returning(stories))).one())
