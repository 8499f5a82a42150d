"""Who may press is a rule of the place."""

from __future__ import annotations

from typing import Any

import pytest

from bot.ids import UserId
from bot.store import Json, Scope
from tests.cogs.test_write import said
from tests.ui.test_hands import choose
from tests.world import World


async def rule(world: World, value: Json, scope: Scope = Scope.SERVER) -> None:
    """Say who may press."""
    place = world.guild.id if scope is Scope.SERVER else world.channel.id
    await world.bot.services.store.settings.set(scope, place, "press", value, by=UserId(world.admin.id))


async def test_everyone_may_press_where_an_admin_says_so(world: World) -> None:
    await rule(world, "everyone")
    await world.write("It began.")
    await world.click(world.last(), "Continue", who=world.guest)
    assert len(world.texts()) == 2
    await world.click(world.last(), "Undo", who=world.guest)
    assert world.last().content.startswith("The story now ends like this:")


async def test_a_channels_rule_wins_over_the_servers(world: World) -> None:
    await rule(world, "everyone")
    await rule(world, "author", Scope.CHANNEL)
    await world.write("It began.")
    assert "Only the person who asked" in said(await world.guest.click(world.last(), label="Continue"))


async def test_a_role_may_press_and_those_without_it_may_not(world: World) -> None:
    role = world.guild.create_role("Readers")
    reader: Any = world.guild.add_member(world.env.create_user("reader"), roles=[role])
    await rule(world, [role.id])
    await world.write("It began.")
    assert "Only the person who asked" in said(await world.guest.click(world.last(), label="Continue"))
    await world.click(world.last(), "Continue", who=reader)
    assert len(world.texts()) == 2


async def test_what_somebody_else_asked_for_counts_as_theirs(world: World) -> None:
    await rule(world, "everyone")
    await world.write("It began.")
    await world.click(world.last(), "Continue", who=world.guest)
    usage = world.bot.services.store.usage
    assert (await usage.today(world.guild.id, UserId(world.guest.id)))[0] > 0


async def test_a_private_story_stays_its_authors(world: World) -> None:
    await rule(world, "everyone")
    written = await world.write("A secret.", private=True)
    turn = (await world.bot.services.store.stories.latest(world.channel.id, viewer_id=world.writer.id)) or None
    assert turn
    assert turn.author_id == world.writer.id
    assert written.response.ephemeral
    assert "You have no story in this channel" in said(await world.guest.slash(world.channel, "continue"))


@pytest.mark.parametrize("press", ["everyone", "author"])
async def test_only_the_author_and_moderators_delete(world: World, press: str) -> None:
    await rule(world, press)
    await world.write("It began.")
    assert "Only the person who asked" in said(await choose(world, world.last(), "delete", world.guest))
    await choose(world, world.last(), "delete", world.admin)
    assert world.last().content.startswith("-# Deleted.")
    await world.click(world.last(), "Bring back", who=world.admin)
    assert "It began." in world.last().content
