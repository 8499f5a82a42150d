"""`/presets`: a server's own ways of writing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.ids import GuildId
from tests.cogs.test_settings import choices, sampling, settings
from tests.cogs.test_write import said
from tests.world import World

TAVERN = {"temp": 0.9, "top_p": 0.85, "rep_pen": 1.1, "tfs": 0.95, "mirostat_mode": 2}


async def presets(world: World, verb: str, who: Any = None, **options: Any) -> str:
    result = await (who or world.admin).slash(world.channel, f"presets {verb}", **options)
    assert result.response.ephemeral
    return said(result)


async def offered(world: World) -> dict[str, str]:
    found = await world.writer.autocomplete(world.channel, "write", "preset", "", prompt="x")
    return {choice["value"]: choice["name"] for choice in found}


async def test_a_servers_own_preset_is_offered_and_writes_with_its_values(world: World) -> None:
    answer = await presets(world, "add", name="Moonlit", meaning="slow and silver", temperature=1.45, top_k=12)
    assert answer == "**Moonlit** is there now: /write offers it."
    assert (await offered(world))["Moonlit"] == "Moonlit – slow and silver"
    await world.write("It began.", preset="Moonlit")
    assert (sampling(world).temperature, sampling(world).top_k) == (1.45, 12)
    assert " · Moonlit · " in world.last().content


async def test_it_can_be_the_servers_setting_and_goes_with_it(world: World) -> None:
    await presets(world, "add", name="Moonlit", meaning="slow", temperature=1.45)
    assert "Moonlit" in [value for _, value in await choices(world, "set", "value", "moon", key="preset")]
    assert "is now Moonlit" in await settings(world, "set", key="preset", value="moonlit")
    await world.write("It began.")
    assert sampling(world).temperature == 1.45
    assert await presets(world, "remove", name="Moonlit") == "It is gone."
    await world.write("It began.")
    assert sampling(world).temperature != 1.45
    assert "no preset called" in await presets(world, "remove", name="Moonlit")


async def test_a_file_of_another_program_is_taken_and_what_could_not_be_is_named(world: World) -> None:
    file = ("Night Train.json", json.dumps(TAVERN).encode())
    first, values, lost = (await presets(world, "import", file=file)).split("\n")
    assert first == "**Night Train** is there now: /write offers it."
    assert "temperature 0.9" in values
    assert "repetition_penalty 1.1" in values
    assert lost.startswith("Could not be taken: ")
    assert "tfs 0.95" in lost
    await world.write("It began.", preset="Night Train")
    assert (sampling(world).temperature, sampling(world).top_p) == (0.9, 0.85)


@pytest.mark.parametrize("data", [b"no json", b"{}", b"[]"])
async def test_any_other_file_changes_nothing(world: World, data: bytes) -> None:
    before = await offered(world)
    assert "preset" in await presets(world, "import", file=("x.json", data))
    assert await offered(world) == before


@pytest.mark.parametrize(
    ("name", "answer"),
    [("balanced", "balanced is there already"), ("{x}", "letters and figures"), ("@everyone", "letters and figures")],
)
async def test_a_name_that_cannot_be_is_refused(world: World, name: str, answer: str) -> None:
    assert answer in await presets(world, "add", name=name, meaning="m")


@pytest.mark.parametrize(("name", "meaning"), [("lolicon", "slow"), ("Moonlit", "lolicon"), ("fuck it", "slow")])
async def test_what_is_not_allowed_in_a_story_is_in_no_presets_name_and_is_told_to_moderators(
    world: World, name: str, meaning: str
) -> None:
    before = await offered(world)
    assert "This wording was not kept" in await presets(world, "add", name=name, meaning=meaning)
    file = (f"{name}.json", json.dumps(TAVERN | {"meaning": meaning}).encode())
    if meaning == "slow":
        assert "This wording was not kept" in await presets(world, "import", file=file)
    assert await offered(world) == before
    assert await world.bot.services.store.safety_events.latest(GuildId(world.guild.id))


async def test_words_in_braces_are_only_words(world: World) -> None:
    await presets(world, "add", name="Odd", meaning="{count} of {these}", temperature=0.5)
    assert (await offered(world))["Odd"] == "Odd – {count} of {these}"
    assert "{count} of {these}" in await presets(world, "list")


async def test_a_server_has_a_bounded_number_of_presets(world: World) -> None:
    for number in range(20):
        await presets(world, "add", name=f"p{number}", meaning="m")
    assert "at most 20" in await presets(world, "add", name="one more", meaning="m")
    assert len(await offered(world)) == 25
    await presets(world, "add", name="p1", meaning="other")
    assert len((await presets(world, "list")).split("\n-# ")) == 26


async def test_everybody_may_look_and_only_managers_change(world: World) -> None:
    assert "balanced" in await presets(world, "list", who=world.guest)
    for verb, options in (("add", {"name": "a", "meaning": "b"}), ("remove", {"name": "a"})):
        assert "Manage Server" in await presets(world, verb, who=world.guest, **options)


async def test_another_server_has_its_own(world: World) -> None:
    await presets(world, "add", name="Moonlit", meaning="slow", temperature=1.45)
    other = world.env.create_guild("Elsewhere")
    channel = other.create_text_channel("stories")
    member = other.add_member(world.env.create_user("stranger"))
    found = await member.autocomplete(channel, "write", "preset", "", prompt="x")
    assert "Moonlit" not in {choice["value"] for choice in found}


async def test_a_story_goes_on_though_its_preset_was_removed(world: World) -> None:
    await presets(world, "add", name="Moonlit", meaning="slow", temperature=1.45, top_k=12)
    await world.write("It began.", preset="Moonlit")
    assert await presets(world, "remove", name="Moonlit") == "It is gone."
    await world.click(world.last(), "Continue")
    assert len(world.engine.requests) == 2
    assert sampling(world).temperature != 1.45


async def test_a_file_is_answered_before_it_is_read(world: World) -> None:
    world.env.http_requests.clear()
    data = json.dumps(TAVERN).encode()
    await world.admin.slash(world.channel, "presets import", file=("Old Ones.json", data))
    first = world.env.http_requests[0]
    assert "/callback" in first.path
    assert first.json is not None
    assert first.json["type"] == 5
