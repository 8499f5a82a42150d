"""What people see when Discord, the engine or the machine fails in the middle of a story."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import discord
import pytest
import sqlalchemy as sa

from bot.ids import ChannelId, MessageId, RequestId, StoryId
from bot.store import schema
from bot.ui import streaming
from tests.cogs.test_write import labels, paced, said, shown, story_of
from tests.world import AFTER, World, open_real_world, open_world, quick_settings

SENTENCES = [" One went by the old mill.", " Two went home.", " Three went and is not back from the sea"]


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try failed last edits again at once."""
    monkeypatch.setattr(streaming, "RETRY_SECONDS", (0.0, 0.0))
    monkeypatch.setattr(streaming.GrowingMessage.__init__, "__kwdefaults__", {
        **(streaming.GrowingMessage.__init__.__kwdefaults__ or {}), "retry_seconds": (0.0, 0.0)
    })  # fmt: skip


async def kept_texts(world: World) -> list[str]:
    """All model turns in the store."""
    stories = world.bot.services.store.stories
    story = await stories.latest(world.channel.id, viewer_id=world.writer.id)
    return [turn.text for turn in await stories.path(story.head_id)] if story else []


@pytest.mark.parametrize(("status", "code"), [(429, 0), (500, 0), (503, 0)])
async def test_a_failed_edit_is_made_up_by_the_next(world: World, status: int, code: int) -> None:
    world.env.inject_error("PATCH", "/webhooks/*/*/messages/*", status=status, code=code, times=3)
    await world.write("It began.")
    assert world.last().content.startswith("**It began.** The ")
    assert labels(world.last()) == AFTER


@pytest.mark.parametrize("status", [500, 403])
async def test_a_story_that_cannot_be_shown_is_kept_and_offered(world: World, status: int) -> None:
    world.env.inject_error(
        "PATCH", "/webhooks/*/*/messages/*", status=status, code=50013 if status == 403 else 0, times=9999
    )
    result = await world.write("It began.")

    assert len(await kept_texts(world)) == 2
    assert said(result).count("could not be posted") == 1
    offered = result.response
    seen = await world.writer.click(offered.message, label="Show the story")
    assert (await kept_texts(world))[1].strip() in seen.response.content
    assert await world.bot.services.store.jobs.undelivered(world.writer.id) == ()


async def test_when_nothing_gets_through_the_person_is_told_at_their_next_command(world: World) -> None:
    world.env.inject_error("PATCH", "/webhooks/*/*/messages/*", status=500, code=0, times=9999)
    for path in ("/webhooks/*", "/channels/*/messages"):
        world.env.inject_error("POST", path, status=403, code=50007, times=1)
    await world.write("It began.")
    assert len(await world.bot.services.store.jobs.undelivered(world.writer.id)) == 1

    world.env.backend.faults.clear()
    result = await world.write("It went on.")
    assert "A story of yours could not be posted" in said(result)


async def test_what_could_not_be_posted_and_is_deleted_is_not_offered(world: World) -> None:
    world.env.inject_error("PATCH", "/webhooks/*/*/messages/*", status=500, code=0, times=9999)
    await world.write("It began.")
    assert await world.bot.services.store.stories.delete(StoryId(1))
    world.env.backend.faults.clear()
    assert "could not be posted" not in said(await world.write("It went on."))


async def test_a_story_that_goes_on_in_direct_messages_is_known_to_stand_there(world: World) -> None:
    alone, store = world.writer.user, world.bot.services.store
    world.env.inject_error("PATCH", "/webhooks/*/*/messages/*", status=500, code=0, times=9999)
    world.env.inject_error("POST", "/webhooks/*", status=403, code=50007, times=9999)
    await world.write("It began.")
    world.env.backend.faults.clear()
    seen = await alone.click(world.last(alone.dm_channel), label="Show the story")

    world.engine.script = paced(world, SENTENCES)
    await alone.click(seen.followups[-1].message, label="Continue")
    while not any("One went by" in text for text in world.texts(alone.dm_channel)):
        await asyncio.sleep(0.005)
    assert [job.channel_id for job in await store.jobs.leftovers()] == [alone.dm_channel.id]
    world.engine.go_on()
    await world.written()

    (shown,) = [each for each in await store.stories.showings(StoryId(1)) if each.channel_id != world.channel.id]
    assert shown.channel_id == alone.dm_channel.id
    await alone.select(world.last(alone.dm_channel), ["delete"])
    assert world.last(alone.dm_channel).content.startswith("-# Deleted.")


