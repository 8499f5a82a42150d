"""What is kept of a person and of a server: shown, given out, and taken away for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.games import Phase, Presence
from bot.ids import GuildId, StoryId, UserId
from bot.store import schema
from bot.store.blocks import EVERYBODY
from bot.store.personal import PERSONAL, REMOVED, Fate
from bot.store.settings import Scope
from bot.store.transactions import Row, Transactions, whole
from bot.store.types import Json

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

RETENTION = "retention_days"
"""The server's setting of how many days a story stays that nobody goes on with; 0 is for ever."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """How much is kept of a person."""

    stories: int
    """Begun by the person."""
    turns: int
    """Typed by the person, in whosever story."""
    settings: int
    """Of the person's own."""
    usage_days: int
    """Days on which the person wrote."""
    entries: int
    """Rows that name the person as who changed, added or blocked something."""
    blocks: int
    """Places where the person is blocked."""
    decisions: int
    """Times that the safety layer did not let pass what the person wrote or had written."""
    games: int
    """Stories that the person plays or played in."""
    waiting: int
    """Texts that are being written for the person, or have not been shown yet."""


class PeopleRepository:
    """Answers what is kept of a person or a server, and erases it."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @whole
    async def kept(self, user_id: UserId) -> Kept:
        """Count what is kept of a person."""
        settings, blocks = schema.settings.c, schema.blocks.c
        counts = {
            "stories": _count(_holds(schema.stories, user_id)),
            "turns": _count(_holds(schema.turns, user_id)),
            "settings": _count(sa.and_(settings.scope == Scope.USER, settings.scope_id == user_id)),
            "usage_days": _count(_holds(schema.usage, user_id), sa.distinct(schema.usage.c.day)),
            "entries": _count(_holds(schema.settings_changes, user_id))
            + _count(_holds(schema.prompts, user_id))
            + _count(_holds(schema.presets, user_id))
            + _count(_holds(schema.forgotten, user_id))
            + _count(_holds(schema.lore, user_id))
            + _count(_holds(schema.world_entries, user_id))
            + _count(_holds(schema.scenarios, user_id))
            + _count(_holds(schema.safety_policies, user_id))
            + _count(_holds(schema.safety_rules, user_id))
            + _count(_holds(schema.safety_logs, user_id))
            + _count(blocks.blocked_by == user_id),
            "blocks": _count(blocks.user_id == user_id),
            "decisions": _count(_holds(schema.safety_events, user_id)),
            "games": _count(_holds(schema.players, user_id)),
            "waiting": _count(_holds(schema.jobs, user_id)) + _count(_holds(schema.undelivered, user_id)),
        }
        query = sa.select(*(count.label(name) for name, count in counts.items()))
        async with self._transactions.read() as connection:
            row = (await connection.execute(query)).one()
            return Kept(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it

    @whole
    async def export(self, user_id: UserId) -> Mapping[str, Json]:
        """Return all that is kept of a person, ready for JSON: words verbatim, moments in ISO 8601 and UTC.

        A story holds the person's turns and the model's; what others wrote in it is theirs, and so are their numbers.
        """
        stories, turns = schema.stories, schema.turns
        own = sa.select(stories.c.id).where(stories.c.author_id == user_id)
        written = sa.or_(turns.c.author_id.is_(None), turns.c.author_id == user_id)
        elsewhere = sa.and_(turns.c.author_id == user_id, turns.c.story_id.not_in(own))
        by_story: dict[str, list[Json]] = {}
        async with self._transactions.read() as connection:
            for turn in await _rows(connection, turns, sa.and_(turns.c.story_id.in_(own), written), user_id):
                by_story.setdefault(str(turn["story_id"]), []).append(turn)
            begun = await _rows(connection, stories, stories.c.author_id == user_id, user_id)
            found: dict[str, Json] = {
                "user_id": str(user_id),
                "exported_at": self._transactions.now().isoformat(),
                "stories": [{**story, "turns": by_story.get(str(story["id"]), [])} for story in begun],
                "turns_in_stories_of_others": await _rows(connection, turns, elsewhere, user_id),
            }
            for table in dict.fromkeys(personal.table for personal in PERSONAL):
                if table not in {stories, turns}:
                    found[table.name] = await _rows(connection, table, _holds(table, user_id), user_id)
        return found

    @whole
    async def request_erasure(self, user_id: UserId) -> datetime:
        """Write down that a person wants to be erased; returns when that was first asked for."""
        values = {"user_id": user_id, "requested_at": self._transactions.now()}
        insert = self._transactions.upsert(schema.erasures).values(values).on_conflict_do_nothing()
        asked = sa.select(schema.erasures.c.requested_at).where(schema.erasures.c.user_id == user_id)
        async with self._transactions.write() as connection:
            await connection.execute(insert)
            first: datetime = (await connection.execute(asked)).scalar_one()
            return first

    @whole
    async def withdraw_erasure(self, user_id: UserId) -> bool:
        """Take the wish back; returns whether there was one."""
        async with self._transactions.write() as connection:
            return await _delete(connection, schema.erasures, schema.erasures.c.user_id == user_id) > 0

    @whole
    async def erasure_requested(self, user_id: UserId) -> datetime | None:
        """Return since when a person wants to be erased; None if not."""
        query = sa.select(schema.erasures.c.requested_at).where(schema.erasures.c.user_id == user_id)
        async with self._transactions.read() as connection:
            return (await connection.execute(query)).scalar()

    @whole
    async def due_erasures(self, before: datetime) -> tuple[UserId, ...]:
        """Return who asked to be erased at that moment or before, longest ago first."""
        table = schema.erasures.c
        query = sa.select(table.user_id).where(table.requested_at <= before).order_by(table.requested_at, table.user_id)
        async with self._transactions.read() as connection:
            return tuple(UserId(number) for number in await connection.scalars(query))

    @whole
    async def erase(self, user_id: UserId, *, asked_before: datetime | None = None) -> bool:
        """Take a person out of every table.

        Stories in which nobody else wrote go, with every turn and all that points at them. Where others wrote, and in
        the stories of others, the words stay and the name goes; a game that others still play has one of them as its
        host.

        Args:
            user_id: Who.
            asked_before: Only if the person asked for it at that moment or before, and has not taken it back.

        Returns:
            Whether it was done.
        """
        stories, turns = schema.stories, schema.turns
        asked = schema.erasures
        others = sa.exists().where(turns.c.story_id == stories.c.id, turns.c.author_id.not_in((user_id, REMOVED)))
        took_part = stories.c.id.in_(sa.select(turns.c.story_id).where(turns.c.author_id == user_id))
        begun, left_behind = stories.c.author_id == user_id, sa.and_(stories.c.author_id == REMOVED, took_part)
        async with self._transactions.write() as connection:
            if asked_before is not None:
                due = sa.and_(asked.c.user_id == user_id, asked.c.requested_at <= asked_before)
                if not await _delete(connection, asked, due):
                    return False
            # Whoever is writing in one of these stories comes before, or finds it gone.
            await connection.execute(sa.select(stories.c.id).where(begun | left_behind).with_for_update())
            await connection.execute(sa.update(stories).where(begun, others).values(author_id=_next_host(user_id)))
            # A story whose author was erased before goes with the last person who wrote in it.
            await connection.execute(sa.update(stories).where(left_behind, ~others).values(author_id=user_id))
            await _erase_stories(connection, begun)
            left = {"presence": Presence.OUT, "vote": None}
            await connection.execute(sa.update(schema.players).where(_holds(schema.players, user_id)).values(left))
            for personal in PERSONAL:
                holds = personal.holds(user_id)
                if personal.fate is Fate.ROW_GOES:
                    await _delete(connection, personal.table, holds)
                else:
                    await connection.execute(sa.update(personal.table).where(holds).values({personal.column: REMOVED}))
            return True

    @whole
    async def erase_story(self, story_id: StoryId, *, quiet_since: datetime | None = None) -> bool:
        """Take a story away for good, with its turns and all that points at them.

        Args:
            story_id: Which.
            quiet_since: Only if nothing was written in it since that moment.

        Returns:
            Whether it was done.
        """
        stories, turns = schema.stories.c, schema.turns.c
        async with self._transactions.write() as connection:
            await connection.execute(sa.select(stories.id).where(stories.id == story_id).with_for_update())
            if quiet_since is not None:
                written = sa.exists().where(turns.story_id == story_id, turns.created_at >= quiet_since)
                if await connection.scalar(sa.select(written)):
                    return False
            return await _erase_stories(connection, stories.id == story_id) > 0

    @whole
    async def stories_deleted_before(self, moment: datetime) -> tuple[StoryId, ...]:
        """Return the stories that somebody deleted before that moment, oldest first."""
        return await self._stories(schema.stories.c.deleted_at < moment)

    @whole
    async def stories_older_than(self, guild_id: GuildId, moment: datetime) -> tuple[StoryId, ...]:
        """Return a server's stories in which nothing was written since that moment, and nothing is being written."""
        stories, turns, jobs = schema.stories.c, schema.turns.c, schema.jobs.c
        written = sa.exists().where(turns.story_id == stories.id, turns.created_at >= moment)
        in_story = sa.select(turns.id).where(turns.story_id == stories.id)
        under_way = sa.exists().where(jobs.turn_id.in_(in_story.correlate(schema.stories)))
        return await self._stories(sa.and_(stories.guild_id == guild_id, ~written, ~under_way))

    async def _stories(self, which: sa.ColumnElement[bool]) -> tuple[StoryId, ...]:
        query = sa.select(schema.stories.c.id).where(which).order_by(schema.stories.c.id)
        async with self._transactions.read() as connection:
            return tuple(StoryId(number) for number in await connection.scalars(query))

    @whole
    async def retentions(self) -> Mapping[GuildId, int]:
        """Return the servers that keep quiet stories for a time only, and for how many days."""
        table = schema.settings.c
        query = sa.select(table.scope_id, table.value).where(table.scope == Scope.SERVER, table.key == RETENTION)
        async with self._transactions.read() as connection:
            rows = (await connection.execute(query)).all()
        return {GuildId(guild): days for guild, days in rows if type(days) is int and days > 0}

    @whole
    async def server_left(self, guild_id: GuildId) -> None:
        """Write down that the bot is in a server no more; the first time counts."""
        values = {"guild_id": guild_id, "left_at": self._transactions.now()}
        async with self._transactions.write() as connection:
            insert = self._transactions.upsert(schema.departures).values(values)
            await connection.execute(insert.on_conflict_do_nothing())

    @whole
    async def server_joined(self, guild_id: GuildId) -> None:
        """Write down that the bot is in a server, again or for the first time."""
        async with self._transactions.write() as connection:
            await _delete(connection, schema.departures, schema.departures.c.guild_id == guild_id)

    @whole
    async def departed_before(self, moment: datetime) -> tuple[GuildId, ...]:
        """Return the servers that the bot left at that moment or before, and is not back in, longest ago first."""
        table = schema.departures.c
        query = sa.select(table.guild_id).where(table.left_at <= moment).order_by(table.left_at, table.guild_id)
        async with self._transactions.read() as connection:
            return tuple(GuildId(number) for number in await connection.scalars(query))

    @whole
    async def erase_server(self, guild_id: GuildId, *, left_before: datetime | None = None) -> bool:
        """Take a server out of every table. That it is blocked stays: leaving and coming back must not lift it.

        The store knows which server a channel is in only where something was written there: what was set for a channel
        without any story stays, under a number that means nothing without its server.

        Args:
            guild_id: Which.
            left_before: Only if the bot left it at that moment or before, and is not back.

        Returns:
            Whether it was done.
        """
        left, key = schema.departures, schema.buckets.c.key
        async with self._transactions.write() as connection:
            if left_before is not None:
                due = sa.and_(left.c.guild_id == guild_id, left.c.left_at <= left_before)
                if not await _delete(connection, left, due):
                    return False
            placed = (sa.select(table.c.channel_id).where(table.c.guild_id == guild_id) for table in _PLACED)
            channels = sa.union(*placed)
            await _delete(connection, schema.forgotten, schema.forgotten.c.channel_id.in_(channels))
            for table in (schema.settings, schema.settings_changes):
                server = sa.and_(table.c.scope == Scope.SERVER, table.c.scope_id == guild_id)
                channel = sa.and_(table.c.scope == Scope.CHANNEL, table.c.scope_id.in_(channels))
                await _delete(connection, table, sa.or_(server, channel))
            of_people = (key.like(f"{kind}:{guild_id}:%") for kind in ("cooldown", "report"))
            buckets = sa.or_(key == f"server:{guild_id}", *of_people)
            await _delete(connection, schema.buckets, buckets)
            await _erase_stories(connection, schema.stories.c.guild_id == guild_id)
            for table in reversed(schema.metadata.sorted_tables):
                if "guild_id" in table.c:
                    kept = table.c.user_id == EVERYBODY if table is schema.blocks else sa.false()
                    await _delete(connection, table, sa.and_(table.c.guild_id == guild_id, ~kept))
            return True


