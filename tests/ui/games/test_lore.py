"""What the model is told beside a story that is played, by its host."""

from __future__ import annotations

import pytest

from tests.cogs.test_write import said
from tests.ui.games.table import start
from tests.world import World


async def test_in_a_game_the_model_is_told_what_its_host_says(world: World) -> None:
    table = await start(world, "relay")
    await table.click("Join", world.guest)
    form = await table.command("memory")
    await world.writer.submit_modal(form, {"memory": "It is the year 1300."})
    form = await table.command("note")
    await world.writer.submit_modal(form, {"note": "It rains.", "depth": ["1"]})
    panel = (await table.command("world")).response.message
    form = await world.writer.click(panel, label="New…")
    await world.writer.submit_modal(form, {"keys": "fox", "text": "The fox is red.", "group": ""})
    await table.write("A fox came in.")
    asked = world.engine.requests[-1].prompt
    assert asked.startswith("It is the year 1300.\n\nThe fox is red.\n\nThe door stood open. The ")
    assert asked.endswith("\n[Author's note: It rains.]\nA fox came in.")
    assert "1300" not in "".join(table.passages)
    assert "🟦 memory: 7" in said(await table.command("context"))


@pytest.mark.parametrize(
    ("game", "typed", "end"), [("lines", "the fox left", "\nthe fox left\n"), ("words", "fox", " fox")]
)
async def test_in_small_games_too(world: World, game: str, typed: str, end: str) -> None:
    table = await start(world, game, opening="Roses are red", model_every=1)
    await world.writer.submit_modal(await table.command("memory"), {"memory": "It is the year 1300."})
    await table.write(typed, world.guest)
    asked = world.engine.requests[-1].prompt
    assert asked.startswith("It is the year 1300.\n\nRoses are red")
    assert asked.endswith(end)
