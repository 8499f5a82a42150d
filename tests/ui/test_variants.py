"""◀ and ▶ leaf through what Retry has written; nothing is lost, and the story goes on from what is shown."""

from __future__ import annotations

import discord
import pytest

from bot.ids import MessageId
from bot.turns import Story
from bot.ui import buttons
from config.settings import LimitSettings
from tests.cogs.test_write import labels, paced, said, shown, story_of
from tests.ui.test_buttons import SPEAK
from tests.world import AFTER, World, open_world, quick_settings, speaking

SHORT = " A short one this time, and no more than that, as everybody in the village could see."


def usable(message: discord.Message) -> dict[str | None, bool]:
    """Which buttons of a message can be pressed."""
    children = [child for row in message.components if isinstance(row, discord.ActionRow) for child in row.children]
    return {child.label: not child.disabled for child in children if isinstance(child, discord.Button)}


async def shown_story(world: World) -> Story:
    """The channel's newest story, as the store has it."""
    story = await world.bot.services.store.stories.latest(world.channel.id, viewer_id=world.writer.id)
    assert story
    return story


def again(world: World, message: discord.Message) -> discord.Message:
    """A message as it is now."""
    found: discord.Message = next(other for other in world.channel.history() if other.id == message.id)
    return found


async def test_retry_adds_a_variant_and_the_arrows_leaf_through_all_of_them(world: World) -> None:
    await world.write("It began.")
    first = story_of(world.last())
    assert labels(world.last()) == AFTER
    await world.click(world.last(), "Retry")
    second = story_of(world.last())
    assert usable(world.last()) == {"◀": True, "2/2": False, "▶": False, **dict.fromkeys(AFTER, True)}

    await world.click(world.last(), "◀")
    assert story_of(world.last()) == first
    assert usable(world.last()) == {"◀": False, "1/2": False, "▶": True, **dict.fromkeys(AFTER, True)}
    await world.click(world.last(), "▶")
    assert story_of(world.last()) == second
    assert len(world.texts()) == 1

    await world.click(world.last(), "Retry")
    assert "3/3" in labels(world.last())


async def test_the_small_print_is_the_variants_own(world: World) -> None:
    await world.write("It began.", seed=5)
    small_print = world.last().content.split("\n-# ")[1].split(" · ")
    await world.click(world.last(), "Retry")
    await world.click(world.last(), "◀")
    assert world.last().content.split("\n-# ")[1].split(" · ") == small_print
    assert small_print[0] == "seed 5"


async def test_continue_goes_on_from_the_variant_that_is_shown(world: World) -> None:
    await world.write("It began.")
    first = story_of(world.last()).replace("*", "")
    await world.click(world.last(), "Retry")
    await world.click(world.last(), "◀")

    await world.click(world.last(), "Continue")

    assert world.engine.requests[-1].prompt == first


async def test_an_arrow_pressed_a_second_time_before_the_first_has_arrived_goes_one_step(world: World) -> None:
    for label in ("", "Retry", "Retry"):
        await (world.click(world.last(), label) if label else world.write("It began."))
    last = world.last()
    third = await world.bot.services.store.stories.turn_of_message(MessageId(last.id))
    assert third
    await world.click(last, "◀")
    once = again(world, last).content

    channel = world.bot.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    standing = await world.bot.services.pages._moves.standing(third)
    await channel.get_partial_message(last.id).edit(view=buttons.when_written(standing, SPEAK))
    await world.click(last, "◀")

    assert again(world, last).content == once
    assert "2/3" in labels(again(world, last))


async def test_variants_of_a_later_turn_are_told_apart_from_those_of_the_first(world: World) -> None:
    await world.write("It began.")
    await world.click(world.last(), "Continue")
    second = story_of(world.last())
    await world.click(world.last(), "Retry")
    await world.click(world.last(), "◀")
    assert story_of(world.last()) == second
    assert not second.startswith("**")


