"""A message offers to become a story, or to go on as one; a person offers theirs."""

from __future__ import annotations

from typing import Any

import discord

from tests.cogs.test_settings import settings
from tests.cogs.test_write import labels, said, story_of
from tests.ui.test_hands import two_passages
from tests.ui.test_variants import shown_story
from tests.world import AFTER, World, speaking

CONTINUE, START, BY = "Continue this story", "Start a story from here", "Stories by this person"
HIDE = "Hide from context"


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
        assert "这篇故事已经不在了" in said(await choose(world, START, world.last()))
    assert len(world.texts()) == 1


def now(world: World, message: discord.Message) -> Any:
    """A message as it is now."""
    return next(each for each in world.channel.history() if each.id == message.id)


async def test_a_passage_is_hidden_and_given_back_and_the_story_stays_where_it_is(world: World) -> None:
    first, second = await two_passages(world)
    head = (await shown_story(world)).head_id
    result = await choose(world, HIDE, first)
    assert result.response.ephemeral
    assert said(result) == (
        "Hidden: the model goes on as if this passage were not there. “Hide from context” once more gives it back."
    )
    assert "Hidden from the model" in now(world, first).content
    assert labels(now(world, first)) == ["Continue", "Retry", "Undo", "Redo", "Edit"]
    assert now(world, second).content == second.content
    assert (await shown_story(world)).head_id == head

    await world.click(second, "Continue")
    assert world.engine.requests[-1].prompt == f"It began. {story_of(second).strip()}"
    assert said(await choose(world, HIDE, first)).startswith("Given back: the model sees this passage again.")
    assert now(world, first).content == first.content


async def test_every_part_of_a_long_passage_hides_it_and_the_last_says_so(world: World) -> None:
    await world.write("It began.", length=800)
    before = world.channel.history()
    assert len(before) > 1
    await choose(world, HIDE, before[0])
    texts = world.texts()
    assert texts[0] == before[0].content
    assert "Hidden from the model" in texts[-1]
    assert labels(world.last()) == AFTER
    await choose(world, HIDE, world.last())
    assert world.texts() == [message.content for message in before]


async def test_a_message_that_says_how_a_long_story_ends_still_does(world: World) -> None:
    await world.write("It began.", length=800)
    await world.click(world.last(), "Continue")
    await world.click(world.last(), "Undo")
    assert world.last().content.startswith("The story now ends like this:")
    await choose(world, HIDE, world.last())
    assert world.last().content.startswith("The story now ends like this:")
    assert world.last().content.endswith("Hidden from the model: it goes on as if this passage were not there.")
    assert labels(world.last())[0] == "Continue"
    assert world.texts()[0].startswith("**It began.**")


async def test_what_shows_no_passage_is_not_hidden(world: World) -> None:
    message = await world.guest.send(world.channel, "The door stood open.")
    result = await choose(world, HIDE, message)
    assert result.response.ephemeral
    assert said(result) == "This message shows no passage of a story. Choose one in which the bot wrote."


async def test_somebody_elses_passage_is_hidden_only_where_others_may_press(world: World) -> None:
    await world.write("It began.")
    before = world.last().content
    assert "Only the person who asked for this story" in said(await choose(world, HIDE, world.last(), world.guest))
    assert world.last().content == before
    await settings(world, "set", key="press", value="everyone")
    await choose(world, HIDE, world.last(), world.guest)
    assert "Hidden from the model" in world.last().content


async def test_a_passage_that_was_forgotten_or_deleted_is_not_hidden(world: World) -> None:
    await world.write("It began.")
    await world.write("It began again.")
    await world.delete_story(world.last())
    assert "This story is not there any more." in said(await choose(world, HIDE, world.last()))
    await world.env.advance_time(1)
    await world.admin.slash(world.channel, "forget")
    assert "was told to forget" in said(await choose(world, HIDE, world.channel.history()[0]))
    assert not [text for text in world.texts() if "Hidden" in text]


async def test_it_is_hidden_even_if_discord_does_not_let_the_message_say_so(world: World) -> None:
    await world.write("It began.")
    world.env.inject_error("PATCH", "/channels/*/messages/*", status=403, code=50001, times=1)
    async with speaking(world, world.writer, "zh-CN"):
        assert said(await choose(world, HIDE, world.last())).startswith("已隐藏：")
    turn = await world.bot.services.store.stories.turn_of_message(world.last().id)  # type: ignore[arg-type]
    assert turn
    assert turn.hidden


async def test_the_menus_go_with_their_cog(world: World) -> None:
    await world.bot.unload_extension("cogs.menus")
    assert not {START, CONTINUE, HIDE, BY} & {command.name for command in world.bot.tree.get_commands()}


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
