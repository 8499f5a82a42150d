"""`/continue`: the channel's last story goes on, as far as it is for the person to go on with."""

from __future__ import annotations

from typing import Any

from tests.cogs.test_settings import settings
from tests.cogs.test_write import said, story_of
from tests.world import World, speaking


async def go_on(world: World, who: Any = None) -> Any:
    """Type /continue and wait until what it began is there."""
    result = await (who or world.writer).slash(world.channel, "continue")
    await world.written()
    return result


def given(world: World) -> str:
    """The text that the model went on from last."""
    prompt: str = world.engine.requests[-1].prompt
    return prompt


async def test_ones_own_story_goes_on_where_it_stands(world: World) -> None:
    await world.write("It began.")
    text = story_of(world.last()).replace("*", "")
    await go_on(world)
    assert given(world) == text
    assert len(world.texts()) == 2


async def test_another_persons_story_is_left_to_them_and_ones_own_goes_on(world: World) -> None:
    await world.write("Mine began.")
    await world.write("Theirs began.", who=world.guest)
    await go_on(world)
    assert given(world).startswith("Mine began.")


async def test_where_everyone_may_press_the_channels_last_story_goes_on(world: World) -> None:
    await settings(world, "set", key="press", value="everyone")
    await world.write("Mine began.")
    await world.write("Theirs began.", who=world.guest)
    await go_on(world)
    assert given(world).startswith("Theirs began.")


async def test_a_role_may_be_enough(world: World) -> None:
    role = world.guild.create_role("Readers")
    reader = world.guild.add_member(world.env.create_user("reader"), roles=[role])
    await settings(world, "set", key="press", value=f"<@&{role.id}>")
    await world.write("Theirs began.")
    await go_on(world, reader)
    assert given(world).startswith("Theirs began.")
    assert "You have no story in this channel yet." in said(await go_on(world, world.guest))


async def test_what_somebody_keeps_private_is_passed_over(world: World) -> None:
    await settings(world, "set", key="press", value="everyone")
    await world.write("For all.")
    await world.write("A secret.", who=world.guest, private=True)
    await go_on(world)
    assert given(world).startswith("For all.")
    assert (await go_on(world, world.guest)).response.ephemeral
    assert given(world).startswith("A secret.")


async def test_where_there_is_none_it_says_so(world: World) -> None:
    await world.write("Theirs began.", who=world.guest)
    await world.write("Gone.")
    await world.delete_story(world.last())
    async with speaking(world, world.writer, "zh-CN"):
        result = await go_on(world)
    assert result.response.ephemeral
    assert "你在这个频道还没有故事" in said(result)
