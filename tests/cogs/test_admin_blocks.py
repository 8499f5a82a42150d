"""`/admin block`: a person everywhere, or a whole server."""

from __future__ import annotations

import pytest

from bot.ids import GuildId
from tests.cogs.owner import admin, administrator, owner_of
from tests.cogs.test_admin import values
from tests.cogs.test_settings import settings
from tests.cogs.test_write import labels, said
from tests.world import AFTER, World, speaking

ELSEWHERE = "1111111111111111111"


async def test_a_person_who_is_blocked_writes_nowhere_until_let_in_again(world: World) -> None:
    owner, person = owner_of(world), world.writer.user
    await world.write("It began.")
    mine = world.last()
    assert await admin(world, "block", owner, person=person) == (
        f"{person.mention} is blocked now. What was written stays."
    )
    assert await admin(world, "block", owner, person=person) == f"{person.mention} was blocked before."
    assert person.mention in await admin(world, "blocked", owner)
    assert await settings(world, "blocked") == "Nobody is blocked here."

    assert "you were blocked" in said(await world.write("It went on."))
    assert "you were blocked" in said(await world.click(mine, "Continue"))
    assert "you were blocked" in said(await person.slash("write", prompt="It began."))
    await world.write("Theirs began.", who=world.guest)
    assert labels(world.last()) == AFTER

    assert await admin(world, "unblock", owner, person=person) == f"{person.mention} may use this bot again."
    assert await admin(world, "unblock", owner, person=person) == f"{person.mention} is not blocked by you."
    await world.click(mine, "Continue")
    assert len(world.texts()) == 3


async def test_in_a_server_that_is_blocked_nobody_writes(world: World) -> None:
    owner, server = owner_of(world), str(world.guild.id)
    await world.write("It began.")
    shown = f"**Story Club** (`{server}`)"
    assert await admin(world, "block", owner, server=f" {server} ") == (
        f"{shown} is blocked now. What was written stays."
    )
    assert await admin(world, "block", owner, server=server) == f"{shown} was blocked before."
    assert await settings(world, "blocked") == "Nobody is blocked here."
    blocked = "No stories are written in this server: whoever runs this bot has blocked it."
    for who in (world.writer, world.admin, owner):
        assert said(await world.write("It began.", who=who)) == blocked
    assert said(await world.click(world.last(), "Retry")) == blocked
    alone = world.writer.user
    await alone.slash("write", prompt="It began.")
    await world.written()
    assert world.last(alone.dm_channel).content.startswith("**It began.**")

    assert await admin(world, "unblock", owner, server=server) == f"{shown} may use this bot again."
    await world.write("It went on.")
    assert labels(world.last()) == AFTER


async def test_a_server_that_the_bot_left_and_comes_back_to_stays_blocked(world: World) -> None:
    owner, store = owner_of(world), world.bot.services.store
    await admin(world, "block", owner, server=str(world.guild.id))
    assert await store.people.erase_server(GuildId(world.guild.id))
    assert "has blocked it" in said(await world.write("It began."))


async def test_people_and_servers_that_are_blocked_are_listed(world: World) -> None:
    owner = owner_of(world)
    assert await admin(world, "blocked", owner) == "People: –\nServers: –"
    await admin(world, "block", owner, person=world.guest.user)
    for server in (ELSEWHERE, str(world.guild.id)):
        await admin(world, "block", owner, server=server)
    assert await admin(world, "blocked", owner) == (
        f"People: {world.guest.user.mention}\nServers: `{ELSEWHERE}`, **Story Club** (`{world.guild.id}`)"
    )


@pytest.mark.parametrize("verb", ["block", "unblock"])
async def test_it_is_a_person_or_a_server(world: World, verb: str) -> None:
    owner = owner_of(world)
    one_of_two = "Give a person or a server: one of them, and not both."
    assert await admin(world, verb, owner) == one_of_two
    assert await admin(world, verb, owner, person=world.guest.user, server=ELSEWHERE) == one_of_two
    for text in ("Story Club", "0", "-5", "9" * 20, "9" * 19, "１" * 19):
        assert "is no server" in await admin(world, verb, owner, server=text)
    assert await admin(world, "blocked", owner) == "People: –\nServers: –"


async def test_neither_oneself_nor_a_bot_is_blocked(world: World) -> None:
    owner = owner_of(world)
    assert "Neither yourself nor a bot" in await admin(world, "block", owner, person=owner.user)


async def test_servers_are_offered_to_whoever_runs_the_bot_and_nobody_else(world: World) -> None:
    somebody, owner, server = administrator(world, "somebody"), owner_of(world), str(world.guild.id)
    assert await values(world, owner, "block", "server", "club") == [server]
    assert await values(world, owner, "block", "server", "x") == []
    assert await values(world, owner, "unblock", "server", "") == []
    await admin(world, "block", owner, server=server)
    await admin(world, "block", owner, server=ELSEWHERE)
    assert await values(world, owner, "unblock", "server", "") == [ELSEWHERE, server]
    for verb in ("block", "unblock"):
        assert await values(world, somebody, verb, "server", "") == []


async def test_it_is_told_in_chinese(world: World) -> None:
    owner, server = owner_of(world), str(world.guild.id)
    async with speaking(world, owner, "zh-CN"), speaking(world, world.writer, "zh-CN"):
        assert await admin(world, "block", owner, server=server) == (
            f"已封禁 **Story Club** (`{server}`)。写过的内容会保留。"
        )
        assert said(await world.write("It began.")) == "本服务器不能写故事：机器人的运营者封禁了它。"
        assert await admin(world, "block", owner) == "请给出一个人或一个服务器，二者选一。"
