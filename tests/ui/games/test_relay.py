"""A relay, played by several people through to its end, by what they see."""

from __future__ import annotations

import pytest

from tests.cogs.test_write import labels, said
from tests.ui.games.table import Table, start
from tests.world import World


@pytest.fixture
async def table(world: World) -> Table:
    """A relay of the writer and the guest."""
    begun = await start(world, "relay")
    await begun.click("Join", world.guest)
    return begun


async def test_it_begins_with_the_opening_the_models_passage_and_a_panel(world: World) -> None:
    table = await start(world, "relay")
    opening, passage = table.passages
    assert opening == "**The door stood open.**"
    assert passage.startswith("The ")
    assert "**The door stood open** · Relay" in table.panel.content
    assert f"Players: <@{world.writer.id}> (host)" in table.panel.content
    assert f"<@{world.writer.id}>, it is your turn." in table.waits_for
    assert table.buttons() == ["Write", "Let the model go on", "Pass", "Join", "Leave"]


async def test_they_write_in_turns_and_the_model_after_each(table: Table, world: World) -> None:
    await table.write("A fox came in.")
    assert table.passages[2] == "A fox came in."
    assert f"<@{world.guest.id}>, it is your turn." in table.waits_for
    await table.write("It sat down.", world.guest)
    assert table.passages[4] == "It sat down."
    assert len(table.passages) == 6
    asked = world.engine.requests[-1].prompt
    assert asked.startswith("The door stood open. The ")
    assert " A fox came in. The " in asked
    assert asked.endswith(" It sat down.")
