"""What was written comes back: as a file, and as a list with pages."""

from __future__ import annotations

import re
from typing import Any

import discord
import pytest

from bot.ids import MessageId, StoryId
from bot.turns import Draft, TurnKind
from bot.ui.history import EVERYBODY, WORD_LIMIT, HistoryButton, by
from tests.cogs.test_write import labels, said, story_of
from tests.world import World, open_world, quick_settings, speaking


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


async def history(world: World, who: Any = None, channel: Any = None, **options: Any) -> str:
    """What /history shows, without what changes from run to run."""
    result = await (who or world.writer).slash(channel or world.channel, "history", **options)
    assert result.response.ephemeral
    return said(result)


def openings(text: str) -> list[str]:
    """What the stories of a list begin with, each with its number."""
    return re.findall(r"^(\d+\. \*\*.*?\*\*)", text, flags=re.MULTILINE)


async def test_a_list_tells_when_by_whom_how_long_and_where(world: World) -> None:
    await world.write("It began.")
    await world.click(world.last(), "Continue")
    title, first, about = (await history(world)).split("\n")

    assert title == "**Your stories here: 1**"
    assert first.startswith("1. **It began.** … ")
    assert first.endswith(story_of(world.last())[-10:])
    link = f"[Go to it](<https://discord.com/channels/{world.guild.id}/{world.channel.id}/{world.last().id}>)"
    assert re.sub(r"<t:\d+:R>", "when", about) == f"-# when · <@{world.writer.id}> · 3 passages · {link}"


async def test_without_stories_it_says_how_to_begin(world: World) -> None:
    assert await history(world) == "You have no story here yet. Begin one with /write."
    await world.write("It began.", who=world.guest)
    assert await history(world) == "You have no story here yet. Begin one with /write."
    assert await history(world, word="fox") == ("No story here has “fox” in it. Try another word, or a shorter one.")
    other = world.guild.create_text_channel("other")
    assert await history(world, world.admin, other, everyone=True) == (
        "Nothing has been written in this channel yet. Begin with /write."
    )


async def test_ones_own_stories_are_those_of_the_whole_server_private_ones_too(world: World) -> None:
    other = world.guild.create_text_channel("other")
    await world.write("It began.", channel=other)
    await world.write("A secret.", private=True)
    text = await history(world)
    assert openings(text) == ["1. **A secret.**", "2. **It began.**"]
    assert "· private" in text.split("\n")[2]
    assert "discord.com" not in text.split("\n")[2]


async def test_a_word_is_found_in_what_the_model_wrote_and_in_chinese(world: World) -> None:
    world.engine.script = lambda _: [" A Badger came by. It went home at night. Nobody saw it again that year."]
    await world.write("It began.")
    await world.write("很久以前，山里有一座茶馆。")
    text = await history(world, word="茶馆")
    assert text.split("\n")[:2] == ["**Your stories here: 1**", "-# Those with “茶馆” in them."]
    assert openings(text) == ["1. **很久以前，山里有一座茶馆。**"]
    assert len(openings(await history(world, word="bADGER"))) == 2
    assert len(openings(await history(world, word="%"))) == 0


async def test_everybodys_stories_are_for_moderators(world: World) -> None:
    await world.write("It began.")
    await world.write("A secret.", private=True)
    assert await history(world, world.guest, everyone=True) == (
        "You need the permission Manage Messages to list everybody's stories here. "
        "/history without “everyone” lists your own."
    )
    text = await history(world, world.admin, everyone=True)
    assert text.startswith("**All stories in this channel: 1**")
    assert openings(text) == ["1. **It began.**"]
    other = world.guild.create_text_channel("other")
    assert openings(await history(world, world.admin, other, everyone=True)) == []


async def test_in_direct_messages_the_list_is_that_conversation(world: World) -> None:
    alone = world.env.create_user("alone")
    await alone.slash("write", prompt="It began.")
    await world.written()
    await world.write("In the server.")
    for options in ({}, {"everyone": True}):
        text = said(await alone.slash("history", **options))
        assert openings(text) == ["1. **It began.**"]
        assert "https://discord.com/channels/@me/" in text


@pytest.mark.parametrize(
    ("prompt", "shown"),
    [
        ("@everyone **look** here.", "1. **@\u200beveryone \\*\\*look\\*\\* here.**"),
        ("[a](b c) ||hidden|| `x", "1. **\\[a](b c) \\|\\|hidden\\|\\| \\`x**"),
        ("One.\n# Two.\n> Three.", "1. **One. # Two. > Three.**"),
    ],
)
async def test_an_opening_is_shown_as_it_was_typed_and_pings_nobody(world: World, prompt: str, shown: str) -> None:
    await world.write(prompt)
    result = await world.writer.slash(world.channel, "history")
    assert said(result).split("\n")[1].startswith(shown)
    assert not result.response.message.mention_everyone


