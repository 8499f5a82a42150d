"""`/settings block`: who may not use the bot in a server."""

from __future__ import annotations

from typing import Any

from tests.cogs.test_settings import settings
from tests.cogs.test_write import labels, said
from tests.world import AFTER, World


def user(member: Any) -> Any:
    """The person behind a member, as an option takes it."""
    return member.user


async def test_who_is_blocked_writes_and_presses_nothing_until_let_in_again(world: World) -> None:
    await world.write("It began.")
    mine = world.last()
    assert "is blocked here now" in await settings(world, "block", person=user(world.writer))
    assert "was blocked here before" in await settings(world, "block", person=user(world.writer))
    assert f"<@{world.writer.id}>" in await settings(world, "blocked")

    assert "you were blocked" in said(await world.write("It went on."))
    assert "you were blocked" in said(await world.click(mine, "Continue"))
    await world.write("Theirs began.", who=world.guest)
    assert labels(world.last()) == AFTER

    assert "may use this bot here again" in await settings(world, "unblock", person=user(world.writer))
    assert "is not blocked here" in await settings(world, "unblock", person=user(world.writer))
    assert await settings(world, "blocked") == "Nobody is blocked here."
    await world.click(mine, "Continue")
    assert len(world.texts()) == 3


async def test_nobody_blocks_themselves(world: World) -> None:
    assert "yourself" in await settings(world, "block", person=user(world.admin))
