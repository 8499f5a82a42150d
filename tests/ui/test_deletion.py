"""A deleted story shows no word, whatever was going on; what brings it back is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import discord
import pytest

from bot.ids import StoryId
from bot.ui.streaming import GrowingMessage
from tests.cogs.test_write import labels, paced
from tests.ui.test_hands import choose, two_passages
from tests.ui.test_variants import SHORT, again
from tests.world import AFTER, World, open_world, quick_settings

SENTENCES = [" One went by the old mill.", " Two went home.", " Three went and is not back from the sea"]


async def grown(world: World, text: str) -> None:
    """Wait until some message shows a text."""
    for _ in range(2000):
        if any(text in shown for shown in world.texts()):
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"{text!r} was not shown: {world.texts()}")


def is_empty(world: World) -> bool:
    """Whether nothing but small print is left."""
    return all(text.startswith("-# ") and "\n" not in text for text in world.texts())


@pytest.mark.parametrize(("label", "count"), [("Retry", 2), ("Continue", 3)])
async def test_a_story_that_is_deleted_while_it_is_written_shows_no_word(world: World, label: str, count: int) -> None:
    first, second = await two_passages(world)
    world.engine.script = paced(world, SENTENCES)
    await world.writer.click(first, label=label)
    await grown(world, "One went by")

    await choose(world, second, "delete", world.admin)
    world.engine.go_on()
    await world.written()

    assert is_empty(world)
    assert len(world.texts()) == count
    assert [labels(message) for message in world.channel.history() if message.id != second.id] == [[]] * (count - 1)
    world.engine.script = None
    await world.click(again(world, second), "Bring back")
    assert again(world, first).content == first.content


async def test_what_is_written_for_a_deleted_story_is_stopped(world: World) -> None:
    first, second = await two_passages(world)
    world.engine.script = paced(world, SENTENCES)
    await world.writer.click(first, label="Continue")
    await grown(world, "One went by")
    await choose(world, second, "delete")
    await world.written()  # nobody lets the engine go on
    assert is_empty(world)


async def test_a_story_that_is_deleted_while_it_waits_in_line_shows_no_word() -> None:
    async with open_world(quick_settings(engine={"max_streams": 1})) as world:
        first, second = await two_passages(world)
        world.engine.script = paced(world, SENTENCES)
        await world.begin("Theirs began.", who=world.guest)
        await grown(world, "One went by")
        await world.writer.click(first, label="Retry")
        assert "You are next." in again(world, first).content

        await choose(world, second, "delete")
        world.engine.go_on()
        await world.written()
        assert again(world, first).content.startswith("-# ")
        assert labels(again(world, first)) == []


async def test_a_story_that_is_deleted_as_its_text_arrives_shows_no_word(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = GrowingMessage.finish

    async def finish_late(self: GrowingMessage, contents: Sequence[str], view: discord.ui.View | None) -> bool:
        done = await finish(self, contents, view)
        await world.bot.services.store.stories.delete(StoryId(1))
        return done

    monkeypatch.setattr(GrowingMessage, "finish", finish_late)
    await world.write("It began.")
    assert world.texts() == ["-# This story is not there any more. Begin a new one with /write."]


async def test_what_only_one_person_sees_is_brought_back_where_it_was_deleted(world: World) -> None:
    private = await world.write("A secret.", private=True, length=800)
    undone = await world.writer.click(private.followups[-1].message, label="Undo")
    shown: Any = undone.followups[-1].message
    assert shown.content == "Continue goes on from here."
    deleted = (await world.writer.select(shown, ["delete"])).response.message
    back = (await world.writer.click(deleted, label="Bring back")).response.message
    assert back.content == "The story now ends like this:\n> A secret."
    assert labels(back)[0] == "Continue"


async def test_a_long_passage_that_was_shown_briefly_comes_back_with_its_buttons(world: World) -> None:
    await world.write("It began.", length=800)
    parts = world.texts()
    assert len(parts) > 1
    world.engine.script = lambda _: [SHORT]
    await world.click(world.last(), "Continue")
    await world.click(world.last(), "Undo")
    brief = world.last().content
    assert brief.startswith("The story now ends like this:")
    await choose(world, world.last(), "delete")
    await world.click(world.last(), "Bring back")
    assert world.texts() == [*parts, brief]
    assert set(AFTER) <= set(labels(world.last()))