async def many(world: World, count: int = 12) -> None:
    """Stories of the writer, as the store has them."""
    for number in range(1, count + 1):
        await world.bot.services.store.stories.begin(
            Draft(kind=TurnKind.PROMPT, text=f"Story {number}.", author_id=world.writer.id),
            guild_id=world.guild.id,
            channel_id=world.channel.id,
            author_id=world.writer.id,
            private=False,
        )


async def test_pages_are_turned_and_the_ends_have_nothing_beyond(world: World) -> None:
    await many(world)
    message = (await world.writer.slash(world.channel, "history")).response.message
    assert labels(message) == ["◀", "1/3", "▶"]
    assert openings(message.content)[0] == "1. **Story 12.**"

    turned = (await world.writer.click(message, label="▶")).response.message
    assert openings(turned.content) == [f"{6 + number}. **Story {7 - number}.**" for number in range(5)]
    last = (await world.writer.click(turned, label="▶")).response.message
    assert openings(last.content) == ["11. **Story 2.**", "12. **Story 1.**"]
    assert [child.disabled for row in last.components for child in row.children] == [False, True, True]
    back = (await world.writer.click(last, label="◀")).response.message
    assert openings(back.content) == openings(turned.content)


async def test_one_page_has_no_buttons(world: World) -> None:
    await many(world, 5)
    assert labels((await world.writer.slash(world.channel, "history")).response.message) == []


async def test_a_page_that_is_gone_meanwhile_is_the_last_one(world: World) -> None:
    await many(world)
    message = (await world.writer.slash(world.channel, "history")).response.message
    message = (await world.writer.click(message, label="▶")).response.message
    for number in range(1, 9):
        await world.bot.services.store.stories.delete(StoryId(number))
    message = (await world.writer.click(message, label="▶")).response.message
    assert openings(message.content) == [f"{1 + number}. **Story {12 - number}.**" for number in range(4)]
    assert labels(message) == []


async def test_pages_are_turned_after_a_restart_with_their_word(tmp_path: Any) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")) as world:
        await many(world)
        message = (await world.writer.slash(world.channel, "history", word="  story: ' 1 ")).response
        assert "“story: ' 1”" in message.content
        message = (await world.writer.slash(world.channel, "history", word="story")).response.message
        await world.restart()
        turned = (await world.writer.click(message, label="▶")).response.message
        assert "-# Those with “story” in them." in turned.content
        assert openings(turned.content)[0] == "6. **Story 7.**"


async def test_who_may_not_list_everybodys_stories_any_more_turns_no_page(world: World) -> None:
    await many(world)
    message = (await world.admin.slash(world.channel, "history", everyone=True)).response.message
    guild = world.bot.get_guild(world.guild.id)
    assert guild
    (manager,) = [role for role in guild.roles if role.name == "Managers"]
    await manager.edit(permissions=discord.Permissions.none())
    result = await world.admin.click(message, label="▶")
    assert "You need the permission Manage Messages" in said(result)


def test_what_a_button_says_of_the_longest_list_fits_discord() -> None:
    for whose, word in ((by(2**63 - 1), ""), (EVERYBODY, "🦊" * WORD_LIMIT)):
        custom_id = HistoryButton(whose, 9999, word).item.custom_id
        assert custom_id
        assert len(custom_id.encode("utf-16-le")) // 2 <= 100


async def test_the_longest_page_fits_a_message(world: World) -> None:
    text = "*_~`|[<\\" * 40
    for _ in range(12):
        story, turn = await world.bot.services.store.stories.begin(
            Draft(kind=TurnKind.PROMPT, text=text, author_id=world.writer.id),
            guild_id=world.guild.id,
            channel_id=world.channel.id,
            author_id=world.writer.id,
            private=False,
        )
        turn = await world.bot.services.store.stories.append(turn.id, Draft(kind=TurnKind.MODEL, text=text))
        await world.bot.services.store.stories.record_messages(turn.id, story.channel_id, [MessageId(10**18 + turn.id)])
    shown = await history(world, world.admin, everyone=True, word=text[:WORD_LIMIT])
    assert len(shown) <= 2000
    assert shown.count("[Go to it]") == 5
