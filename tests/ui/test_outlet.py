"""Where the parts of a text are put, and by which way."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.ui.outlet import Outlet
from tests.world import World


@pytest.fixture
async def interaction(world: World) -> discord.Interaction:
    """A deferred interaction, as a command gets it."""
    return await defer(world)


async def defer(world: World, *, ephemeral: bool = False) -> discord.Interaction:
    caught: list[discord.Interaction] = []

    async def probe(interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True, ephemeral=ephemeral)
        caught.append(interaction)

    world.bot.tree.add_command(discord.app_commands.Command(name="probe", description="x", callback=probe))
    await world.bot.tree.sync()
    await world.writer.slash(world.channel, "probe")
    return caught[0]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def outlet(interaction: discord.Interaction, clock: Clock, **more: Any) -> Outlet:
    return Outlet(interaction, interaction_seconds=60, clock=clock, **more)


def ways(world: World) -> list[str]:
    """How messages were sent, edited and deleted since the command was answered."""
    calls = [
        (entry.method, entry.path) for entry in world.env.http_requests if entry.method in {"POST", "PATCH", "DELETE"}
    ]
    return [
        f"{method} {path.split('/')[1]}" for method, path in calls if "messages" in path or path.startswith("/webhooks")
    ]


async def test_the_first_part_is_the_answer_and_the_others_follow_it(
    world: World, interaction: discord.Interaction
) -> None:
    made = outlet(interaction, Clock())
    await made.put(0, "one", None)
    await made.put(1, "two", None)
    await made.put(0, "one, again", None)
    await made.put(1, "two, again", None)
    assert world.texts() == ["one, again", "two, again"]
    assert made.messages == [message.id for message in world.channel.history()]
    assert set(ways(world)) == {"PATCH webhooks", "POST webhooks"}


async def test_before_the_interaction_expires_edits_go_by_the_channel(
    world: World, interaction: discord.Interaction
) -> None:
    clock = Clock()
    made = outlet(interaction, clock)
    await made.put(0, "one", None)
    clock.now = 61
    world.env.inject_error("PATCH", "/webhooks/*/*/messages/*", status=401, code=50027, times=99)
    await made.put(0, "one, again", None)
    await made.put(1, "two", None)
    assert world.texts() == ["one, again", "two"]


async def test_an_interaction_that_expired_early_is_given_up_for_the_channel(
    world: World, interaction: discord.Interaction
) -> None:
    made = outlet(interaction, Clock())
    await made.put(0, "one", None)
    world.env.inject_error("PATCH", "/webhooks/*/*/messages/*", status=404, code=10015, times=99)
    await made.put(0, "one, again", None)
    await made.put(0, "one, once more", None)
    assert world.texts() == ["one, once more"]


async def test_what_failed_for_another_reason_is_told(world: World, interaction: discord.Interaction) -> None:
    made = outlet(interaction, Clock())
    await made.put(0, "one", None)
    world.env.inject_error("PATCH", "/webhooks/*/*/messages/*", status=400, code=50035, times=1)
    with pytest.raises(discord.HTTPException):
        await made.put(0, "one, again", None)


@pytest.mark.parametrize("seconds", [0, 61])
async def test_parts_that_are_not_needed_any_more_are_deleted_but_never_the_first(
    world: World, interaction: discord.Interaction, seconds: float
) -> None:
    clock = Clock()
    made = outlet(interaction, clock)
    for index, text in enumerate(("one", "two", "three")):
        await made.put(index, text, None)
    clock.now = seconds
    if seconds:
        world.env.inject_error("DELETE", "/webhooks/*/*/messages/*", status=401, code=50027, times=99)
    await made.drop_after(1)
    assert world.texts() == ["one"]
    await made.drop_after(0)
    assert world.texts() == ["one"]
    await made.put(1, "two again", None)
    assert world.texts() == ["one", "two again"]


async def test_a_part_that_cannot_be_deleted_is_left(world: World, interaction: discord.Interaction) -> None:
    made = outlet(interaction, Clock())
    await made.put(0, "one", None)
    await made.put(1, "two", None)
    world.env.inject_error("DELETE", "/webhooks/*/*/messages/*", status=500, code=0, times=9)
    await made.drop_after(1)
    assert len(made.messages) == 1


async def test_what_is_private_never_goes_by_the_channel(world: World) -> None:
    clock = Clock()
    made = outlet(await defer(world, ephemeral=True), clock, ephemeral=True)
    await made.put(0, "secret", None)
    clock.now = 61
    await made.put(0, "secret, again", None)
    await made.put(1, "more", None)
    assert world.texts() == []
    world.env.inject_error("PATCH", "/webhooks/*/*/messages/*", status=401, code=50027, times=9)
    with pytest.raises(discord.HTTPException):
        await made.put(0, "never", None)
    assert world.texts() == []