async def test_a_variant_that_takes_more_or_fewer_messages_is_shown_whole(world: World) -> None:
    await world.write("It began.", length=800)
    parts = world.texts()
    assert len(parts) > 1
    world.engine.script = lambda _: [SHORT]
    await world.click(world.last(), "Retry")
    assert len(world.texts()) == 1
    assert SHORT in world.texts()[0]

    await world.click(world.last(), "◀")
    assert len(world.texts()) == len(parts)
    assert world.texts()[0] == parts[0]
    assert labels(world.last())[:3] == ["◀", "1/2", "▶"]

    await world.click(world.last(), "▶")
    assert len(world.texts()) == 1
    assert SHORT in world.texts()[0]


async def test_a_stranger_may_look_but_not_leaf(world: World) -> None:
    await world.write("It began.")
    await world.click(world.last(), "Retry")
    before = world.last().content
    result = await world.guest.click(world.last(), label="◀")
    assert result.response.ephemeral
    assert "Only the person who asked for this story" in said(result)
    assert world.last().content == before


async def test_arrows_of_a_deleted_story_say_so(world: World) -> None:
    await world.write("It began.")
    await world.click(world.last(), "Retry")
    await world.delete_story(world.last())
    result = await world.writer.click(world.last(), label="◀")
    assert result.response.ephemeral
    assert "not there any more" in said(result)


async def test_arrows_work_after_a_restart(tmp_path: object) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")) as world:
        await world.write("It began.")
        first = story_of(world.last())
        await world.click(world.last(), "Retry")
        await world.restart()
        await world.click(world.last(), "◀")
        assert story_of(world.last()) == first


async def test_a_private_story_is_leafed_through_in_private(world: World) -> None:
    written = await world.write("A secret.", private=True)
    tried = await world.writer.click(written.response.message, label="Retry")
    await world.written()
    assert labels(tried.response.message)[:3] == ["◀", "2/2", "▶"]
    result = await world.writer.click(tried.response.message, label="◀")
    assert story_of(result.response.message) == story_of(written.response.message)
    assert labels(result.response.message)[:3] == ["◀", "1/2", "▶"]
    assert result.response.ephemeral
    assert world.texts() == []


@pytest.mark.parametrize(
    ("length", "method", "path"),
    [(40, "POST", "/interactions/*/*/callback"), (800, "PATCH", "/webhooks/*/*/messages/*")],
    ids=["one message", "several messages"],
)
async def test_a_message_that_discord_does_not_let_change_leaves_the_story_as_it_was(
    world: World, length: int, method: str, path: str
) -> None:
    await world.write("It began.", length=length)
    world.engine.script = lambda _: [SHORT]
    await world.click(world.last(), "Retry")
    head = (await shown_story(world)).head_id
    world.env.inject_error(method, path, status=403, code=50001, times=1)

    result = await world.click(world.last(), "◀")

    assert "This message could not be changed." in said(result)
    assert (await shown_story(world)).head_id == head
    assert SHORT in world.last().content


async def test_retry_of_several_messages_needs_no_permission_to_send(world: World) -> None:
    await world.write("It began.", length=800)
    parts = world.texts()
    assert len(parts) > 1
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50013, times=9999)

    result = await world.click(world.last(), "Retry")
    assert "could not be posted" not in said(result)
    assert len(world.texts()) > 1
    assert labels(world.last()) == ["◀", "2/2", "▶", *AFTER]

    world.engine.script = lambda _: [SHORT]
    await world.click(world.last(), "Retry")
    await world.click(world.last(), "◀")
    await world.click(world.last(), "◀")
    assert world.texts() == parts


async def test_retry_of_messages_that_cannot_be_changed_is_an_answer_of_its_own(world: World) -> None:
    await world.write("It began.", length=800)
    parts = world.texts()
    assert len(parts) > 1
    world.env.inject_error("PATCH", "/channels/*/messages/*", status=403, code=50001, times=9999)

    result = await world.click(world.last(), "Retry")

    assert "could not be posted" not in said(result)
    assert world.texts()[: len(parts)] == parts
    assert len(world.texts()) > len(parts)
    assert labels(world.last()) == ["◀", "2/2", "▶", *AFTER]


