"""A person is blocked in a server or everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.ids import GuildId, UserId
from bot.store.blocks import EVERYBODY, EVERYWHERE

if TYPE_CHECKING:
    from bot.store import Database

ADA, BOB, ADMIN, HERE, THERE = UserId(1), UserId(2), UserId(3), GuildId(5), GuildId(6)


async def test_a_block_holds_where_it_was_made(database: Database) -> None:
    assert await database.blocks.add(HERE, ADA, ADMIN)
    assert not await database.blocks.add(HERE, ADA, ADMIN)
    assert await database.blocks.holds(HERE, ADA)
    assert not await database.blocks.holds(THERE, ADA)
    assert not await database.blocks.holds(None, ADA)
    assert not await database.blocks.holds(HERE, BOB)


async def test_a_block_everywhere_holds_in_servers_and_in_direct_messages(database: Database) -> None:
    await database.blocks.add(EVERYWHERE, ADA, ADMIN)
    assert await database.blocks.holds(HERE, ADA)
    assert await database.blocks.holds(None, ADA)
    assert await database.blocks.remove(EVERYWHERE, ADA)
    assert not await database.blocks.remove(EVERYWHERE, ADA)
    assert not await database.blocks.holds(None, ADA)


async def test_those_who_are_blocked_are_listed_by_server(database: Database) -> None:
    for guild, user in ((HERE, BOB), (HERE, ADA), (THERE, ADA)):
        await database.blocks.add(guild, user, ADMIN)
    assert await database.blocks.everybody(HERE) == (ADA, BOB)


async def test_a_server_that_is_blocked_is_blocked_for_everybody_there_and_nowhere_else(database: Database) -> None:
    assert await database.blocks.add(HERE, EVERYBODY, ADMIN)
    assert not await database.blocks.add(HERE, EVERYBODY, ADMIN)
    for user in (ADA, BOB, EVERYBODY):
        assert await database.blocks.holds(HERE, user)
        assert not await database.blocks.holds(THERE, user)
        assert not await database.blocks.holds(None, user)
    assert await database.blocks.remove(HERE, EVERYBODY)
    assert not await database.blocks.holds(HERE, ADA)


async def test_servers_that_are_blocked_are_listed_apart_from_people(database: Database) -> None:
    for guild, user in ((THERE, EVERYBODY), (HERE, EVERYBODY), (HERE, ADA), (EVERYWHERE, BOB)):
        await database.blocks.add(guild, user, ADMIN)
    assert await database.blocks.servers() == (HERE, THERE)
    assert await database.blocks.everybody(HERE) == (ADA,)
    assert await database.blocks.everybody(EVERYWHERE) == (BOB,)
