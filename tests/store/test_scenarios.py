"""A server's scenarios are kept by name, as many as it may have, and go with it."""

from __future__ import annotations

from dataclasses import replace

from bot.games import GameKind
from bot.ids import GuildId, UserId
from bot.lore import EntryDraft
from bot.scenarios import Scenario
from bot.store import Database

GUILD, OTHER, BY = GuildId(2**62), GuildId(7), UserId(2**61)
DOOR = Scenario(
    name="The Door",
    kind=GameKind.VOTE,
    title="The Open Door",
    opening="The door stood open.",
    memory="It is 1300.",
    world=(EntryDraft(keys=("door", "门"), text="It is green.", group="house", enabled=False),),
)


async def test_a_scenario_comes_back_as_it_was_kept(database: Database) -> None:
    assert await database.scenarios.put(GUILD, DOOR, BY, limit=5)
    assert await database.scenarios.of(GUILD) == (DOOR,)
    assert await database.scenarios.of(OTHER) == ()


async def test_one_of_the_same_name_is_replaced_also_when_there_are_as_many_as_may(database: Database) -> None:
    other = replace(DOOR, opening="The door was shut.", world=())
    assert await database.scenarios.put(GUILD, DOOR, BY, limit=1)
    assert await database.scenarios.put(GUILD, other, BY, limit=1)
    assert not await database.scenarios.put(GUILD, replace(DOOR, name="Another"), BY, limit=1)
    assert await database.scenarios.put(OTHER, DOOR, BY, limit=1)
    assert await database.scenarios.of(GUILD) == (other,)


async def test_a_scenario_is_taken_away_once(database: Database) -> None:
    await database.scenarios.put(GUILD, DOOR, BY, limit=5)
    assert not await database.scenarios.remove(OTHER, DOOR.name)
    assert await database.scenarios.remove(GUILD, DOOR.name)
    assert not await database.scenarios.remove(GUILD, DOOR.name)


async def test_scenarios_stay_without_whoever_kept_them_and_go_with_their_server(database: Database) -> None:
    await database.scenarios.put(GUILD, DOOR, BY, limit=5)
    assert (await database.people.kept(BY)).entries == 1
    assert await database.people.erase(BY)
    assert (await database.people.kept(BY)).entries == 0
    assert await database.scenarios.of(GUILD) == (DOOR,)
    assert await database.people.erase_server(GUILD)
    assert await database.scenarios.of(GUILD) == ()
