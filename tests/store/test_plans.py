"""What runs under the only write lock looks rows up: it must not read a table of all stories from end to end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from tests.store.filling import HERE, begin

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.store import Database
    from tests.store.conftest import Clock

LARGE = {"stories", "turns", "messages"}
SCAN = re.compile(r"SCAN ([a-z_]+?)(_\d+)?\b")


async def read_as_a_whole(database: Database, work: Callable[[], Awaitable[object]]) -> set[str]:
    """Give the large tables that SQLite reads from end to end for what a piece of work asks of it."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    sa.event.listen(database._engine.sync_engine, "before_cursor_execute", note)
    await work()
    sa.event.remove(database._engine.sync_engine, "before_cursor_execute", note)
    assert asked
    async with database._transactions.write() as connection:
        plans = [
            step.detail
            for statement, parameters in asked
            if not statement.startswith("BEGIN")
            for step in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    return LARGE & {found[1] for found in map(SCAN.match, plans) if found}


async def test_whatever_points_at_a_row_is_found_by_an_index(database: Database) -> None:
    def unindexed(connection: sa.Connection) -> list[str]:
        inspector = sa.inspect(connection)
        return [
            f"{table}.{key['constrained_columns'][0]}"
            for table in inspector.get_table_names()
            for key in inspector.get_foreign_keys(table)
            if key["constrained_columns"][0]
            not in {
                inspector.get_pk_constraint(table)["constrained_columns"][0],
                *(index["column_names"][0] for index in inspector.get_indexes(table)),
            }
        ]

    async with database._engine.connect() as connection:
        assert await connection.run_sync(unindexed) == []


@pytest.mark.parametrize("url", ["memory"], indirect=True)
async def test_moving_within_a_story_does_not_read_the_others(database: Database) -> None:
    story, turn = await begin(database)
    root = await database.stories.parent(turn)
    assert root
    assert await read_as_a_whole(database, lambda: database.stories.move_head(story.id, root.id)) == set()
    assert await read_as_a_whole(database, lambda: database.stories.following(root)) == set()


@pytest.mark.parametrize("url", ["memory"], indirect=True)
async def test_stories_are_erased_without_reading_those_that_stay(database: Database, clock: Clock) -> None:
    story, _ = await begin(database)
    people, moment = database.people, clock.advance(60)
    assert await read_as_a_whole(database, lambda: people.stories_older_than(HERE, moment)) == set()
    assert await read_as_a_whole(database, lambda: people.erase_story(story.id, quiet_since=moment)) == set()
    assert await read_as_a_whole(database, lambda: people.erase_server(HERE)) == set()
