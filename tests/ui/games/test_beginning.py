"""What a server lets be played, by whom, how many at once, and how long a turn is there."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
import pytest

from bot.writing.beginnings import Beginning
from bot.writing.games import Played
from tests.cogs.test_settings import settings
from tests.cogs.test_write import said
from tests.ui.games.table import start
from tests.world import World, speaking


async def refused(world: World, who: Any = None, channel: Any = None, **options: Any) -> str:
    """Try to begin a game, and give what is said instead."""
    wanted = {"game": "relay", "opening": "The door stood open."} | options
    result = await (who or world.writer).slash(channel or world.channel, "story start", **wanted)
    await world.written()
    assert result.response.ephemeral
    assert not world.channel.threads
    return said(result)


def mark_adult(world: World) -> None:
    """Make the channel one for adults; simcord knows no such thing."""
    channel = world.bot.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    channel.nsfw = True


async def test_a_game_that_a_server_does_not_play_cannot_begin_whoever_begins_it(world: World) -> None:
    await settings(world, "set", key="games", value="relay, vote")
    not_played = "The game “duel” is not played in this server. Choose another one."
    assert await refused(world, game="duel") == not_played
    assert await refused(world, world.admin, game="duel") == not_played
    async with speaking(world, world.writer, "zh-CN"):
        assert await refused(world, game="duel") == "本服务器不玩“对决”。请换一种玩法。"
    await start(world, "vote")


async def test_some_roles_alone_may_begin_and_those_who_manage_the_server(world: World) -> None:
    role = world.guild.create_role("Tellers")
    await settings(world, "set", key="starters", value=role.mention)
    assert await refused(world) == "Only some roles may begin a story here. /story list shows those that you can join."
    member = world.guild.add_member(world.env.create_user("teller"), roles=[role])
    for who in (member, world.admin):
        begun = await who.slash(world.channel, "story start", game="relay", opening="It began.")
        await world.written()
        assert "📖" in begun.response.content


async def test_another_story_begins_when_one_of_those_that_may_run_has_ended(world: World) -> None:
    await settings(world, "set", key="most_stories", value="1")
    table = await start(world, "relay", place="channel")
    full = "As many stories run in this server as may at once (1). Another can begin when one has ended."
    assert await refused(world) == full
    await table.command("pause")
    assert await refused(world, world.admin) == full
    await table.command("end")
    await start(world, "relay")


async def test_of_two_who_begin_at_once_where_one_story_may_run_one_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await settings(world, "set", key="most_stories", value="1")
    games, both_wait = world.bot.services.games, asyncio.Event()
    begin = games.begin

    async def begin_late(beginning: Beginning) -> Played:
        await world._wait(both_wait.wait())
        return await begin(beginning)

    monkeypatch.setattr(games, "begin", begin_late)
    first = await world.writer.slash(world.channel, "story start", game="relay", opening="It began.")
    asyncio.get_running_loop().call_later(0.2, both_wait.set)
    second = await world.guest.slash(world.channel, "story start", game="relay", opening="It began.")
    await world.written()
    assert "As many stories run" in said(second)
    assert [thread.name for thread in world.channel.threads] == ["It began"]
    assert "It is written in" in first.response.content


async def test_a_story_that_was_deleted_does_not_count(world: World) -> None:
    await settings(world, "set", key="most_stories", value="1")
    table = await start(world, "relay", place="channel")
    stored = await table.stored()
    assert await world.bot.services.store.stories.delete(stored.story.id)
    await start(world, "relay")


async def test_ten_stories_run_at_once_where_nobody_says_otherwise_and_any_number_where_it_is_off(
    world: World,
) -> None:
    for _ in range(10):
        await start(world, "lines", place="channel")
    assert "at once (10)" in await refused(world)
    await settings(world, "set", key="most_stories", value="off")
    await start(world, "lines")


@pytest.mark.parametrize(("game", "name"), [("relay", "turn_minutes"), ("vote", "vote_minutes")])
async def test_a_turn_lasts_as_long_as_is_usual_in_the_place(world: World, game: str, name: str) -> None:
    await settings(world, "set", key="turn_minutes", value="90", place="channel")
    table = await start(world, game)
    assert getattr((await table.stored()).game.rules, name) == 90
    table = await start(world, game, minutes=5)
    assert getattr((await table.stored()).game.rules, name) == 5


async def test_a_mature_story_is_told_in_channels_for_adults_alone(world: World) -> None:
    not_here = "A mature story can be played in an age-restricted channel only. Begin it in one, or not as mature."
    assert await refused(world, mature=True) == not_here
    assert await refused(world, world.admin, mature=True) == not_here
    mark_adult(world)
    table = await start(world, "relay", mature=True)
    assert (await table.stored()).game.rules.mature
    assert "🔞 It is a mature story, for adults." in world.texts()[-2] + world.texts()[-1]
    # A thread is for adults if its channel is.
    begun = await world.writer.slash(table.channel, "story start", game="relay", opening="It began.", mature=True)
    await world.written()
    assert "📖" in begun.response.content
