"""`/me settings`: one's own values, in every server."""

from __future__ import annotations

from typing import Any

from tests.cogs.test_settings import sampling, settings
from tests.cogs.test_write import said
from tests.world import World


async def mine(world: World, who: Any = None, **options: Any) -> str:
    result = await (who or world.writer).slash(world.channel, "me settings", **options)
    assert result.response.ephemeral
    return said(result)


async def test_without_a_value_it_shows_what_holds_and_where_it_comes_from(world: World) -> None:
    text = await mine(world)
    assert text.startswith("**Your own settings, in every server**\n")
    assert "\n- default: **model** smollm2-135m · **preset** balanced · " in text
    assert "press" not in text


async def test_ones_own_value_wins_over_the_servers_and_is_taken_back_again(world: World) -> None:
    await settings(world, "set", key="temperature", value="0.5")
    assert "- your settings: **temperature** 1.1" in await mine(world, key="temperature", value="1.1")
    await world.write("It began.")
    assert sampling(world).temperature == 1.1
    await world.write("It began.", who=world.guest)
    assert sampling(world).temperature == 0.5

    assert "- this server: **temperature** 0.5" in await mine(world, key="temperature")
    await world.write("It began.")
    assert sampling(world).temperature == 0.5


async def test_what_an_admin_has_locked_is_named(world: World) -> None:
    await mine(world, key="temperature", value="1.1")
    await settings(world, "set", key="temperature", value="0.5")
    await settings(world, "set", key="locked", value="temperature")
    assert "- this server: **temperature** 0.5 (fixed by an admin)" in await mine(world)
    refused = said(await world.write("It began.", temperature=1.3))
    assert refused == "temperature is fixed in this server and cannot be chosen. Leave it out and try again."


async def test_what_only_admins_set_is_not_offered(world: World) -> None:
    offered = await world.writer.autocomplete(world.channel, "me settings", "key", "")
    assert "press" not in {choice["value"] for choice in offered}
    assert "key can be model, preset, length" in await mine(world, key="press", value="everyone")
    assert "temperature can be 0.05–2" in await mine(world, key="temperature", value="hot")
    values = await world.writer.autocomplete(world.channel, "me settings", "value", "", key="preset")
    assert "vivid" in {choice["value"] for choice in values}


async def test_what_holds_for_the_whole_server_is_not_set_for_a_channel(world: World) -> None:
    answer = await settings(world, "set", key="locked", value="length", place="channel")
    assert answer == "locked holds for the whole server. Leave the place out and try again."
