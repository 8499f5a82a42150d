"""Votes and duels from their first round to their last, by three people whom time and restarts do not spare."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.ui.games.table import broken_off, custom_id_of, knowing, lasting, page, see_the_end, start
from tests.world import World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A server whose bot forgets nothing when it is restarted."""
    async with lasting(tmp_path) as opened:
        yield opened


async def test_a_vote_is_played_until_its_host_ends_it(world: World) -> None:
    ann, ben, cleo = world.writer, world.guest, world.admin
    world.engine.script = knowing(
        {
            "The door stood open.": ("A wind came out.", "A cat came out.", "Nobody came out."),
            "A fox came in.": ("It was lost.", "It was late.", "It was hungry."),
            "It was late.": ("The clock struck.", "The moon rose.", "The lamp went out."),
            "The moon rose.": ("A dog barked.", "All was still.", "It began to snow."),
        }
    )
    table = await start(world, "vote", quorum=3, minutes=30)

    await table.write("A fox came in.", ben, button="One of my own")
    await table.vote("A cat came out.", ann)
    await table.vote("A fox came in.", ben, ann)
    assert table.button_for("A fox came in.") == "D · 2"
    await table.vote("A fox came in.", cleo)
    await table.vote("It was late.", ben, cleo)
    await world.restart()
    assert table.button_for("It was late.").endswith(" · 2")
    await world.restart(away_minutes=45)
    await table.minutes(31)
    await table.click("Resume", ann)
    await table.vote("The moon rose.", cleo)
    await broken_off(world, table, ann.select(table.panel, ["close"], custom_id=custom_id_of(table.panel)))
    await table.vote("All was still.", ann)
    old = table.keep_panel()
    await table.host("end", ann)

    assert table.told == [
        "**The door stood open.**",
        "A fox came in.",
        "It was late.",
        "Nobody goes on, so the story is paused. Its host can go on with Resume.",
        "The moon rose.",
        f"**The end.** 3 turns, written by <@{ben.id}> (1), the model (2).",
        page("The door stood open", "Vote", (ann, 1, 4), (ben, 1, 4), model=(2, 6)),
    ]
    # Each round offered three, the first one of Ben's besides.
    assert len(table.passages) - len(table.told) == 4 * 3 + 1
    await see_the_end(world, table, old, "The door stood open. A fox came in. It was late. The moon rose.")


async def test_a_vote_ends_with_the_last_of_its_rounds(world: World) -> None:
    ann, ben, cleo = world.writer, world.guest, world.admin
    world.engine.script = knowing(
        {
            "The door stood open.": ("A wind came out.", "A cat came out.", "Nobody came out."),
            "A cat came out.": ("It was lost.", "It was late.", "It was hungry."),
        }
    )
    table = await start(world, "vote", quorum=3, turns=2)

    await table.vote("A cat came out.", ann, ben)
    await broken_off(world, table, cleo.click(table.panel, label=table.button_for("A cat came out.")))
    await table.vote("It was hungry.", ben, cleo)
    await table.vote("It was lost.", ben)
    await table.vote("It was hungry.", ben)
    old = table.keep_panel()
    await table.minutes(11)

    assert table.told == [
        "**The door stood open.**",
        "A cat came out.",
        "It was hungry.",
        "**The end.** 2 turns, written by the model (2).",
        page("The door stood open", "Vote", (ann, 1, 4), model=(2, 7)),
    ]
    await see_the_end(world, table, old, "The door stood open. A cat came out. It was hungry.")


async def test_a_duel_is_played_until_its_host_ends_it(world: World) -> None:
    ann, ben, cleo = world.writer, world.guest, world.admin
    world.engine.script = knowing(
        {
            "The door stood open.": ("A wind came out.", "A cat came out."),
            "A cat came out.": ("It was lost.", "It was late."),
            "It was late.": ("The clock struck.", "The moon rose."),
        }
    )
    table = await start(world, "duel", quorum=3, minutes=30, first="vivid", second="wild")

    await table.vote("A cat came out.", ann, ben)
    await broken_off(world, table, cleo.click(table.panel, label=table.button_for("A cat came out.")))
    await table.vote("It was late.", ben, cleo)
    await world.restart(away_minutes=45)
    await table.vote("The moon rose.", cleo)
    old = table.keep_panel()
    await table.host("end", ann)

    assert table.told == [
        "**The door stood open.**",
        "A cat came out.",
        "It was late.",
        "**The end.** 2 turns, written by the model (2).",
        page("The door stood open", "Duel", (ann, 1, 4), model=(2, 7)),
    ]
    assert len(table.passages) - len(table.told) == 3 * 2
    unveiled = [message.content for message in table.channel.history() if message.content.startswith("-# Chosen")]
    assert ["3 of 3 votes" in unveiled[0], "2 of 2 votes" in unveiled[1]] == [True, True]
    assert all("**vivid**" in content and "**wild**" in content for content in unveiled)
    await see_the_end(world, table, old, "The door stood open. A cat came out. It was late.")


async def test_a_duel_ends_with_the_last_of_its_rounds_while_the_bot_is_away(world: World) -> None:
    ann, ben, cleo = world.writer, world.guest, world.admin
    world.engine.script = knowing(
        {
            "The door stood open.": ("A wind came out.", "A cat came out."),
            "A wind came out.": ("It was warm.", "It was cold."),
        }
    )
    table = await start(world, "duel", quorum=3, turns=2)

    await table.vote("A wind came out.", ann, ben, cleo)
    await table.vote("It was cold.", cleo)
    await world.restart(away_minutes=15)

    assert table.told == [
        "**The door stood open.**",
        "A wind came out.",
        "It was cold.",
        "**The end.** 2 turns, written by the model (2).",
        page("The door stood open", "Duel", (ann, 1, 4), model=(2, 7)),
    ]
    await see_the_end(world, table, None, "The door stood open. A wind came out. It was cold.")