_PLACED = (schema.stories, schema.jobs, schema.safety_policies, schema.safety_logs, schema.safety_events)
"""The tables that say which server a channel is in."""


def _holds(table: sa.Table, user_id: UserId) -> sa.ColumnElement[bool]:
    """Select the rows of a table that hold a person in any of its columns."""
    return sa.or_(*(personal.holds(user_id) for personal in PERSONAL if personal.table is table))


def _count(which: sa.ColumnElement[bool], what: sa.ColumnElement[Any] | None = None) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count() if what is None else sa.func.count(what)).where(which).scalar_subquery()


async def _rows(
    connection: AsyncConnection, table: sa.Table, which: sa.ColumnElement[bool], user_id: UserId
) -> list[dict[str, Json]]:
    """Read rows as JSON, in steady order."""
    query = sa.select(table).where(which).order_by(*table.primary_key.columns)
    return [_plain(table, row, user_id) for row in await connection.execute(query)]


def _plain(table: sa.Table, row: Row, user_id: UserId) -> dict[str, Json]:
    """Turn a row into JSON. Numbers of others are theirs; long ones are strings, for many a reader rounds them."""
    people = {personal.column.name: personal for personal in PERSONAL if personal.table is table}
    plain: dict[str, Json] = {}
    for name, value in row._mapping.items():  # noqa: SLF001 - SQLAlchemy's public name for it
        personal = people.get(name)
        if isinstance(value, date):
            plain[name] = value.isoformat()
        elif personal and not personal.patterns and (not personal.scoped or row.scope == Scope.USER):
            plain[name] = None if value is None else "you" if value == user_id else "somebody else"
        elif isinstance(value, int) and (name == "id" or name.endswith("_id")):
            plain[name] = str(value)
        else:
            plain[name] = value
    return plain


