"""Undo, Redo, Edit, Hide and Delete: what a writer's hands reach for beneath a text."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from tests.cogs.test_write import labels, said, story_of
from tests.ui.test_variants import SHORT, shown_story
from tests.world import AFTER, World, open_world, quick_settings, speaking


async def choose(world: World, message: Any, value: str, who: Any = None) -> Any:
    """Choose something under “More…”."""
    return await (who or world.writer).select(message, [value])


async def edit(world: World, message: Any, values: dict[str, str], who: Any = None) -> Any:
    """Press Edit, type over what stands in the form, and send it."""
    return await send(world, await (who or world.writer).click(message, label="Edit"), values, who)


async def send(world: World, shown: Any, values: dict[str, str], who: Any = None) -> Any:
    """Send a form with some fields changed."""
    names = {item["label"]: item["component"]["custom_id"] for item in shown.modal["components"]}
    filled = {names[label]: value for label, value in (fields(shown) | values).items()}
    return await (who or world.writer).submit_modal(shown, filled)


def fields(shown: Any) -> dict[str, str]:
    """What stands in a form's fields when it opens, by their labels."""
    return {item["label"]: item["component"]["value"] for item in shown.modal["components"]}


async def two_passages(world: World) -> tuple[discord.Message, discord.Message]:
    """A story of two passages, each in its own message."""
    await world.write("It began.", length=20)
    await world.click(world.last(), "Continue")
    first, second = world.channel.history()
    return first, second


async def test_undo_goes_back_and_says_where_the_story_stands(world: World) -> None:
    first, second = await two_passages(world)
    await world.click(second, "Undo")

    assert world.last().content.startswith("The story now ends like this:\n> ")
    assert story_of(first)[-40:] in world.last().content
    assert labels(world.last()) == ["Continue", "Retry", "Undo", "Redo", "Edit"]
    given = world.engine.requests[-1].prompt
    await world.click(world.last(), "Continue")
    assert world.engine.requests[-1].prompt == given


async def test_undo_goes_several_steps_and_redo_comes_back(world: World) -> None:
    _, second = await two_passages(world)
    text = second.content
    await world.click(second, "Undo")
    await world.click(world.last(), "Undo")
    assert world.last().content == "The story now ends like this:\n> It began."
    assert labels(world.last()) == ["Continue", "Redo", "Edit"]

    await world.click(world.last(), "Redo")
    await world.click(world.last(), "Redo")
    assert world.last().content == text
    assert labels(world.last()) == AFTER


async def test_undo_of_a_long_text_leaves_one_short_message(world: World) -> None:
    await world.write("It began.", length=800)
    assert len(world.texts()) > 1
    await world.click(world.last(), "Undo")
    assert world.texts() == ["The story now ends like this:\n> It began."]


async def test_edit_shows_the_words_of_now_and_puts_others_in_their_place(world: World) -> None:
    first, _ = await two_passages(world)
    shown = await world.writer.click(first, label="Edit")
    assert fields(shown)["What was asked for"] == "It began."
    assert fields(shown)["The passage"] in first.content

    await send(world, shown, {"The passage": "The door was red."})

    changed = next(message for message in world.channel.history() if message.id == first.id)
    assert changed.content == "**It began.** The door was red.\n-# reworded by hand"
    assert labels(changed)[:3] == ["◀", "2/2", "▶"]
    await world.click(changed, "Continue")
    assert world.engine.requests[-1].prompt == "It began. The door was red."


async def test_the_old_wording_is_one_press_away(world: World) -> None:
    await world.write("It began.")
    text = story_of(world.last())
    await edit(world, world.last(), {"The passage": "The door was red."})
    await world.click(world.last(), "◀")
    assert story_of(world.last()) == text


async def test_an_edited_prompt_keeps_the_text_and_the_old_prompt(world: World) -> None:
    await world.write("It began.")
    text = story_of(world.last()).removeprefix("**It began.**")
    await edit(world, world.last(), {"What was asked for": "Long ago it began."})
    assert story_of(world.last()) == f"**Long ago it began.**{text}"

    await world.click(world.last(), "Retry")
    assert world.engine.requests[-1].prompt == "Long ago it began."
    await world.click(world.last(), "Undo")
    await world.click(world.last(), "◀")
    assert world.last().content == "The story now ends like this:\n> It began."


async def test_an_edit_that_changes_nothing_changes_nothing(world: World) -> None:
    await world.write("It began.")
    before = world.last().content
    await edit(world, world.last(), {})
    assert (world.last().content, labels(world.last())) == (before, AFTER)


@pytest.mark.parametrize(
    ("words", "answer"),
    [("   ", "The new wording is empty"), ("Then he shouted: you nigger!", "This wording was not kept")],
)
async def test_words_that_cannot_be_kept_leave_the_old_ones(world: World, words: str, answer: str) -> None:
    await world.write("It began.")
    before = world.last().content
    result = await edit(world, world.last(), {"The passage": words})
    assert answer in said(result)
    assert result.response.ephemeral
    given_back = [message.message.embeds[0].description for message in result.followups]
    assert given_back == ([words] if words.strip() else [])
    assert world.last().content == before


async def test_a_prompt_that_no_form_holds_is_not_edited_and_says_why(world: World) -> None:
    await world.write("It began. " + "And it went on for a while. " * 200)
    result = await world.writer.click(world.last(), label="Edit")
    assert "Discord's form takes 4000" in said(result)


