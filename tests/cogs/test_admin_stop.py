"""`/admin stop`: running texts end, then the bot does."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.cogs.owner import admin, answer, owner_of
from tests.cogs.test_write import labels, paced, said, shown
from tests.cogs.test_write_faults import SENTENCES
from tests.world import World, open_world, quick_settings


async def test_it_asks_first_and_says_what_is_still_being_written(world: World) -> None:
    owner = owner_of(world)
    world.engine.hold()
    await world.begin("It began.")
    result = await answer(world, "stop", owner)
    assert said(result).startswith("**End the bot?** ")
    assert "1 text is under way and may go on for up to 20 seconds" in said(result)
    assert labels(result.response.message) == ["End it", "Cancel"]
    world.engine.go_on()
    await world.written()
    await owner.click(result.response.message, label="Cancel")
    assert result.response.message.content == "Nothing was done."
    await world.write("It began again.")
    assert not world.bot.is_closed()


async def test_texts_end_before_the_bot_does_and_nothing_new_begins(world: World) -> None:
    owner = owner_of(world)
    world.engine.script = paced(world, SENTENCES)
    await world.begin("It began.")
    await shown(world, "One went by")
    result = await answer(world, "stop", owner)
    pressing = asyncio.create_task(owner.click(result.response.message, label="End it"))
    await until_draining(world)
    assert not world.bot.is_closed()
    world.bot.stop()  # pressed twice
    world.engine.script = None
    world.engine.go_on()
    await pressing
    await ended(world)
    assert result.response.message.content.startswith("The bot is stopping. 1 text is under way")
    assert labels(result.response.message) == []
    assert "Stopped." not in world.last().content


async def until_draining(world: World) -> None:
    async with asyncio.timeout(30):
        while not world.bot.services.writer._draining:
            await asyncio.sleep(0.001)


async def ended(world: World) -> None:
    async with asyncio.timeout(30):
        while not world.bot.is_closed():
            await asyncio.sleep(0.001)


async def test_a_button_of_before_a_restart_does_not_stop_the_bot_again(tmp_path: object) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/t.db")) as world:
        owner = owner_of(world)
        result: Any = await answer(world, "stop", owner)
        await world.env.advance_time(5)
        await world.restart()
        world.bot.owner_id = owner.id
        await owner.click(result.response.message, label="End it")
        assert result.response.message.content.startswith("The bot has been started again since you asked")
        assert labels(result.response.message) == []
        assert "Taleloom" in await admin(world, "status", owner)


async def test_closing_twice_waits_for_the_first(world: World) -> None:
    await asyncio.gather(world.bot.close(), world.bot.close())
    assert world.bot.is_closed()
