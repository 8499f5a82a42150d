"""A message offers to become a story, or to go on as one; a person offers theirs."""

from __future__ import annotations

from typing import Any

import discord

from tests.cogs.test_write import labels, said, story_of
from tests.world import AFTER, World, speaking

CONTINUE, START, BY = "Continue this story", "Start a story from here", "Stories by this person"


async def choose(world: World, menu: str, message: Any, who: Any = None) -> Any:
    """Choose a menu of a message and wait until what it began is there."""
    result = await (who or world.writer).context_menu(world.channel, menu, message)
    await world.written()
    return result


async def test_a_story_starts_from_the_words_of_anybodys_message(world: World) -> None:
    message = await world.guest.send(world.channel, "The door stood open.")
    for menu in (START, CONTINUE):
        await choose(world, menu, message)
        assert world.last().content.startswith("**The door stood open.** The ")
        assert labels(world.last()) == AFTER
        assert world.engine.requests[-1].prompt == "The door stood open."


async def test_a_story_goes_on_from_the_message_that_shows_it(world: World) -> None:
    await world.write("It began.")
    first = world.last()
    await choose(world, CONTINUE, first)
    assert world.engine.requests[-1].prompt == story_of(first).replace("*", "")
    assert not world.last().content.startswith("**")


async def test_somebody_elses_story_is_not_gone_on_with_but_one_may_start_from_it(world: World) -> None:
    await world.write("It began.")
    first = world.last()
    refused = await choose(world, CONTINUE, first, who=world.guest)
    assert refused.response.ephemeral
    assert "Only the person who asked for this story" in said(refused)

    await choose(world, START, first, who=world.guest)
    turn = await world.bot.services.store.stories.turn_of_message(first.id)  # type: ignore[arg-type]
    assert turn
    assert world.engine.requests[-1].prompt == turn.text.strip()
    assert "-#" not in world.engine.requests[-1].prompt


async def test_a_message_without_words_is_answered_with_what_to_do(world: World) -> None:
    message = await world.guest.send(world.channel, attachments=[("a.png", b"x")])
    result = await choose(world, START, message)
    assert result.response.ephemeral
    assert "Your prompt is empty." in said(result)


async def test_a_deleted_story_is_said_to_be_gone(world: World) -> None:
    await world.write("It began.")
    await world.delete_story(world.last())
    async with speaking(world, world.writer, "zh-CN"):
        assert "这篇故事已经不在了" in said(await choose(world, CONTINUE, world.last()))


async def test_the_menus_go_with_their_cog(world: World) -> None:
    await world.bot.unload_extension("cogs.menus")
    assert not {START, CONTINUE, BY} & {command.name for command in world.bot.tree.get_commands()}


async def stories_by(world: World, person: Any, who: Any, channel: Any = None) -> str:
    """What somebody is shown of a person's stories."""
    result = await who.context_menu(channel or world.channel, BY, person)
    assert result.response.ephemeral
    return said(result)


async def test_a_persons_stories_are_shown_to_others_but_for_private_ones(world: World) -> None:
    other = world.guild.create_text_channel("other")
    await world.write("It began.", channel=other)
    await world.write("A secret.", private=True)
    await world.write("Somebody else's.", who=world.guest)

    text = await stories_by(world, world.writer, world.guest)
    assert text.startswith(f"**Stories by <@{world.writer.id}>: 1**\n1. **It began.** ")
    text = await stories_by(world, world.writer, world.writer)
    assert "1. **A secret.**" in text
    assert "2. **It began.**" in text


async def test_nothing_is_shown_of_channels_that_one_may_not_read(world: World) -> None:
    everybody, writer = world.guild.default_role, world.writer
    for hidden in ({"view_channel": False}, {"read_message_history": False}):
        channel = world.guild.create_text_channel(
            "hidden",
            overwrites={
                everybody: discord.PermissionOverwrite(**hidden),
                writer: discord.PermissionOverwrite(view_channel=True, read_message_history=True),
            },
        )
        await world.write("Behind closed doors.", channel=channel)
    nothing = f"There is no story by <@{writer.id}> here that you may see."
    assert await stories_by(world, writer, world.guest) == nothing
    assert "**Stories by" in await stories_by(world, writer, writer)

    message = (await writer.context_menu(world.channel, BY, writer)).response.message
    assert labels(message) == []


async def test_a_private_thread_is_shown_only_within_it_and_to_moderators(world: World) -> None:
    channel = world.bot.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    closed = await channel.create_thread(name="closed", type=discord.ChannelType.private_thread, invitable=False)
    await channel.create_thread(name="open", type=discord.ChannelType.public_thread)
    await world.env.settle()
    inside, outside = (next(t for t in world.channel.threads if t.name == name) for name in ("closed", "open"))
    await closed.add_user(discord.Object(world.writer.id))
    await world.write("Behind closed doors.", channel=inside)
    await world.write("For all to read.", channel=outside)

    assert "For all to read." in await stories_by(world, world.writer, world.guest)
    assert "Behind closed doors." not in await stories_by(world, world.writer, world.guest)
    keeper = world.guild.create_role("Keepers", permissions=discord.Permissions(manage_threads=True))
    moderator = world.guild.add_member(world.env.create_user("moderator"), roles=[keeper])
    assert "Behind closed doors." in await stories_by(world, world.writer, moderator)


async def test_a_persons_stories_have_pages(world: World) -> None:
    for number in range(6):
        await world.write(f"Story {number}.", length=16)
    message = (await world.guest.context_menu(world.channel, BY, world.writer)).response.message
    assert labels(message) == ["◀", "1/2", "▶"]
    turned = (await world.guest.click(message, label="▶")).response.message
    assert "6. **Story 0.**" in turned.content
