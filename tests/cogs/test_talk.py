"""Speaking to the bot: a mention does what /write does, a reply goes on with the very branch that it replies to."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.ids import UserId
from bot.store import Scope
from tests.cogs.test_write import labels, story_of
from tests.world import AFTER, World


def me(world: World) -> str:
    assert world.bot.user
    return f"<@{world.bot.user.id}>"


async def say(world: World, words: str, who: Any = None, reply_to: Any = None, channel: Any = None) -> Any:
    """Send a message and wait until what it began is there."""
    message = await (who or world.writer).send(channel or world.channel, words, reply_to=reply_to)
    await world.written()
    return message


async def test_a_mention_begins_a_story_in_a_reply(world: World) -> None:
    asked = await say(world, f"{me(world)} The well had no bottom.")
    assert story_of(world.last()).startswith("**The well had no bottom.** The ")
    reference = world.last().reference
    assert reference
    assert reference.message_id == asked.id
    assert labels(world.last()) == AFTER
    assert world.engine.requests[-1].prompt == "The well had no bottom."


async def test_what_is_not_said_to_the_bot_is_nothing_to_it(world: World) -> None:
    await say(world, "The well had no bottom.")
    await say(world, f"<@{world.guest.id}> The well had no bottom.")
    assert len(world.texts()) == 2
    assert world.engine.requests == []


async def test_a_reply_adds_its_words_and_the_story_goes_on(world: World) -> None:
    await world.write("It began.")
    first = world.last()
    await world.click(first, "Continue")
    await say(world, f"{me(world)} Then the door fell shut.", reply_to=first)

    given = world.engine.requests[-1].prompt
    assert given == f"{story_of(first).replace('*', '')} Then the door fell shut."
    assert not world.last().content.startswith("**")
    await world.click(world.last(), "Continue")
    assert world.engine.requests[-1].prompt.startswith(given)


async def test_a_reply_without_words_goes_on(world: World) -> None:
    await world.write("It began.")
    first = world.last()
    await say(world, me(world), reply_to=first)
    assert world.engine.requests[-1].prompt == story_of(first).replace("*", "")


async def test_a_reply_to_anybody_elses_message_begins_a_story(world: World) -> None:
    other = await say(world, "Good morning.", who=world.guest)
    await say(world, f"{me(world)} It began.", reply_to=other)
    assert world.engine.requests[-1].prompt == "It began."


async def test_a_mention_alone_says_what_to_do(world: World) -> None:
    await say(world, me(world))
    assert world.last().content == "Your prompt is empty. Type the beginning of a story, a sentence is enough."


async def test_who_may_reply_is_who_may_press(world: World) -> None:
    await world.write("It began.")
    first = world.last()
    await say(world, f"{me(world)} And then?", who=world.guest, reply_to=first)
    assert "Only the person who asked for this story" in world.last().content
    await world.bot.services.store.settings.set(
        Scope.SERVER, world.guild.id, "press", "everyone", by=UserId(world.admin.id)
    )
    await say(world, f"{me(world)} Then the door fell shut.", who=world.guest, reply_to=first)
    assert world.engine.requests[-1].prompt.endswith("Then the door fell shut.")


async def test_chinese_words_are_answered_in_chinese(world: World) -> None:
    await say(world, f"{me(world)} 很久以前，山里有一座茶馆。")
    assert labels(world.last()) == ["继续", "重写", "撤销", "修改"]


async def test_a_long_story_goes_on_in_further_messages(world: World) -> None:
    await world.bot.services.store.settings.set(
        Scope.SERVER, world.guild.id, "max_new_tokens", 800, by=UserId(world.admin.id)
    )
    await say(world, f"{me(world)} It began.")
    assert len(world.texts()) > 2
    assert labels(world.last()) == AFTER


async def test_where_the_bot_may_not_speak_the_story_is_kept(world: World) -> None:
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50013, times=9)
    await say(world, f"{me(world)} It began.")
    story = await world.bot.services.store.stories.latest(world.channel.id)
    assert story
    assert len(await world.bot.services.store.stories.path(story.head_id)) == 2


@pytest.mark.parametrize("words", ["It began.", "<@{me}> It began."])
async def test_in_direct_messages_every_message_is_for_the_bot(world: World, words: str) -> None:
    assert world.bot.user
    await world.writer.send_dm(words.format(me=world.bot.user.id))
    await world.written()
    assert world.engine.requests[-1].prompt == "It began."


async def test_a_refusal_that_cannot_be_said_is_no_crash(world: World) -> None:
    await world.write("It began.")
    first = world.last()
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50013, times=9)
    await say(world, f"{me(world)} And then?", who=world.guest, reply_to=first)
    await say(world, me(world))
    assert len(world.engine.requests) == 1


async def test_a_note_of_discords_own_in_direct_messages_is_nothing_to_it(world: World) -> None:
    await world.writer.send_dm("It began.")
    await world.written()
    channel = await world.bot.create_dm(discord.Object(world.writer.id))
    note = next(iter([message async for message in channel.history(oldest_first=True)]))
    note.type = discord.MessageType.pins_add
    world.bot.dispatch("message", note)
    await world.written()
    assert len(world.engine.requests) == 1


async def test_where_the_mention_was_deleted_meanwhile_the_story_is_posted_all_the_same(world: World) -> None:
    world.engine.hold()
    asked = await world.writer.send(world.channel, f"{me(world)} It began.")
    await world.writer.delete(asked)
    world.engine.go_on()
    await world.written()
    assert labels(world.last()) == AFTER
