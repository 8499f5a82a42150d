"""`/admin` is for whoever runs the bot: its state, its default model, its commands."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import discord
import pytest
import simcord

from bot import __version__
from bot.engine.models.progress import Progress, Stage
from bot.store.errors import StoreError
from tests.cogs.owner import NOT_YOURS, admin, administrator, answer, owner_of
from tests.cogs.test_write import said
from tests.world import World, open_world, quick_settings, speaking

VERBS = ("status", "model", "reload", "sync", "block", "unblock", "blocked", "notice", "stop")


@pytest.mark.parametrize("verb", VERBS)
async def test_an_administrator_who_does_not_run_the_bot_is_told_so(world: World, verb: str) -> None:
    somebody = administrator(world, "somebody")
    assert await admin(world, verb, somebody) == NOT_YOURS
    owner_of(world)
    assert await admin(world, verb, somebody) == NOT_YOURS
    assert not world.bot.is_closed()


async def test_others_do_not_see_the_command(world: World) -> None:
    assert "admin status" not in world.admin.available_commands(world.channel)
    with pytest.raises(simcord.SetupError):
        await world.admin.slash(world.channel, "admin status")
    assert "/admin" not in said(await world.admin.slash(world.channel, "help"))


async def test_whoever_runs_the_bot_finds_the_command_in_help(world: World) -> None:
    text = said(await owner_of(world).slash(world.channel, "help"))
    listed = next(line for line in text.split("\n") if line.startswith("`/admin"))
    assert all(verb in listed for verb in VERBS)


async def test_a_team_runs_the_bot_together(world: World) -> None:
    somebody, other = administrator(world, "somebody"), administrator(world, "other")
    world.bot.owner_ids = {somebody.id, 5}
    assert "Taleloom" in await admin(world, "status", somebody)
    assert await admin(world, "status", other) == NOT_YOURS


async def test_it_works_in_direct_messages(world: World) -> None:
    alone = world.env.create_user("alone")
    assert said(await alone.slash("admin status")) == NOT_YOURS
    world.bot.owner_id = alone.id
    assert "Taleloom" in said(await alone.slash("admin status"))


async def test_status_says_what_the_bot_does_and_what_it_takes() -> None:
    settings = quick_settings(engine={"max_streams": 1})
    async with open_world(settings) as world:
        owner = owner_of(world)
        world.engine.hold()
        await world.begin("It began.")
        await world.begin("It began.", who=world.guest)
        text = await admin(world, "status", owner)
        world.engine.go_on()
        await world.written()
    lines = text.split("\n")
    at = int(world.bot.services.started_at.timestamp())
    assert lines[:4] == [
        f"**Taleloom {__version__}**, started <t:{at}:R>",
        "Servers: 1",
        "Texts being written: 1, in line: 1",
        "Engine: ready",
    ]
    assert lines[4] == "Open models: smollm2-135m; memory of their process: 0 MB; restarts: 0"
    assert re.fullmatch(r"Memory of the bot itself: \d+ MB", lines[5])
    assert lines[6] == "Database: SQLite, answers"
    assert re.fullmatch(r"Connection: (\d+|–) ms to Discord; the event loop was up to \d+ ms late", lines[7])


async def test_status_says_what_does_not_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail() -> str:
        raise StoreError

    monkeypatch.setattr(world.bot.services.store, "revision", fail)
    world.engine._closed = True
    text = await admin(world, "status", owner_of(world))
    world.engine._closed = False
    assert "Engine: fake" in text
    assert "Database: SQLite, does not answer (The database did not answer" in text


async def test_the_models_are_listed_with_the_default_and_what_is_open() -> None:
    async with open_world(quick_settings(allowed_models=("distilgpt2",))) as world:
        owner = owner_of(world)
        assert await admin(world, "model", owner) == (
            "Models that may be chosen:\n- **smollm2-135m** (the default, open)\n- **distilgpt2**"
        )


async def test_a_model_becomes_the_default_until_the_bot_is_started_again() -> None:
    async with open_world(quick_settings(allowed_models=("distilgpt2",))) as world:
        owner = owner_of(world)
        text = await admin(world, "model", owner, name="DistilGPT2")
        assert text.startswith("**distilgpt2** is the default now")
        assert "TALELOOM_MODEL" in text
        await world.write("It began.")
        assert world.engine.requests[-1].model == "distilgpt2"
        assert "**distilgpt2** (the default, open)" in await admin(world, "model", owner)
        await admin(world, "model", owner, name="smollm2-135m")
        await world.write("It began.")
        assert world.engine.requests[-1].model == "smollm2-135m"


async def test_how_far_a_model_is_is_shown_while_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    edit = discord.Interaction.edit_original_response

    async def noted(interaction: discord.Interaction, **values: Any) -> Any:
        seen.append(values["content"])
        return await edit(interaction, **values)

    monkeypatch.setattr(discord.Interaction, "edit_original_response", noted)
    async with open_world(quick_settings(allowed_models=("distilgpt2",))) as world:
        owner = owner_of(world)
        world.engine.steps = (Progress(Stage.DOWNLOAD, 50_000_000, 200_000_000), Progress(Stage.DRAIN))
        world.engine.hold()
        typed = asyncio.create_task(admin(world, "model", owner, name="distilgpt2"))
        async with asyncio.timeout(60):
            while not seen:
                await asyncio.sleep(0.01)
        assert seen == ["**distilgpt2**: it is being downloaded … 25 % (50 / 200 MB)"]
        world.engine.go_on()
        assert (await typed).startswith("**distilgpt2** is the default now")
    assert seen[-1].startswith("**distilgpt2** is the default now")


async def test_a_model_that_does_not_open_leaves_the_default() -> None:
    async with open_world(quick_settings(allowed_models=("unknown",))) as world:
        owner = owner_of(world)
        assert await admin(world, "model", owner, name="unknown") == (
            "There is no model called unknown. Known models: fake.\n**smollm2-135m** stays the default."
        )
        refused = await admin(world, "model", owner, name="gpt2-xl")
        assert refused == "model can be smollm2-135m, unknown; gpt2-xl is not among these."
        await world.write("It began.")
        assert world.engine.requests[-1].model == "smollm2-135m"


async def test_the_models_are_offered_to_whoever_runs_the_bot_and_nobody_else() -> None:
    async with open_world(quick_settings(allowed_models=("distilgpt2",))) as world:
        somebody, owner = administrator(world, "somebody"), owner_of(world)
        assert await values(world, owner, "model", "name", "gpt") == ["distilgpt2"]
        assert await values(world, somebody, "model", "name", "") == []


async def values(world: World, who: Any, verb: str, option: str, typed: str) -> list[str]:
    return [choice["value"] for choice in await who.autocomplete(world.channel, f"admin {verb}", option, typed)]


async def test_sync_tells_discord_the_commands_again(world: World) -> None:
    count = len(world.bot.tree.get_commands())
    assert await admin(world, "sync", owner_of(world)) == f"Discord knows {count} commands now."


async def test_sync_says_what_discord_had_against_it(world: World) -> None:
    world.env.inject_error("PUT", "/applications/*/commands", status=403, code=50001)
    text = await admin(world, "sync", owner_of(world))
    assert text.startswith("Discord did not take the commands: ")


async def test_who_speaks_chinese_runs_the_bot_in_chinese(world: World) -> None:
    owner = owner_of(world)
    async with speaking(world, owner, "zh-CN"):
        for verb in ("status", "model", "sync", "blocked", "stop"):
            text = await admin(world, verb, owner)
            assert re.search("[\u4e00-\u9fff]", text), verb
            assert not re.search(r"\b(the|of|to|is)\b", text), text
        result = await answer(world, "stop", owner)
        await owner.click(result.response.message, label="取消")
        assert result.response.message.content == "什么都没做。"