async def test_what_is_hidden_is_not_given_to_the_model_and_says_so(world: World) -> None:
    first, second = await two_passages(world)
    await choose(world, first, "hide")
    changed = next(message for message in world.channel.history() if message.id == first.id)
    assert "Hidden from the model" in changed.content

    await world.click(second, "Continue")
    assert world.engine.requests[-1].prompt == f"It began. {story_of(second).strip()}"

    await choose(world, changed, "unhide")
    await world.click(second, "Continue")
    assert world.engine.requests[-1].prompt == f"{story_of(first).replace('*', '')} {story_of(second).strip()}"


@pytest.mark.parametrize("change", ["hide", "edit"])
async def test_a_story_stays_where_it_stands_when_an_earlier_passage_is_changed_in_nothing(
    world: World, change: str
) -> None:
    first, second = await two_passages(world)
    if change == "hide":
        await choose(world, first, "hide")
    else:
        await edit(world, first, {})
    await world.writer.slash(world.channel, "continue")
    await world.written()
    assert world.engine.requests[-1].prompt.endswith(story_of(second).strip())


async def test_a_story_that_is_hidden_as_a_whole_is_not_gone_on_with(world: World) -> None:
    await world.write("It began.")
    await choose(world, world.last(), "hide")
    await world.click(world.last(), "Undo")
    await choose(world, world.last(), "hide")
    assert "Hidden from the model" in world.last().content
    result = await world.click(world.last(), "Continue")
    assert "All of this story is hidden from the model." in world.last().content + said(result)


async def test_delete_takes_every_word_away_and_bring_back_returns_them(world: World) -> None:
    _, second = await two_passages(world)
    before = world.texts()
    await choose(world, second, "delete")
    assert world.texts()[0] == "-# Deleted."
    assert world.texts()[1].startswith("-# Deleted. Until <t:")
    assert labels(world.last()) == ["Bring back"]

    world.env.http_requests.clear()
    await world.click(world.last(), "Bring back")
    assert "/callback" in world.env.http_requests[0].path  # Discord waits no longer for a story of many messages
    assert world.texts() == before
    assert labels(world.last()) == AFTER


async def test_delete_reaches_every_message_of_direct_messages_too(world: World) -> None:
    alone = world.env.create_user("alone")
    await alone.slash("write", prompt="It began.")
    await world.written()
    await alone.click(world.last(alone.dm_channel), label="Continue")
    await world.written()
    await alone.select(world.last(alone.dm_channel), ["delete"])
    first, second = world.texts(alone.dm_channel)
    assert first == "-# Deleted."
    assert second.startswith("-# Deleted. Until <t:")


async def test_after_ten_minutes_nothing_comes_back(world: World) -> None:
    await world.write("It began.")
    await choose(world, world.last(), "delete")
    await world.env.advance_time(601)
    result = await world.writer.click(world.last(), label="Bring back")
    assert "more than ten minutes ago" in said(result)
    assert labels(world.last()) == ["Bring back"]


async def test_bring_back_pressed_twice_shows_the_story_once_more(world: World) -> None:
    await world.write("It began.")
    before = world.last().content
    await choose(world, world.last(), "delete")
    deleted = world.last()
    await world.click(deleted, "Bring back")
    channel = world.bot.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.get_partial_message(deleted.id).edit(view=discord.ui.View.from_message(deleted, timeout=None))
    await world.click(world.last(), "Bring back")
    assert world.last().content == before


async def test_a_transcript_is_one_choice_away(world: World) -> None:
    await world.write("It began.")
    result = await choose(world, world.last(), "transcript")
    assert result.response.message.attachments[0].filename == "story-1.md"
    assert result.response.ephemeral


@pytest.mark.parametrize("label", ["Undo", "Edit"])
async def test_a_stranger_changes_nothing(world: World, label: str) -> None:
    await world.write("It began.")
    head = (await shown_story(world)).head_id
    for result in (
        await world.guest.click(world.last(), label=label),
        await choose(world, world.last(), "delete", world.guest),
    ):
        assert "Only the person who asked for this story" in said(result)
        assert result.response.ephemeral
    assert (await shown_story(world)).head_id == head


async def test_whoever_speaks_chinese_has_a_chinese_form(world: World) -> None:
    async with speaking(world, world.writer, "zh-CN"):
        await world.write("It began.")
        shown = await world.writer.click(world.last(), label="修改")
        assert list(fields(shown)) == ["提示", "这一段"]
        await send(world, shown, {"这一段": "The door was red."})
    assert "由人改写" in world.last().content


async def test_the_hands_work_after_a_restart(tmp_path: object) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")) as world:
        await two_passages(world)
        await world.restart()
        await world.click(world.last(), "Undo")
        assert world.last().content.startswith("The story now ends like this:")
        await choose(world, world.last(), "hide")
        assert "Hidden from the model" in world.last().content


async def test_a_private_passage_is_undone_in_private(world: World) -> None:
    written = await world.write("A secret.", private=True)
    result = await world.writer.click(written.response.message, label="Undo")
    assert result.response.message.content == "The story now ends like this:\n> A secret."
    assert world.texts() == []


async def test_retry_that_comes_to_nothing_gives_the_old_text_back(world: World) -> None:
    await world.write("It began.")
    before = story_of(world.last())
    world.engine.script = lambda _: []
    await world.click(world.last(), "Retry")
    assert story_of(world.last()) == before
    assert "Nothing readable came of this prompt" in world.last().content
    assert labels(world.last()) == AFTER

    world.engine.script = lambda _: [SHORT]
    await world.click(world.last(), "Retry")
    assert SHORT in world.last().content
    assert len(world.texts()) == 1
