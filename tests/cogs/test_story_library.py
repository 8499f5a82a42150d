"""Scenarios: a story begins with one, chance picks one, and a server keeps its own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from bot.stories.scenarios import load_scenarios
from bot.writing.scenarios import MOST_SCENARIOS
from config.settings import CONFIG_DIR
from tests.cogs.test_settings import settings
from tests.cogs.test_write import said
from tests.ui.games.table import Table
from tests.world import World, open_world, quick_settings, speaking

LIBRARY = load_scenarios()


async def story(world: World, verb: str, who: Any = None, channel: Any = None, **options: Any) -> Any:
    """Type a command of /story."""
    result = await (who or world.writer).slash(channel or world.channel, f"story {verb}", **options)
    await world.written()
    return result


async def began(world: World, verb: str = "start", who: Any = None, **options: Any) -> Table:
    """Begin a game in the channel."""
    result = await story(world, verb, who, place="channel", **options)
    assert "📖" in result.response.content, said(result)
    return Table(world, world.channel)


async def offered(world: World, command: str, option: str, text: str = "", who: Any = None) -> list[tuple[str, str]]:
    choices = await (who or world.writer).autocomplete(world.channel, f"story {command}", option, text)
    return [(choice["name"], choice["value"]) for choice in choices]


async def kept(world: World, name: str = "Our Door") -> None:
    """Play a story, and keep it as a scenario."""
    table = await began(world, game="lines", opening="The green door stood open.", title="The Green Door")
    form = await story(world, "memory")
    await world.writer.submit_modal(form, {"memory": "It is the year 1300."})
    assert said(await story(world, "save-scenario", world.admin, name=name)) == (
        f"Kept: /story start offers **{name}** as a scenario from now on."
    )
    await table.command("end")


async def test_a_story_begins_with_a_scenarios_words_and_the_model_is_told_its_memory_and_world(world: World) -> None:
    scenario = LIBRARY.english["bakery-at-midnight"]
    table = await began(world, game="relay", scenario="bakery-at-midnight")
    assert table.passages[1].replace("*", "") == scenario.opening
    assert "**The Bakery at Midnight** · Relay" in table.panel.content
    prompt = world.engine.requests[0].prompt
    assert prompt.startswith(scenario.memory)
    assert "The boy is called Tim" in prompt
    lore = await world.bot.services.lore.of((await table.stored()).story.id)
    assert [entry.keys for entry in lore.entries] == [("Olive", "baker"), ("boy", "Tim")]


async def test_an_opening_and_a_title_of_ones_own_go_before_those_of_a_scenario(world: World) -> None:
    table = await began(
        world, game="vote", scenario=" Bakery-at-Midnight ", opening="Olive yawned.", title="A Long Night"
    )
    assert table.passages[1].replace("*", "") == "Olive yawned."
    assert "**A Long Night** · Vote" in table.panel.content
    assert world.engine.requests[0].prompt.startswith("The baker of Juniper Street is called Olive.")


async def test_with_neither_a_story_has_no_beginning(world: World) -> None:
    assert said(await story(world, "start", game="relay")) == (
        "A story needs a beginning: type an opening, or choose a scenario."
    )
    assert said(await story(world, "start", game="relay", scenario="nonsense")) == (
        "There is no scenario “nonsense” here. /story scenarios lists those that there are."
    )
    assert not world.channel.threads


async def test_the_library_is_offered_in_ones_own_language_first(world: World) -> None:
    first = await offered(world, "start", "scenario")
    assert first[0] == ("The Last Lighthouse · Adventure · Mystery by the sea", "last-lighthouse")
    assert [value for _, value in first[:12]] == list(LIBRARY.english)
    assert await offered(world, "start", "scenario", "FABLE desert") == [
        ("Two Towers of Sand · Duel · A fable of the desert", "two-towers-of-sand")
    ]
    async with speaking(world, world.writer, "zh-CN"):
        first = await offered(world, "start", "scenario")
        assert first[0] == ("提灯渡口 · 冒险 · 水乡奇谈", "lantern-ferry")
        listed = said(await story(world, "scenarios"))
    assert listed.split("\n")[1] == "- 提灯渡口 · 冒险 · 水乡奇谈 · `lantern-ferry`"


async def test_all_scenarios_of_ones_language_are_listed_and_the_servers_own(world: World) -> None:
    result = await story(world, "scenarios")
    assert result.response.ephemeral
    lines = said(result).split("\n")
    assert lines[0].startswith("**Scenarios**")
    assert len(lines) == 1 + len(LIBRARY.english)
    await kept(world)
    lines = said(await story(world, "scenarios")).split("\n")
    assert lines[-2:] == ["**This server's own**", "- The Green Door · One line each · `Our Door`"]


async def test_a_list_that_is_too_long_says_how_many_are_missing(world: World) -> None:
    await began(world, game="lines", opening="The door stood open.", title="T" * 80)
    for number in range(20):
        await story(world, "save-scenario", world.admin, name=f"Number {number:02}")
    listed = said(await story(world, "scenarios"))
    assert len(listed) <= 2000
    shown = listed.count("Number")
    assert listed.split("\n")[-1] == f"… +{20 - shown}"


async def test_chance_picks_a_scenario_in_the_persons_language_for_the_game_that_it_suits(world: World) -> None:
    table = await began(world, "random")
    stored = await table.stored()
    (scenario,) = [each for each in LIBRARY.english.values() if each.title == stored.title]
    assert stored.game.kind is scenario.kind
    await table.command("end")
    async with speaking(world, world.writer, "zh-CN"):
        await story(world, "random", game="duel")
    (duel,) = await world.bot.services.games.running()
    assert (await world.bot.services.games.get(duel)).title == "两位画师"
    assert len(world.channel.threads) == 1


async def test_chance_picks_among_the_games_that_are_played_here(world: World) -> None:
    await settings(world, "set", key="games", value="words")
    table = await began(world, "random")
    assert "**A Recipe for Rain** · One word each" in table.panel.content
    refused = await story(world, "random", game="vote")
    assert said(refused) == "The game “vote” is not played in this server. Choose another one."


async def test_without_a_library_chance_has_nothing_to_pick(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    shutil.copytree(CONFIG_DIR, folder)
    (folder / "scenarios.toml").write_text("", encoding="utf-8")
    async with open_world(quick_settings(), config_dir=folder) as world:
        assert "A story needs a beginning" in said(await story(world, "random"))
        assert await offered(world, "start", "scenario") == []


async def test_what_is_kept_of_a_story_begins_another_with_its_memory_and_world(world: World) -> None:
    table = await began(world, game="relay", scenario="school-for-ghosts")
    await table.click("Join", world.guest)
    await table.write("Wilma bowed.")
    await story(world, "save-scenario", world.admin, name="  Ghosts   of ours ")
    await table.command("end")
    assert ("A School for Ghosts · Relay", "Ghosts of ours") in await offered(world, "start", "scenario", "ours")
    again = await began(world, game="relay", scenario="ghosts OF ours")
    stored = await again.stored()
    lore = await world.bot.services.lore.of(stored.story.id)
    first = LIBRARY.english["school-for-ghosts"]
    assert stored.title == first.title
    assert lore.memory == first.memory
    assert [(entry.keys, entry.text) for entry in lore.entries] == [(entry.keys, entry.text) for entry in first.world]
    assert "Wilma bowed." not in world.engine.requests[-1].prompt


async def test_one_of_the_same_name_is_replaced_and_one_that_was_taken_away_is_gone(world: World) -> None:
    await kept(world)
    await began(world, game="vote", opening="Snow fell.", title="Snow")
    await story(world, "save-scenario", world.admin, name="our door")
    assert await offered(world, "forget-scenario", "name", who=world.admin) == [("Snow · Vote", "Our Door")]
    assert said(await story(world, "forget-scenario", world.admin, name="OUR DOOR")) == (
        "**Our Door** is a scenario no more. Stories that began with it go on."
    )
    assert "There is no scenario “Our Door” here." in said(
        await story(world, "forget-scenario", world.admin, name="Our Door")
    )
    assert "There is no scenario" in said(await story(world, "start", game="relay", scenario="Our Door"))


async def test_a_servers_own_goes_before_one_of_the_library_and_no_other_server_has_it(world: World) -> None:
    await kept(world, "two-painters")
    table = await began(world, game="lines", scenario="two-painters")
    assert "**The Green Door**" in table.panel.content
    elsewhere = world.env.create_guild("Elsewhere")
    channel = elsewhere.create_text_channel("stories")
    friend = elsewhere.add_member(world.env.create_user("friend"))
    begun = await story(world, "start", friend, channel, game="lines", scenario="two-painters", place="channel")
    assert "两位画师" in begun.response.content


@pytest.mark.parametrize("verb", ["save-scenario", "forget-scenario"])
async def test_only_those_who_manage_the_server_keep_and_forget(world: World, verb: str) -> None:
    await began(world, game="lines", opening="The door stood open.")
    assert said(await story(world, verb, name="Mine")) == "You need the permission Manage Server for that."


async def test_a_name_that_is_not_allowed_and_a_story_that_is_not_there_keep_nothing(world: World) -> None:
    assert "There is no story game here" in said(await story(world, "save-scenario", world.admin, name="Mine"))
    await began(world, game="lines", opening="The door stood open.")
    assert "was not kept" in said(await story(world, "save-scenario", world.admin, name="you nigger"))
    assert await offered(world, "forget-scenario", "name", who=world.admin) == []


async def test_a_server_keeps_so_many_and_no_more(world: World) -> None:
    await began(world, game="lines", opening="The door stood open.")
    for number in range(MOST_SCENARIOS):
        await story(world, "save-scenario", world.admin, name=f"Number {number}")
    full = await story(world, "save-scenario", world.admin, name="One more")
    assert said(full).startswith("This server keeps 50 scenarios, and more are not kept.")
    assert "Kept" in said(await story(world, "save-scenario", world.admin, name="Number 7"))
    assert len(await offered(world, "forget-scenario", "name", who=world.admin)) == 25


async def test_in_chinese_a_scenario_is_kept_in_chinese(world: World) -> None:
    await began(world, game="lines", opening="门开着。")
    async with speaking(world, world.admin, "zh-CN"):
        assert said(await story(world, "save-scenario", world.admin, name="门")) == (
            "已保存：以后 /故事 开始 会提供剧本 **门**。"
        )
        assert said(await story(world, "forget-scenario", world.admin, name="窗")).startswith("这里没有剧本“窗”。")
