"""Buttons outlive the answers that one person saw, and forms that nobody sends do not stay for ever."""

from __future__ import annotations

from typing import Any

import pytest

from bot.ui.forms import FORM_SECONDS
from tests.cogs.test_history import many, openings
from tests.cogs.test_write import labels
from tests.ui.test_world_panel import panel, pressed_by
from tests.world import World

EPHEMERAL_SECONDS = 901
"""After which discord.py gives up a view that one person sees."""


async def test_the_arrows_of_a_list_work_after_another_list_has_timed_out(world: World) -> None:
    await many(world)
    first = (await world.writer.slash(world.channel, "history")).response.message
    await world.env.advance_time(EPHEMERAL_SECONDS)
    turned = (await world.writer.click(first, label="▶")).response.message
    assert openings(turned.content)[0] == "6. **Story 7.**"


async def test_a_panel_of_the_world_works_after_it_has_timed_out(world: World) -> None:
    await world.write("It began.", length=20)
    story = await world.bot.services.store.stories.latest(world.channel.id, viewer_id=world.writer.id)
    assert story
    for number in range(21):
        await world.bot.services.lore.add(story.id, f"key{number}", "A word.", "", world.writer.id)
    shown = await panel(world)
    assert labels(shown) == ["New…", "◀", "1/2", "▶"]
    await world.env.advance_time(EPHEMERAL_SECONDS)
    assert "2/2" in labels(await pressed_by(world, shown, "▶"))


async def test_stories_go_on_after_a_private_one_with_variants_has_timed_out(world: World) -> None:
    await world.write("It began.", length=20)
    there = world.last()
    private = await world.write("A secret.", private=True, length=800)
    last: Any = private.followups[-1].message
    await world.writer.click(last, label="Retry")
    await world.written()
    undone = (await world.writer.click(last, label="Undo")).followups[-1].message
    assert "2/2" in labels((await world.writer.click(undone, label="Redo")).followups[-1].message)

    await world.env.advance_time(EPHEMERAL_SECONDS)

    await world.click(there, "Continue")
    assert len(world.texts()) == 2


@pytest.mark.parametrize("command", ["memory", "note"])
async def test_a_form_that_nobody_sends_is_forgotten_with_its_words(world: World, command: str) -> None:
    await world.write("It began.", length=20)
    await world.writer.slash(world.channel, f"story {command}")
    await world.writer.click(world.last(), label="Edit")
    kept = world.bot._connection._view_store._modals
    assert len(kept) == 2
    await world.env.advance_time(FORM_SECONDS + 1)
    assert kept == {}
