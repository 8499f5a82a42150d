"""What was written in a channel comes back as a file."""

from __future__ import annotations

from typing import Any

from tests.cogs.test_write import said, story_of
from tests.world import World, speaking


async def file_of(result: Any) -> tuple[str, str]:
    """The file that a command sent: its name and its text."""
    (attachment,) = result.response.message.attachments
    return attachment.filename, (await attachment.read()).decode()


async def test_a_transcript_is_the_story_as_it_stands(world: World) -> None:
    await world.write("It began.")
    await world.click(world.last(), "Continue")
    await world.click(world.last(), "Retry")
    await world.click(world.last(), "◀")
    first, second = map(story_of, world.channel.history())

    result = await world.writer.slash(world.channel, "transcript")

    name, text = await file_of(result)
    assert name == "story-1.md"
    assert text.startswith("It began. The ")
    assert text.strip().endswith(second.strip())
    assert first.replace("*", "") in text
    assert "The story as it stands now." in said(result)
    assert result.response.ephemeral


async def test_plain_text_can_be_asked_for(world: World) -> None:
    await world.write("write a story about a fox")
    name, text = await file_of(await world.writer.slash(world.channel, "transcript", form="txt"))
    assert name == "story-1.txt"
    assert text.startswith("write a story about a fox\n\nThe ")


async def test_others_get_the_channels_story_too_but_no_private_one(world: World) -> None:
    await world.write("It began.")
    await world.write("A secret.", private=True)
    assert (await file_of(await world.guest.slash(world.channel, "transcript")))[1].startswith("It began.")
    assert (await file_of(await world.writer.slash(world.channel, "transcript")))[1].startswith("A secret.")


async def test_without_a_story_there_is_a_sentence_and_no_file(world: World) -> None:
    result = await world.writer.slash(world.channel, "transcript")
    assert said(result) == "Nothing has been written in this channel yet. Begin with /write."
    async with speaking(world, world.writer, "zh-CN"):
        assert said(await world.writer.slash(world.channel, "transcript")).startswith("这个频道还没有写过故事")
