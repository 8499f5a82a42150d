"""A message offers to become a story, or to go on as one."""

from __future__ import annotations

from typing import Any

from tests.cogs.test_write import labels, said, story_of
from tests.world import AFTER, World, speaking

CONTINUE, START = "Continue this story", "Start a story from here"


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
    assert not {START, CONTINUE} & {command.name for command in world.bot.tree.get_commands()}
