"""What is edited or hidden in a game stays in its place, and everybody rewords their own alone."""

from __future__ import annotations

import discord
import pytest

from tests.cogs.test_write import said
from tests.ui.games.table import Table, start
from tests.ui.test_hands import choose
from tests.world import World


def passage(table: Table, text: str) -> discord.Message:
    """The newest message that shows a passage."""
    found: discord.Message = next(message for message in reversed(table.channel.history()) if text in message.content)
    return found


@pytest.fixture
async def table(world: World) -> Table:
    """A relay whose first turn is the guest's, and whose second the writer's."""
    begun = await start(world, "relay", model_every=0)
    await begun.click("Join", world.guest)
    await begun.click("Pass")
    await begun.write("A fox came in.", world.guest)
    await begun.write("It sat down.")
    return begun


async def test_an_edit_that_changes_nothing_leaves_all_that_follows_in_the_story(table: Table, world: World) -> None:
    await table.write("It slept.", world.guest)
    shown = await world.writer.click(passage(table, "It sat down."), label="Edit")
    await world.writer.submit_modal(shown, {"text": "It sat down."})
    assert (await table.exported()).endswith("A fox came in. It sat down. It slept.\n")


async def test_what_is_hidden_leaves_all_that_follows_in_the_story(table: Table, world: World) -> None:
    opening = passage(table, "**The door stood open.**")
    await choose(world, opening, "hide")
    await table.write("It slept.", world.guest)
    assert (await table.exported()).endswith("A fox came in. It sat down. It slept.\n")


async def test_a_story_that_has_ended_stays_whole_when_something_is_hidden(table: Table, world: World) -> None:
    await table.command("end")
    await choose(world, passage(table, "**The door stood open.**"), "hide")
    assert (await table.exported()).endswith("A fox came in. It sat down.\n")


async def test_who_wrote_the_first_passage_rewords_it_and_not_the_hosts_opening(world: World) -> None:
    table = await start(world, "relay", model_every=0)
    await table.click("Join", world.guest)
    await table.write("A fox came in.")
    await world.click(passage(table, "A fox came in."), "Undo")
    await table.click("Pass")
    await table.write("A bear came in.", world.guest)

    theirs = await world.guest.click(passage(table, "A bear came in."), label="Edit")
    assert [part["label"] for part in theirs.modal["components"]] == ["The passage"]
    await world.guest.submit_modal(theirs, {"text": "A crow came in."})
    assert (await table.exported()).endswith("The door stood open. A crow came in.\n")

    hosts = await world.writer.click(passage(table, "A crow came in."), label="Edit")
    assert "Only the person" not in said(hosts)
    assert [part["label"] for part in hosts.modal["components"]] == ["What was asked for", "The passage"]