async def test_slash_continue_goes_on_with_the_variant_that_is_shown(world: World) -> None:
    await world.write("It began.")
    first = story_of(world.last()).replace("*", "")
    await world.click(world.last(), "Retry")
    await world.click(world.last(), "◀")

    await world.writer.slash(world.channel, "continue")
    await world.written()

    assert world.engine.requests[-1].prompt == first
    assert labels(world.last()) == AFTER


async def test_slash_continue_takes_ones_own_last_story_here(world: World) -> None:
    await world.write("Mine began.")
    await world.write("Theirs began.", who=world.guest)
    await world.writer.slash(world.channel, "continue")
    await world.written()
    assert world.engine.requests[-1].prompt.startswith("Mine began. ")


async def test_slash_continue_without_a_story_says_how_to_begin(world: World) -> None:
    await world.write("Theirs began.", who=world.guest)
    result = await world.writer.slash(world.channel, "continue")
    assert result.response.ephemeral
    assert said(result) == "You have no story in this channel yet. Begin one with /write."
    async with speaking(world, world.writer, "zh-CN"):
        assert said(await world.writer.slash(world.channel, "continue")).startswith("你在这个频道还没有故事")


async def test_several_variants_are_written_at_once_and_the_chosen_one_is_gone_on_from(world: World) -> None:
    await world.write("It began.", variants=3, seed=40)
    assert [asked.sampling.seed for asked in world.engine.requests] == [40, 41, 42]
    assert len(world.texts()) == 1
    assert labels(world.last())[:3] == ["◀", "1/3", "▶"]
    assert "leaf through the variants" in world.last().content
    assert "seed 40 " in world.last().content

    await world.click(world.last(), "▶")
    assert "seed 41 " in world.last().content
    assert "leaf through the variants" not in world.last().content
    chosen = story_of(world.last()).replace("*", "")
    await world.click(world.last(), "Continue")
    assert world.engine.requests[-1].prompt == chosen


async def test_the_best_of_several_is_shown_in_the_end_and_the_others_behind_it(world: World) -> None:
    world.engine.likelihoods = {40: -3.0, 41: -2.5, 42: -1.0, 43: -2.0}
    await world.write("It began.", best=True, seed=40)
    assert labels(world.last())[:3] == ["◀", "1/4", "▶"]
    assert "seed 42 " in world.last().content
    await world.click(world.last(), "▶")
    assert "seed 43 " in world.last().content

    await world.write("It ended.", variants=2, best=True, seed=40)
    assert labels(world.last())[:3] == ["◀", "1/2", "▶"]
    assert "seed 41 " in world.last().content


async def test_stop_ends_all_variants_and_keeps_what_each_has(world: World) -> None:
    world.engine.script = paced(world, [" One went by the old mill, as it did each day. ", " Two went home"])
    await world.begin("It began.", variants=2)
    await shown(world, "One went by")
    await world.click(world.last(), "Stop")
    assert "Stopped." in world.last().content
    assert labels(world.last())[1] in {"1/2", "Retry"}


async def test_a_variant_that_comes_to_nothing_leaves_the_others(world: World) -> None:
    world.engine.script = lambda asked: [] if "-1." in asked.request_id else [SHORT]
    await world.write("It began.", variants=3, seed=7)
    assert labels(world.last())[:3] == ["◀", "1/2", "▶"]
    assert SHORT in world.last().content


async def test_each_variant_takes_from_the_limits() -> None:
    limits = LimitSettings(user_burst=5, user_per_minute=0.001)
    async with open_world(quick_settings(limits=limits)) as world:
        await world.write("It began.", variants=4)
        refused = await world.write("It went on.", variants=2)
        assert "You have written a lot just now." in said(refused)
        await world.write("It went on.")
        assert len(world.texts()) == 2
