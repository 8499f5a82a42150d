"""`/about`, `/help` and `/ping`."""

from __future__ import annotations

import re

from bot import __version__
from tests.cogs.test_write import said
from tests.world import World, open_world, quick_settings, speaking


async def test_about_says_what_the_bot_is_and_what_it_runs_on(world: World) -> None:
    result = await world.writer.slash(world.channel, "about")
    assert result.response.ephemeral
    text = said(result)
    assert f"**Taleloom {__version__}**" in text
    assert "Model: smollm2-135m" in text
    assert "State: ready" in text
    assert "Mode: fast." in text
    assert "0 texts are being written now." in text
    assert "/write" in text


async def test_the_reproducible_mode_is_named_there_and_beneath_each_text() -> None:
    async with open_world(quick_settings(engine={"mode": "reproducible"})) as world:
        await world.write("It began.", seed=7)
        assert "seed 7, reproducible · " in world.last().content
        text = said(await world.writer.slash(world.channel, "about"))
        assert "Mode: reproducible. A seed gives the same text again, whoever else is having one written." in text


async def test_nothing_is_promised_that_the_backend_does_not_keep() -> None:
    async with open_world(quick_settings(engine={"mode": "reproducible", "backend": "openvino"})) as world:
        await world.write("It began.", seed=7)
        assert "seed 7 · " in world.last().content
        assert "Mode: reproducible, nearly." in said(await world.writer.slash(world.channel, "about"))


async def test_about_counts_what_is_being_written(world: World) -> None:
    world.engine.hold()
    await world.begin("It began.")
    assert "1 text is being written now." in said(await world.guest.slash(world.channel, "about"))
    world.engine.go_on()
    await world.written()


async def test_about_names_the_model_of_the_place(world: World) -> None:
    world.engine._closed = True
    text = said(await world.writer.slash(world.channel, "about"))
    assert "State: ready" not in text
    assert "State: fake" in text
    world.engine._closed = False


async def test_help_lists_every_command_that_there_is(world: World) -> None:
    text = said(await world.writer.slash(world.channel, "help"))
    listed = [(line.split("` – ")[0][2:], line.split("` – ")[1]) for line in text.split("\n") if line.startswith("`/")]
    names = {command.qualified_name for command in world.bot.tree.walk_commands() if not hasattr(command, "commands")}
    named = set()
    for entry, _ in listed:
        group, _, verbs = entry.partition(" ")
        named |= {f"{group} {verb}" for verb in verbs.split(" | ")} if verbs else {group}
    assert named == {name for name in names if not name.startswith("admin ")}
    assert {"write", "settings show", "settings set", "settings reset", "about", "help", "ping"} <= names
    assert [entry for entry, _ in listed] == sorted(entry for entry, _ in listed)
    assert all(description.strip() for _, description in listed)
    assert "**Continue this story**, **Hide from context**, **Report this story**, **Start a story from here**" in text
    assert len(text) <= 2000


async def test_ping_says_how_long_it_took_and_how_the_model_is(world: World) -> None:
    result = await world.writer.slash(world.channel, "ping")
    assert re.fullmatch(r"Pong! Discord took \d+ ms; the model is ready\.", said(result))
    world.engine._closed = True
    assert "; fake." in said(await world.writer.slash(world.channel, "ping"))
    world.engine._closed = False


async def test_the_commands_work_in_direct_messages(world: World) -> None:
    alone = world.env.create_user("alone")
    for name, answer in (("about", "Taleloom"), ("help", "/write"), ("ping", "Pong!")):
        assert answer in said(await alone.slash(name))
    await alone.slash("write", prompt="It began.")
    await world.written()
    assert world.last(alone.dm_channel).content.startswith("**It began.** The ")


async def test_who_speaks_chinese_is_answered_in_chinese(world: World) -> None:
    async with speaking(world, world.writer, "zh-CN"):
        about = said(await world.writer.slash(world.channel, "about"))
        help_ = said(await world.writer.slash(world.channel, "help"))
        ping = said(await world.writer.slash(world.channel, "ping"))
    for text in (about, help_, ping):
        assert re.search("[\u4e00-\u9fff]", text)
    assert "State" not in about
    assert "being written" not in about
    assert "Type **/write**" not in help_
    assert "took" not in ping
    assert "the model is ready" not in ping