def _next_host(user_id: UserId) -> sa.ColumnElement[int]:
    """Select who has a story from somebody who is erased: the longest there of those who play on in it, or nobody."""
    players, games = schema.players.c, schema.games.c
    seated = (
        sa.select(players.user_id)
        .join(schema.games, games.story_id == players.story_id)
        .where(players.story_id == schema.stories.c.id, games.phase != Phase.ENDED)
        .where(players.presence == Presence.IN, players.user_id.not_in((user_id, REMOVED)))
        .order_by(players.seat)
        .limit(1)
    )
    return sa.func.coalesce(seated.correlate(schema.stories).scalar_subquery(), REMOVED)


async def _delete(connection: AsyncConnection, table: sa.Table, which: sa.ColumnElement[bool]) -> int:
    return (await connection.execute(sa.delete(table).where(which))).rowcount


async def _erase_stories(connection: AsyncConnection, which: sa.ColumnElement[bool]) -> int:
    """Take stories away with all that points at them; returns how many.

    Args:
        connection: Inside a transaction.
        which: Must not depend on turns, which go first.
    """
    stories, turns = schema.stories, schema.turns
    # Story and turns point at each other: one side must let go.
    await connection.execute(sa.update(stories).where(which).values(head_id=None))
    going = sa.select(stories.c.id).where(which)
    their_turns = sa.select(turns.c.id).where(turns.c.story_id.in_(going))
    for table in (schema.messages, schema.jobs, schema.undelivered):
        await _delete(connection, table, table.c.turn_id.in_(their_turns))
    for table in (schema.players, schema.games, schema.lore, schema.world_entries):
        await _delete(connection, table, table.c.story_id.in_(going))
    # Turns point at one another: one statement, at whose end nothing points at what is gone.
    await _delete(connection, turns, turns.c.story_id.in_(going))
    return await _delete(connection, stories, which)
