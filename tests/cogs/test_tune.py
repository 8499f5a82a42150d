"""`/tune`: two texts of one prompt, unnamed; after the choice one sees which was which, and may keep it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.store import Scope
from tests.cogs.test_write import labels, said
from tests.world import World, open_world, quick_settings, speaking

PROMPT = "The door stood open."


async def tune(world: World, **options: Any) -> Any:
    result = await world.admin.slash(world.channel, "tune", prompt=PROMPT, **options)
    await world.written()
    return result


def last_of(result: Any) -> discord.Message:
    """The message with the question beneath both texts."""
    message: discord.Message = [result.response, *result.followups][-1].message
    return message


async def pick(world: World, result: Any, label: str) -> Any:
    return await world.admin.click(last_of(result), label=label)


async def channel_values(world: World) -> dict[str, Any]:
    stored = await world.bot.services.store.settings.get(user=None, channel=world.channel.id, server=None)
    return dict(stored[Scope.CHANNEL])


def temperatures(world: World, pair: int = 0) -> list[float]:
    """How the texts A and B of a pair were written."""
    asked = world.engine.requests[2 * pair : 2 * pair + 2]
    return [request.sampling.temperature for request in sorted(asked, key=lambda request: "-1." in request.request_id)]


async def test_two_texts_of_one_prompt_stand_side_by_side_and_say_nothing_of_how_they_were_written(
    world: World,
) -> None:
    result = await tune(world, second="wild")
    texts = [message.content for message in (result.response, *result.followups)]
    assert [text[:6] for text in texts] == ["**A**\n", "**B**\n"]
    assert result.response.ephemeral
    assert not any(word in text for text in texts for word in ("balanced", "wild", "temperature", "seed"))
    assert labels(last_of(result)) == ["A is better", "B is better", "No difference"]
    assert {request.prompt for request in world.engine.requests} == {PROMPT}
    assert 1.15 in temperatures(world)
    assert world.texts() == []


@pytest.mark.parametrize("label", ["A is better", "B is better"])
async def test_after_the_choice_one_sees_which_was_which(world: World, label: str) -> None:
    result = await tune(world, first="vivid", second="wild")
    first = "vivid" if temperatures(world)[0] == 0.9 else "wild"
    unveiled = await pick(world, result, label)
    lines = last_of(unveiled).content.split("\n")
    second = "wild" if first == "vivid" else "vivid"
    assert lines[0].startswith(f"**A**: **{first}**")
    assert lines[1].startswith(f"**B**: **{second}**")
    assert labels(last_of(unveiled)) == ["Keep this for the channel", "Another pair"]
    assert labels(last_of(result)) == []


async def test_what_was_picked_is_how_the_channel_writes_from_then_on(world: World) -> None:
    await world.admin.slash(world.channel, "settings set", key="temperature", value="0.3")
    await world.admin.slash(world.channel, "settings set", key="cooldown", value="5", place="channel")
    result = await tune(world, second="wild")
    label = "A is better" if temperatures(world)[0] == 1.15 else "B is better"
    kept = await world.admin.click(last_of(await pick(world, result, label)), label="Keep this for the channel")
    assert "This channel writes so from now on: **wild**" in said(kept)
    assert (await channel_values(world)) == {"preset": "wild", "temperature": 1.15, "cooldown": 5}
    await world.write("It began.", who=world.admin)
    assert world.engine.requests[-1].sampling.temperature == 1.15
    audit = said(await world.admin.slash(world.channel, "settings audit"))
    assert "**preset** – → wild" in audit


async def test_how_the_channel_writes_already_needs_no_keeping(world: World) -> None:
    result = await tune(world, second="wild")
    label = "B is better" if temperatures(world)[0] == 1.15 else "A is better"
    unveiled = await pick(world, result, label)
    assert said(unveiled).count("as this channel writes now") == 1
    assert labels(last_of(unveiled)) == ["Another pair"]


async def test_no_difference_keeps_nothing(world: World) -> None:
    unveiled = await pick(world, await tune(world, first="vivid", second="wild"), "No difference")
    assert labels(last_of(unveiled)) == ["Another pair"]
    assert await channel_values(world) == {}


async def test_another_pair_sets_the_better_one_against_a_third(world: World) -> None:
    result = await tune(world, first="vivid", second="wild")
    label = "A is better" if temperatures(world)[0] == 0.9 else "B is better"
    unveiled = await pick(world, result, label)
    more = await world.admin.click(last_of(unveiled), label="Another pair")
    await world.written()
    assert labels(last_of(more)) == ["A is better", "B is better", "No difference"]
    new = temperatures(world, pair=1)
    assert 0.9 in new
    assert 1.15 not in new
    assert {request.prompt for request in world.engine.requests} == {PROMPT}


async def test_chance_draws_a_preset_that_differs(world: World) -> None:
    unveiled = await pick(world, await tune(world), "No difference")
    assert said(unveiled).count("as this channel writes now") == 1
    one, other = (request.sampling for request in world.engine.requests)
    assert replace(one, seed=None) != replace(other, seed=None)


async def test_neither_ones_own_settings_nor_a_lock_get_between(world: World) -> None:
    await world.admin.slash(world.channel, "me settings", key="temperature", value="0.2")
    await world.admin.slash(world.channel, "settings set", key="locked", value="preset, temperature")
    await tune(world, first="vivid", second="wild")
    assert sorted(temperatures(world)) == [0.9, 1.15]


async def test_what_does_not_differ_is_refused_at_once(world: World) -> None:
    assert "Both would write alike here" in said(await tune(world, first="wild", second="Wild"))
    assert "Both would write alike here" in said(await tune(world, second="balanced"))
    assert "preset can be precise" in said(await tune(world, second="nonsense"))
    assert world.engine.requests == []


async def test_it_is_for_those_who_may_manage_the_server(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    result = await tune(world, second="wild")
    monkeypatch.setattr(discord.Interaction, "permissions", discord.Permissions.none())
    assert "Manage Server" in said(await pick(world, result, "A is better"))
    assert "Manage Server" in said(await tune(world, second="wild"))


async def test_a_text_that_came_to_nothing_leaves_nothing_to_compare(world: World) -> None:
    text = " The fox left the old house and the river behind it for the hills of the north."
    world.engine.script = lambda request: [] if "-1." in request.request_id else [text]
    result = await tune(world, second="wild")
    assert "there is nothing to compare" in last_of(result).content
    assert labels(last_of(result)) == []


async def test_the_question_still_stands_after_a_restart(tmp_path: Path) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")) as world:
        result = await tune(world, first="vivid", second="wild")
        await world.restart()
        assert "**wild**" in said(await pick(world, result, "A is better"))


async def test_a_preset_that_was_removed_meanwhile_is_named(world: World) -> None:
    await world.admin.slash(world.channel, "presets add", name="Moonlit", meaning="slow", temperature=1.45)
    result = await tune(world, first="Moonlit", second="wild")
    label = "A is better" if temperatures(world)[0] == 1.45 else "B is better"
    unveiled = await pick(world, result, label)
    await world.admin.slash(world.channel, "presets remove", name="Moonlit")
    assert "Moonlit" in said(await world.admin.click(last_of(unveiled), label="Keep this for the channel"))
    assert await channel_values(world) == {}


async def test_autocompletion_offers_what_holds_and_the_presets(world: World) -> None:
    for option in ("first", "second"):
        found = await world.admin.autocomplete(world.channel, "tune", option, "", prompt="x")
        assert found[0] == {"name": "As this channel writes now", "value": "="}
        assert "wild" in {choice["value"] for choice in found}


async def test_it_speaks_chinese(world: World) -> None:
    async with speaking(world, world.admin, "zh-CN"):
        result = await tune(world, second="wild")
        assert labels(last_of(result)) == ["A 更好", "B 更好", "没有区别"]
        unveiled = await pick(world, result, "没有区别")
    assert "本频道现在就是这样写的" in said(unveiled)
