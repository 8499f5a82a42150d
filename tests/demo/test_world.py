"""Who is in the demo's server, and that it is there again."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
import simcord
from discord.ext import commands

from bot.demo.errors import NoSuchChannelError, WorldUnreadableError
from bot.demo.world import CHANNELS, PEOPLE, World, WorldFile, build, check_channel
from bot.ui.texts import Texts


def small_bot() -> commands.Bot:
    return commands.Bot(commands.when_mentioned, intents=discord.Intents(guilds=True))


@pytest.fixture
async def env() -> AsyncIterator[simcord.Env]:
    started = simcord.Env(small_bot())
    await started.start()
    yield started
    await started.shutdown()


async def test_the_server_has_an_admin_two_members_and_one_who_reads_chinese(env: simcord.Env) -> None:
    world = await build(env, "secret")
    guild = discord.utils.get(env.bot.guilds, name="Story Club")
    assert guild
    admin, *others = [await guild.fetch_member(member.id) for member in world.members(env)]
    assert admin.guild_permissions.manage_guild
    assert not any(member.guild_permissions.manage_guild for member in others)
    assert list(world.locales().values()) == ["zh-CN"]
    assert env.bot.user
    assert env.bot.user.name == "Taleloom"


async def test_people_are_told_the_command_as_they_find_it_in_their_picker(env: simcord.Env) -> None:
    world = await build(env, "secret")
    chinese = Texts().speak("zh-CN").name("command", "write")
    assert "`/write`" in world.channel(env, "stories").history()[0].content
    assert f"`/{chinese}`" in world.channel(env, "中文故事").history()[0].content


async def test_every_channel_can_be_shown_and_another_is_refused_with_their_names(env: simcord.Env) -> None:
    world = await build(env, "secret")
    for name in CHANNELS:
        check_channel(name)
        assert world.channel(env, name).name == name
    with pytest.raises(NoSuchChannelError, match=r"no channel general\. Channels: stories, 中文故事, quiet"):
        world.channel(env, "general")
    with pytest.raises(NoSuchChannelError):
        check_channel("general")


async def test_a_saved_world_is_the_same_in_a_new_process(env: simcord.Env, tmp_path: Path) -> None:
    file = WorldFile(tmp_path / "world.json")
    assert file.load() is None
    world = await build(env, "secret")
    file.save(env, world)
    saved = file.load()
    assert saved
    assert saved[0] == world
    await env.shutdown()
    again = simcord.Env(small_bot())
    file.restore(again, saved[1])
    await again.start()
    assert [member.user.name for member in world.members(again)] == [person.name for person in PEOPLE]
    assert "/write" in world.channel(again, "stories").history()[0].content
    await again.shutdown()


async def test_only_its_owner_may_read_the_file_because_the_secret_is_in_it(env: simcord.Env, tmp_path: Path) -> None:
    path = tmp_path / "world.json"
    WorldFile(path).save(env, await build(env, "secret"))
    assert path.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"simcord": "3.2.1", "world": {}, "frozen": ""}', '{"simcord": "1.0", "world": {}}', "\udc80"],
)
def test_a_damaged_file_is_told_with_what_to_do(tmp_path: Path, content: str) -> None:
    path = tmp_path / "world.json"
    path.write_text(content, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(WorldUnreadableError, match="--reset"):
        WorldFile(path).load()


def test_a_world_with_other_people_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "world.json"
    world = {"guild_id": 1, "people": {"eve": 2}, "capability": "x"}
    path.write_text(json.dumps({"simcord": "3.2.1", "world": world, "frozen": ""}))
    with pytest.raises(WorldUnreadableError, match="other people"):
        WorldFile(path).load()


def test_a_damaged_content_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WorldUnreadableError, match="--reset"):
        WorldFile(tmp_path / "world.json").restore(simcord.Env(small_bot()), b"damaged")


def test_a_world_names_the_languages_of_its_people() -> None:
    world = World(guild_id=1, people={person.name: number for number, person in enumerate(PEOPLE)}, capability="x")
    assert world.locales() == {3: "zh-CN"}
