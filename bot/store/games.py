"""Games: the stories that people play, with their rules, their players, and where they stand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from bot.games import Game, GameKind, GameRules, Phase, Player, Presence, State
from bot.ids import ChannelId, GuildId, MessageId, StoryId, TurnId, UserId
from bot.store import schema
from bot.store.comparisons import Comparison, insert_comparison
from bot.store.errors import GameMovedOnError
from bot.store.rows import insert_turn, story_of
from bot.store.transactions import Row, Transactions, whole
from bot.turns import Draft, Story, Turn

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

_RULES = TypeAdapter(GameRules)
_STATE = TypeAdapter(State)


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredGame:
    """A game and its story."""

    story: Story
    """Its author is the host."""
    title: str
    locale: str
    """The language in which it is spoken of, as Discord names it."""
    game: Game
    revision: int
    """Grows with each change; a change must know the one before it."""
    asked_after: TurnId | None = None
    """The story's newest turn when the model was asked: what it wrote since is its answer. None while it is not."""
    panel_id: MessageId | None = None
    """The message that shows how it stands."""


class GameRepository:
    """Keeps a row for each game and one for each of its players."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @whole
    async def begin(self, story: StoryId, game: Game, *, title: str, locale: str) -> StoredGame:
        """Make a story one that is played."""
        row = {"story_id": story, "kind": game.kind, "title": title, "locale": locale, "revision": 1}
        async with self._transactions.write() as connection:
            await connection.execute(sa.insert(schema.games).values(row | _columns(game)))
            await self._seat(connection, story, game.players)
            await self._note_newest(connection, story, game)
            return (await self._read(connection, schema.games.c.story_id == story))[0]

    @whole
    async def get(self, story: StoryId) -> StoredGame | None:
        """Return a story's game, of a deleted story too; None where nothing is played."""
        async with self._transactions.read() as connection:
            found = await self._read(connection, schema.games.c.story_id == story)
            return found[0] if found else None

    @whole
    async def phase(self, story: StoryId) -> Phase | None:
        """Return where a story's game stands; None where nothing is played."""
        query = sa.select(schema.games.c.phase).where(schema.games.c.story_id == story)
        async with self._transactions.read() as connection:
            found = await connection.scalar(query)
            return Phase(found) if found is not None else None

    @whole
    async def running_in(self, channel: ChannelId) -> tuple[StoredGame, ...]:
        """Return the games of a channel that have not ended, newest first."""
        here = sa.and_(schema.stories.c.channel_id == channel, schema.games.c.phase != Phase.ENDED)
        async with self._transactions.read() as connection:
            return await self._read(connection, here, alive=True)

    @whole
    async def ended_in(self, channel: ChannelId, *, limit: int = 100) -> tuple[StoredGame, ...]:
        """Return the games of a channel that have ended, newest first."""
        here = sa.and_(schema.stories.c.channel_id == channel, schema.games.c.phase == Phase.ENDED)
        async with self._transactions.read() as connection:
            return await self._read(connection, here, alive=True, limit=limit)

    @whole
    async def of_server(self, guild: GuildId, *, ended: bool = False, limit: int = 100) -> tuple[StoredGame, ...]:
        """Return the games of a server that run, or those that have ended, newest first."""
        phase = schema.games.c.phase
        here = sa.and_(schema.stories.c.guild_id == guild, phase == Phase.ENDED if ended else phase != Phase.ENDED)
        async with self._transactions.read() as connection:
            return await self._read(connection, here, alive=True, limit=limit)

    @whole
    async def of_player(self, user: UserId) -> tuple[StoryId, ...]:
        """Return the games that somebody plays in and that have not ended, oldest first."""
        seats, games = schema.players.c, schema.games.c
        query = sa.select(seats.story_id).join(schema.games, games.story_id == seats.story_id)
        query = query.where(seats.user_id == user, seats.presence == Presence.IN, games.phase != Phase.ENDED)
        async with self._transactions.read() as connection:
            return tuple(StoryId(number) for number in await connection.scalars(query.order_by(seats.story_id)))

    @whole
    async def count_running(self, guild: GuildId) -> int:
        """Return how many games of a server have not ended."""
        games, stories = schema.games.c, schema.stories.c
        query = sa.select(sa.func.count()).select_from(schema.games.join(schema.stories))
        here = (stories.guild_id == guild, stories.deleted_at.is_(None), games.phase != Phase.ENDED)
        async with self._transactions.read() as connection:
            return await connection.scalar(query.where(*here)) or 0

    @whole
    async def due(self, now: datetime) -> tuple[StoryId, ...]:
        """Return the games for which something is to be done now, longest overdue first."""
        table = schema.games.c
        query = (
            sa.select(table.story_id)
            .join(schema.stories, schema.stories.c.id == table.story_id)
            .where(table.due_at <= now, schema.stories.c.deleted_at.is_(None))
            .order_by(table.due_at, table.story_id)
        )
        async with self._transactions.read() as connection:
            return tuple(StoryId(number) for number in await connection.scalars(query))

    @whole
    async def next_due(self) -> datetime | None:
        """Return when something is to be done next for any game; None if never."""
        games = schema.games.join(schema.stories, schema.stories.c.id == schema.games.c.story_id)
        query = sa.select(sa.func.min(schema.games.c.due_at)).select_from(games)
        async with self._transactions.read() as connection:
            due: datetime | None = await connection.scalar(query.where(schema.stories.c.deleted_at.is_(None)))
            return due

    @whole
    async def in_phases(self, phases: Collection[Phase]) -> tuple[StoryId, ...]:
        """Return the games that are in one of some phases, oldest first."""
        table = schema.games.c
        query = (
            sa.select(table.story_id)
            .join(schema.stories, schema.stories.c.id == table.story_id)
            .where(table.phase.in_(phases), schema.stories.c.deleted_at.is_(None))
            .order_by(table.story_id)
        )
        async with self._transactions.read() as connection:
            return tuple(StoryId(number) for number in await connection.scalars(query))

    @whole
    async def advance(
        self,
        before: StoredGame,
        change: Callable[[Turn | None], Game],
        *,
        draft: Draft | None = None,
        shown: bool = True,
        head: TurnId | None = None,
        comparison: Comparison | None = None,
    ) -> tuple[StoredGame, Turn | None]:
        """Keep a game's next state, and the turn that leads to it: both, or neither.

        Args:
            before: The game as it was read.
            change: Gives its next state; it is handed the turn that was added.
            draft: A turn to add where the story stands.
            shown: Whether the story goes on from that turn; one that is voted on waits beside the others.
            head: The turn that the story goes on from, where none is added for it.
            comparison: What the votes say of two presets.

        Raises:
            GameMovedOnError: it is not as it was read.
        """
        games, story = schema.games, before.story.id
        async with self._transactions.write() as connection:
            # The story first, as whoever erases does: two who lock in another order wait for each other.
            stories = schema.stories.c
            await connection.execute(sa.select(stories.id).where(stories.id == story).with_for_update())
            step = (
                sa.update(games)
                .where(games.c.story_id == story, games.c.revision == before.revision)
                .values(revision=before.revision + 1)
                .returning(games.c.revision)
            )
            if await connection.scalar(step) is None:
                raise GameMovedOnError
            turn = await self._add(connection, story, draft) if draft is not None else None
            game = change(turn)
            await connection.execute(sa.update(games).where(games.c.story_id == story).values(_columns(game)))
            await self._seat(connection, story, game.players)
            head = turn.id if turn is not None and shown else head
            if head is not None:
                moved = sa.update(schema.stories).where(schema.stories.c.id == story)
                await connection.execute(moved.values(head_id=head, tip_id=head))
            await self._note_newest(connection, story, game)
            if game.state.phase is Phase.ENDED is not before.game.state.phase:
                await connection.execute(sa.update(games).where(games.c.story_id == story).values(to_close=True))
            if comparison is not None and before.story.guild_id is not None:
                await insert_comparison(self._transactions, connection, before.story.guild_id, comparison)
            return (await self._read(connection, games.c.story_id == story))[0], turn

    @whole
    async def to_close(self) -> tuple[StoryId, ...]:
        """Return the ended games whose title page is still to be posted, oldest first."""
        table, stories = schema.games.c, schema.stories.c
        query = sa.select(table.story_id).join(schema.stories, stories.id == table.story_id)
        query = query.where(table.to_close, stories.deleted_at.is_(None)).order_by(table.story_id)
        async with self._transactions.read() as connection:
            return tuple(StoryId(number) for number in await connection.scalars(query))

    @whole
    async def close(self, story: StoryId) -> None:
        """Write down that an ended game's title page was posted, or cannot be."""
        async with self._transactions.write() as connection:
            closed = sa.update(schema.games).where(schema.games.c.story_id == story)
            await connection.execute(closed.values(to_close=False))

    @whole
    async def ask_anew(self, story: StoryId) -> None:
        """Write down that the model is asked once more: what it has written until now is no answer."""
        async with self._transactions.write() as connection:
            asked = sa.update(schema.games).where(schema.games.c.story_id == story)
            await connection.execute(asked.values(asked_after_id=_newest(story)))

    async def _add(self, connection: AsyncConnection, story: StoryId, draft: Draft) -> Turn:
        stories = schema.stories.c
        query = sa.select(stories.head_id, stories.deleted_at).where(stories.id == story)
        now = (await connection.execute(query.with_for_update())).one()
        if now.deleted_at is not None:
            raise GameMovedOnError
        return await insert_turn(connection, story, TurnId(now.head_id), draft, self._transactions.now())

    @whole
    async def describe(self, story: StoryId, *, title: str | None = None, panel_id: MessageId | None = None) -> None:
        """Give a game another title or panel."""
        wanted = {"title": title, "panel_id": panel_id}
        values = {name: value for name, value in wanted.items() if value is not None}
        async with self._transactions.write() as connection:
            await connection.execute(sa.update(schema.games).where(schema.games.c.story_id == story).values(values))

    @whole
    async def hand_over(self, story: StoryId, host: UserId) -> None:
        """Give a story another host."""
        async with self._transactions.write() as connection:
            await connection.execute(
                sa.update(schema.stories).where(schema.stories.c.id == story).values(author_id=host)
            )

    async def _seat(self, connection: AsyncConnection, story: StoryId, players: Sequence[Player]) -> None:
        rows = [
            {
                "story_id": story,
                "seat": player.seat,
                "user_id": player.user_id,
                "presence": player.presence,
                "turns": player.turns,
                "words": player.words,
                "vote": player.vote,
            }
            for player in players
        ]
        insert = self._transactions.upsert(schema.players)
        changed = {name: insert.excluded[name] for name in ("presence", "turns", "words", "vote")}
        if rows:
            statement = insert.on_conflict_do_update(index_elements=["story_id", "seat"], set_=changed)
            await connection.execute(statement, rows)

    @staticmethod
    async def _note_newest(connection: AsyncConnection, story: StoryId, game: Game) -> None:
        """Write down after which turn the model is asked, at the moment that it is."""
        table = schema.games.c
        asked = sa.func.coalesce(table.asked_after_id, _newest(story)) if game.state.phase is Phase.MODEL else sa.null()
        await connection.execute(sa.update(schema.games).where(table.story_id == story).values(asked_after_id=asked))

    async def _read(
        self,
        connection: AsyncConnection,
        which: sa.ColumnElement[bool],
        *,
        alive: bool = False,
        limit: int | None = None,
    ) -> tuple[StoredGame, ...]:
        games, stories, seats = schema.games, schema.stories, schema.players
        query = sa.select(games, stories).join(stories, stories.c.id == games.c.story_id).where(which)
        if alive:
            query = query.where(stories.c.deleted_at.is_(None))
        rows = (await connection.execute(query.order_by(stories.c.id.desc()).limit(limit))).all()
        numbers = [row.story_id for row in rows]
        found: dict[int, list[Player]] = {number: [] for number in numbers}
        seated = sa.select(seats).where(seats.c.story_id.in_(numbers)).order_by(seats.c.story_id, seats.c.seat)
        for row in await connection.execute(seated):
            found[row.story_id].append(_player(row))
        return tuple(_stored(row, found[row.story_id]) for row in rows)


def _newest(story: StoryId) -> sa.ScalarSelect[Any]:
    """Select the turn that was added to a story last."""
    turns = schema.turns.c
    return sa.select(sa.func.max(turns.id)).where(turns.story_id == story).scalar_subquery()


def _columns(game: Game) -> dict[str, Any]:
    return {
        "rules": _RULES.dump_python(game.rules, mode="json"),
        "state": _STATE.dump_python(game.state, mode="json"),
        "phase": game.state.phase,
        "due_at": game.state.due_at,
    }


def _stored(row: Row, players: Sequence[Player]) -> StoredGame:
    game = Game(
        kind=GameKind(row.kind),
        rules=_RULES.validate_python(row.rules),
        players=tuple(players),
        state=_STATE.validate_python(row.state),
    )
    return StoredGame(
        story=story_of(row),
        title=row.title,
        locale=row.locale,
        game=game,
        revision=row.revision,
        asked_after=row.asked_after_id,
        panel_id=row.panel_id,
    )


def _player(row: Row) -> Player:
    return Player(
        seat=row.seat,
        user_id=UserId(row.user_id),
        presence=Presence(row.presence),
        turns=row.turns,
        words=row.words,
        vote=row.vote,
    )