async def test_a_message_deleted_while_it_is_written_stops_the_writing_and_keeps_the_text(world: World) -> None:
    world.engine.script = paced(world, SENTENCES)
    await world.begin("It began.")
    await shown(world, "One went by")
    await world.admin.delete(world.last())
    world.engine.go_on()
    await world.written()

    assert world.texts() == []
    assert "One went by the old mill." in (await kept_texts(world))[1]


async def test_an_engine_that_dies_once_is_made_up_for(world: World) -> None:
    world.engine.deaths_to_come = 1
    await world.write("It began.")
    assert labels(world.last()) == AFTER
    assert "could not go on" not in world.last().content


async def test_an_engine_that_keeps_dying_ends_the_story_with_what_there_is(world: World) -> None:
    def script(request: Any) -> Any:
        yield from SENTENCES if len(world.engine.requests) < 2 else [" Four came along and sat down."]
        world.engine.deaths_to_come = 1
        yield " never"

    world.engine.script = script
    await world.write("It began.")
    assert "One went by the old mill." in world.last().content
    assert "The model could not go on and the text ends here." in world.last().content
    assert labels(world.last()) == AFTER


async def test_an_engine_that_dies_before_a_word_leaves_a_retry_button(world: World) -> None:
    def dying(request: Any) -> Any:
        yield " no"
        world.engine.deaths_to_come = 1
        yield "body"

    world.engine.script = dying
    await world.write("It began.")
    assert "**It began.**\n-# The model stopped in the middle of this" in world.last().content
    assert labels(world.last()) == ["Retry"]

    world.engine.script = None
    await world.click(world.last(), "Retry")
    assert world.last().content.startswith("**It began.** The ")
    assert len(world.texts()) == 2


async def test_a_model_that_writes_nothing_is_told_in_a_sentence(world: World) -> None:
    world.engine.script = lambda request: []
    await world.write("It began.")
    assert "Nothing readable came of this prompt" in world.last().content
    assert labels(world.last()) == ["Retry"]


async def test_stop_pressed_too_late_says_so(world: World) -> None:
    world.engine.script = paced(world, SENTENCES)
    await world.begin("It began.")
    await shown(world, "One went by")
    message = world.last()
    stop = message.components[0].children[0].custom_id  # type: ignore[union-attr]
    await world.click(message, "Stop")

    await world.bot.services.writer.stop(stop.rpartition(":")[2])  # type: ignore[union-attr, arg-type]
    assert "Stopped." in world.last().content


async def test_a_restart_in_the_middle_marks_the_message_and_retry_works(tmp_path: Path) -> None:
    settings = quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")
    async with open_world(settings) as world:
        world.engine.script = paced(world, SENTENCES)
        await world.begin("It began.")
        await shown(world, "One went by")
        # As kill -9 leaves it: the job is still open when the next bot starts.
        job = (await world.bot.services.store.jobs.leftovers())[0]
        await world.restart()
        store = world.bot.services.store
        await store.jobs.open(
            job.request_id, turn_id=job.turn_id, user_id=job.user_id, guild_id=job.guild_id, channel_id=job.channel_id,
            locale=job.locale,
        )  # fmt: skip
        for message_id in job.message_ids:
            await store.jobs.attach_message(job.request_id, message_id)
        async with store._transactions.write() as connection:
            await connection.execute(sa.delete(schema.messages))
        world.engine.script = None
        await world.restart()

        assert "The bot was restarted while it wrote this." in world.last().content
        assert "One went by the old mill." in world.last().content
        assert labels(world.last()) == ["Retry"]
        await world.click(world.last(), "Retry")
        assert labels(world.last()) == ["◀", "2/2", "▶", *AFTER]
        assert await world.bot.services.store.jobs.leftovers() == ()


