"""Whoever is blocked publishes nothing: neither by other words nor by what the model is told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cogs.owner import admin, owner_of
from tests.cogs.test_settings import settings
from tests.cogs.test_story_lore import opened
from tests.cogs.test_write import said
from tests.ui.games.table import start
from tests.ui.test_hands import choose, send, two_passages
from tests.ui.test_world_panel import with_fox
from tests.world import World

BLOCKED = "you were blocked"


async def block(world: World) -> None:
    """Block the writer in the server."""
    await settings(world, "block", person=world.writer.user)


@pytest.mark.parametrize("label", ["Edit", "Undo", "Retry", "Continue"])
async def test_no_button_beneath_their_story_does_anything(world: World, label: str) -> None:
    await two_passages(world)
    before = world.texts()
    await block(world)
    result = await world.writer.click(world.last(), label=label)
    await world.written()
    assert BLOCKED in said(result)
    assert (result.modal, world.texts()) == (None, before)


async def test_a_form_that_was_open_before_is_given_back(world: World) -> None:
    await world.write("It began.")
    before = world.texts()
    form = await world.writer.click(world.last(), label="Edit")
    await block(world)
    result = await send(world, form, {"The passage": "The door was red."})
    assert BLOCKED in said(result)
    assert result.followups[-1].message.embeds[0].description == "The door was red."
    assert world.texts() == before


async def test_their_own_passage_in_somebody_elses_game_is_not_reworded(world: World) -> None:
    table = await start(world, "relay", model_every=0)
    await table.click("Join", world.guest)
    await table.click("Pass")
    await table.write("A fox came in.", world.guest)
    await settings(world, "block", person=world.guest.user)
    passage = next(message for message in table.channel.history() if "A fox" in message.content)
    assert BLOCKED in said(await world.guest.click(passage, label="Edit"))


async def test_a_host_who_is_blocked_gives_no_other_title(world: World) -> None:
    table = await start(world, "relay")
    await block(world)
    assert BLOCKED in said(await table.command("rename", title="Mine"))
    assert table.panel.content.startswith("**The door stood open**")


async def test_hiding_and_jumping_are_theirs_no_more(world: World) -> None:
    first, _ = await two_passages(world)
    before = world.texts()
    await block(world)
    for result in (
        await choose(world, first, "hide"),
        await world.writer.context_menu(world.channel, "Hide from context", first),
        await world.writer.slash(world.channel, "story jump", passage=1),
    ):
        assert BLOCKED in said(result)
    assert world.texts() == before


async def test_the_model_is_told_nothing_by_them(world: World) -> None:
    shown = await with_fox(world)
    form = await opened(world, "memory")
    await block(world)
    result = await world.writer.submit_modal(form, {"memory": "It is the year 1300."})
    assert BLOCKED in said(result)
    assert result.followups[-1].message.embeds[0].description == "It is the year 1300."
    for command in ("memory", "note", "world"):
        assert BLOCKED in said(await opened(world, command))
    for label in ("Switch off", "New…", "Edit…"):
        assert BLOCKED in said(await world.writer.click(shown, label=label))


async def test_they_read_what_is_theirs_and_take_it_away(world: World) -> None:
    await world.write("It began.")
    await block(world)
    transcript: Any = await choose(world, world.last(), "transcript")
    assert transcript.response.message.attachments[0].filename == "story-1.md"
    await choose(world, world.last(), "delete")
    assert world.texts()[0].startswith("-# Deleted.")
    assert BLOCKED in said(await world.writer.click(world.last(), label="Bring back"))


async def test_in_a_server_that_is_blocked_nothing_is_reworded(world: World) -> None:
    await world.write("It began.")
    await admin(world, "block", owner_of(world), server=str(world.guild.id))
    result = await world.writer.click(world.last(), label="Edit")
    assert said(result) == "No stories are written in this server: whoever runs this bot has blocked it."
