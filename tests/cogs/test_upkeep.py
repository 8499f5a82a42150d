"""What is done without being asked, as time goes by."""

from __future__ import annotations

from bot.ids import GuildId, MessageId, UserId
from bot.store import Scope
from tests.ui.test_hands import choose
from tests.world import World


async def test_a_deleted_story_is_gone_for_good_after_a_day(world: World) -> None:
    await world.write("It began.")
    await choose(world, world.last(), "delete")
    stories = world.bot.services.store.stories
    turn = await stories.turn_of_message(MessageId(world.last().id))
    assert turn
    await world.env.advance_time(25 * 3600)
    await world.env.settle()
    assert await stories.story(turn.story_id) is None
    assert await stories.turn(turn.id) is None


async def test_stories_are_kept_as_long_as_the_server_says(world: World) -> None:
    await world.write("It began.")
    await world.env.advance_time(26 * 3600)
    assert await world.bot.services.store.stories.latest(world.channel.id)
    await world.bot.services.store.settings.set(
        Scope.SERVER, world.guild.id, "retention_days", 1, by=UserId(world.admin.id)
    )
    await world.env.advance_time(2 * 3600)
    await world.env.settle()
    assert await world.bot.services.store.stories.latest(world.channel.id) is None


async def test_a_server_that_the_bot_left_is_forgotten_after_a_month_unless_it_comes_back(world: World) -> None:
    people = world.bot.services.store.people
    guild = world.bot.get_guild(world.guild.id)
    assert guild
    world.bot.dispatch("guild_remove", guild)
    await world.env.settle()
    await world.env.advance_time(60)
    assert await people.departed_before(world.env.now()) == (GuildId(guild.id),)
    world.bot.dispatch("guild_join", guild)
    await world.env.settle()
    assert await people.departed_before(world.env.now()) == ()