async def test_a_kill_while_retry_writes_leaves_the_text_that_was_there(tmp_path: object) -> None:
    settings = quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")
    async with open_world(settings) as world:
        await world.write("It began.")
        before, message = story_of(world.last()), world.last()
        turn = await world.bot.services.store.stories.turn_of_message(MessageId(message.id))
        assert turn
        jobs = world.bot.services.store.jobs
        await jobs.open(
            RequestId("a" * 12), turn_id=turn.parent_id or turn.id, user_id=world.writer.id, guild_id=world.guild.id,
            channel_id=world.channel.id, locale="en-US",
        )  # fmt: skip
        await jobs.attach_message(RequestId("a" * 12), MessageId(message.id))
        channel = world.bot.get_channel(world.channel.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.get_partial_message(message.id).edit(content="Half of anoth\n-# writing…", view=None)

        await world.restart()

        assert story_of(world.last()) == before
        assert "The bot was restarted while it wrote this." in world.last().content
        assert labels(world.last()) == AFTER


async def test_a_stop_signal_lets_stories_end_at_a_sentence(world: World) -> None:
    world.engine.script = paced(world, SENTENCES)
    await world.begin("It began.")
    await shown(world, "One went by")

    await world.bot.drain(0)

    assert "One went by the old mill." in world.last().content
    assert "Stopped." in world.last().content
    result = await world.write("It went on.")
    assert "being restarted" in said(result)


async def test_without_permission_to_edit_by_the_channel_nothing_is_lost(world: World) -> None:
    settings = quick_settings()
    world.bot.services.presenter._settings = settings.stream.model_copy(update={"interaction_minutes": 0.0})
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50013, times=50)
    result = await world.write("It began.")
    assert len(await kept_texts(world)) == 2
    assert "could not be posted here" in said(result)


async def test_edits_go_by_the_channel_before_the_interaction_expires(world: World) -> None:
    world.engine.script = paced(world, SENTENCES)
    await world.begin("It began.")
    await shown(world, "One went by")
    world.env.inject_error("PATCH", "/webhooks/*/*/messages/*", status=401, code=50027, times=50)
    world.engine.go_on()
    await world.written()
    assert labels(world.last()) == AFTER


async def test_the_real_engine_killed_in_the_middle_does_not_lose_the_story(
    exported_tiny: Path, tmp_path: Path
) -> None:
    async with open_real_world(exported_tiny, tmp_path) as world:
        channel, engine = world.channel, world.bot.services.engine
        await world.writer.slash(channel, "write", prompt="Once upon a time there was a king", length=400, seed=3)
        while not (channel.history() and "writing" in channel.history()[-1].content):
            await asyncio.sleep(0.01)
        os.kill((await engine.stats()).pids[0], signal.SIGKILL)
        await world.written()
        assert labels(channel.history()[-1]) == AFTER
        assert (await engine.stats()).restarts == 1


async def test_a_restart_in_the_middle_marks_a_direct_message_too(tmp_path: Path) -> None:
    settings = quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")
    async with open_world(settings) as world:
        await world.writer.send_dm("It began.")
        await world.written()
        channel = await world.bot.create_dm(discord.Object(world.writer.id))
        message = next(iter([message async for message in channel.history()]))
        store = world.bot.services.store
        turn = await store.stories.turn_of_message(MessageId(message.id))
        assert turn
        await store.jobs.open(
            RequestId("b" * 12), turn_id=turn.parent_id or turn.id, user_id=world.writer.id, guild_id=None,
            channel_id=ChannelId(channel.id), locale="en-US",
        )  # fmt: skip
        await store.jobs.attach_message(RequestId("b" * 12), MessageId(message.id))
        await message.edit(content="Half of a sen\n-# writing…", view=None)

        await world.restart()
        channel = await world.bot.create_dm(discord.Object(world.writer.id))
        assert "The bot was restarted" in (await channel.fetch_message(message.id)).content
        assert await world.bot.services.store.jobs.leftovers() == ()
