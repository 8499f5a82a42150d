"""People and servers, and rows that hold them, in every table there is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from bot.games import Game, GameKind, GameRules, Player
from bot.ids import ChannelId, GuildId, RequestId, UserId
from bot.store import schema
from bot.store.games import StoredGame
from bot.store.types import JsonValue, Utc
from bot.turns import Draft, Story, Turn, TurnKind

if TYPE_CHECKING:
    from bot.store import Database
    from tests.store.conftest import Clock

ADA, BEN, CLEO = UserId(987_654_321_098_765_431), UserId(187_654_321_098_765_432), UserId(287_654_321_098_765_433)
HERE, THERE = GuildId(387_654_321_098_765_434), GuildId(487_654_321_098_765_435)
CHANNEL, ELSEWHERE = ChannelId(587_654_321_098_765_436), ChannelId(687_654_321_098_765_437)


def typed(text: str, author: UserId) -> Draft:
    return Draft(kind=TurnKind.PROMPT, text=text, author_id=author)


def answer(text: str) -> Draft:
    return Draft(kind=TurnKind.MODEL, text=text, model="smollm2-135m", details={"tries": 2})


async def begin(
    database: Database, author: UserId = ADA, *, guild: GuildId | None = HERE, channel: ChannelId = CHANNEL
) -> tuple[Story, Turn]:
    """A story of a prompt and a text."""
    story, root = await database.stories.begin(
        typed(f"Typed by {author % 100}.", author), guild_id=guild, channel_id=channel, author_id=author, private=False
    )
    return story, await database.stories.append(root.id, answer(" And so it went."))


def game_of(*people: UserId) -> Game:
    """A relay in which these people play."""
    players = tuple(Player(seat=seat, user_id=user) for seat, user in enumerate(people, start=1))
    return Game(kind=GameKind.RELAY, rules=GameRules(), players=players)


async def play(database: Database, *people: UserId) -> StoredGame:
    """A game that these people play, in a story that the first of them began."""
    story, _ = await begin(database, people[0])
    return await database.games.begin(story.id, game_of(*people), title="The Door", locale="en")


async def texts(database: Database, story: Story) -> list[tuple[str, int | None]]:
    """The words of a story that is there, with who wrote them."""
    found = await database.stories.story(story.id)
    assert found
    return [(turn.text, turn.author_id) for turn in await database.stories.path(found.head_id)]


async def rows(database: Database, table: sa.Table) -> list[dict[str, Any]]:
    async with database._transactions.read() as connection:
        return [dict(row._mapping) for row in await connection.execute(sa.select(table))]


async def insert(database: Database, table: sa.Table, values: dict[str, Any]) -> None:
    async with database._transactions.write() as connection:
        await connection.execute(sa.insert(table).values(values))


async def places_of(database: Database, number: int) -> set[str]:
    """Every column in which a number stands, whatever the column is for."""
    return {
        f"{table.name}.{name}"
        for table in schema.metadata.sorted_tables
        for row in await rows(database, table)
        for name, value in row.items()
        if str(number) in str(value)
    }


class Filler:
    """Puts rows into every table, whatever its columns are; what is not said is made up."""

    story: Story
    turn: Turn

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._number = 1_000_000
        self._spare: list[Turn] = []
        self._unplayed: list[Story] = []

    @classmethod
    async def ready(cls, database: Database, clock: Clock) -> Self:
        """Begin somebody else's story, for rows to point at."""
        filler = cls(database, clock)
        filler.story, filler.turn = await begin(database, CLEO, guild=THERE, channel=ELSEWHERE)
        await database.jobs.open(
            RequestId("cleo"), turn_id=filler.turn.id, user_id=CLEO, guild_id=None, channel_id=ELSEWHERE, locale="en"
        )
        filler._spare = [await database.stories.append(filler.turn.id, answer(" On.")) for _ in range(5)]
        filler._unplayed = [(await begin(database, CLEO, guild=THERE, channel=ELSEWHERE))[0] for _ in range(5)]
        await database.games.begin(filler.story.id, game_of(CLEO), title="Theirs", locale="en")
        return filler

    async def fill_all(self) -> None:
        """Put a row that is nobody's in question into every table."""
        for table in schema.metadata.sorted_tables:
            await self.fill(table)

    async def fill(self, table: sa.Table, **said: Any) -> None:
        values = {column.name: self._value(column) for column in table.columns}
        await insert(self._database, table, values | said)

    def _value(self, column: sa.Column[Any]) -> Any:
        self._number += 1
        targets = {key.column.table.name for key in column.foreign_keys}
        if targets:
            turn = self._spare.pop() if column.primary_key and "turns" in targets else self.turn
            story = self._unplayed.pop() if column.table in (schema.games, schema.lore) else self.story
            return {"stories": story.id, "games": story.id, "turns": turn.id, "jobs": "cleo"}[targets.pop()]
        if isinstance(column.type, Utc):
            return self._clock.time
        if isinstance(column.type, JsonValue):
            return {}
        if isinstance(column.type, sa.Date):
            return date(2026, 1, 1) + timedelta(days=self._number % 1000)
        if isinstance(column.type, sa.Boolean):
            return False
        if isinstance(column.type, (sa.Integer, sa.Double)):
            return self._number
        return f"w{self._number}"
