"""`/presets wins`: duels and /tune say which presets people like."""

from __future__ import annotations

from typing import Any

from tests.cogs.test_presets import presets
from tests.cogs.test_tune import pick, temperatures, tune
from tests.cogs.test_write import said
from tests.ui.games.table import start
from tests.ui.games.test_votes import cast
from tests.world import World, speaking


async def wins(world: World, who: Any = None) -> list[list[str]]:
    """The rows of the table, without its head."""
    answer = await presets(world, "wins", who or world.guest)
    return [line.split() for line in answer.split("```")[1].strip().split("\n")[1:]]


async def test_before_anything_was_compared_it_says_so(world: World) -> None:
    assert "Nobody has compared presets here yet" in await presets(world, "wins", world.guest)


async def test_a_duel_counts_for_whoever_had_most_votes(world: World) -> None:
    table = await start(world, "duel", quorum=3, first="vivid", second="wild")
    asked = sorted(world.engine.requests, key=lambda request: "-1." in request.request_id)
    better, worse = ("vivid", "wild") if asked[0].sampling.temperature == 0.9 else ("wild", "vivid")
    for name, who in (("A", world.writer), ("B", world.guest), ("A", world.admin)):
        await cast(table, name, who)
    assert await wins(world) == [[better, "1", "0", "100%"], [worse, "0", "1", "0%"]]


async def test_a_duel_that_ends_in_a_tie_is_nobodys(world: World) -> None:
    table = await start(world, "duel", quorum=2, first="vivid", second="wild")
    await cast(table, "A", world.writer)
    await cast(table, "B", world.guest)
    assert await wins(world) == [["vivid", "0", "0", "–"], ["wild", "0", "0", "–"]]
    assert "1 ended in a tie." in await presets(world, "wins")


async def test_tune_counts_each_pair_once(world: World) -> None:
    result = await tune(world, first="vivid", second="wild")
    first = "vivid" if temperatures(world)[0] == 0.9 else "wild"
    second = "wild" if first == "vivid" else "vivid"
    await pick(world, result, "B is better")
    assert await wins(world) == [[second, "1", "0", "100%"], [first, "0", "1", "0%"]]
    another = await tune(world, first="vivid", second="wild")
    await pick(world, another, "No difference")
    assert "1 ended in a tie." in await presets(world, "wins")


async def test_another_servers_duels_are_not_counted_here(world: World) -> None:
    await pick(world, await tune(world, first="vivid", second="wild"), "A is better")
    other = world.env.create_guild("Elsewhere")
    channel = other.create_text_channel("stories")
    member = other.add_member(world.env.create_user("stranger"))
    answer = await member.slash(channel, "presets wins")
    assert "Nobody has compared presets here yet" in said(answer)


async def test_in_chinese_it_is_in_chinese(world: World) -> None:
    await pick(world, await tune(world, first="vivid", second="wild"), "A is better")
    async with speaking(world, world.guest, "zh-CN"):
        answer = await presets(world, "wins", world.guest)
    assert "胜率" in answer
    assert "vivid" not in answer
