"""The panel: settings to click, for a server, a channel, or oneself."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.store import Scope
from bot.ui.options import MEANINGS
from tests.cogs.test_settings import sampling
from tests.cogs.test_write import labels, said
from tests.world import World, open_world, quick_settings, speaking


async def panel(world: World, who: Any = None) -> Any:
    """Open the panel of the server."""
    return (await (who or world.admin).slash(world.channel, "settings panel")).response.message


async def chosen(world: World, message: Any, custom_id: str, *values: Any, who: Any = None) -> Any:
    """Choose in one of the panel's selects; gives the panel as it is then."""
    return (await (who or world.admin).select(message, list(values), custom_id=custom_id)).response.message


async def pressed(world: World, message: Any, label: str, who: Any = None) -> Any:
    return (await (who or world.admin).click(message, label=label)).response.message


async def stored(world: World, scope: Scope, key: str) -> Any:
    found = await world.bot.services.store.settings.get(
        user=world.writer.id, channel=world.channel.id, server=world.guild.id
    )
    return found[scope].get(key)


def selects(message: discord.Message) -> dict[str, discord.SelectMenu]:
    rows = (row for row in message.components if isinstance(row, discord.ActionRow))
    found = [child for row in rows for child in row.children if isinstance(child, discord.SelectMenu)]
    return {select.custom_id or "": select for select in found}


async def test_the_panel_opens_with_all_that_holds(world: World) -> None:
    opened = await panel(world)
    assert opened.content == (
        "**Settings of this server**\n"
        "- model: **temperature** 0.55 · **top_k** 1000 · **top_p** 0.9 · **repetition_penalty** 1.1\n"
        "- default: **model** smollm2-135m · **preset** balanced · **length** 160 · **min_p** 0 · **greedy** off"
        " · **enabled** on · **writers** everyone · **press** author · **longest** 800 · **cooldown** off"
        " · **daily_tokens** off · **server_daily_tokens** off · **quiet_hours** off · **retention_days** off"
        " · **locked** off · **games** relay, adventure, lines, words, vote, duel · **starters** everyone"
        " · **most_stories** 10 · **turn_minutes** off · **archive** off"
    )
    assert [option.value for option in selects(opened)["tl:set:server"].options][:3] == [
        "model", "preset", "max_new_tokens",
    ]  # fmt: skip
    assert labels(opened) == ["This channel instead"]


async def test_a_preset_is_chosen_and_taken_back(world: World) -> None:
    shown = await chosen(world, await panel(world), "tl:set:server", "preset")
    assert "balanced (default)" in shown.content
    shown = await chosen(world, shown, "tl:value:server:preset", "wild")
    assert "- **preset** wild (this server)" in shown.content
    await world.write("It began.")
    assert " · wild · " in world.last().content

    shown = await pressed(world, shown, "Take back")
    assert "balanced (default)" in shown.content
    assert await stored(world, Scope.SERVER, "preset") is None


async def test_a_number_is_typed_into_a_form(world: World) -> None:
    shown = await chosen(world, await panel(world), "tl:set:server", "temperature")
    form = await world.admin.click(shown, label="Type a value…")
    result = await world.admin.submit_modal(form, {"value": "1.4"})
    assert "- **temperature** 1.4 (this server)" in result.response.message.content
    await world.write("It began.")
    assert sampling(world).temperature == 1.4


async def test_every_setting_says_what_it_does(world: World) -> None:
    assert set(MEANINGS) == set(world.bot.services.resolver.keys)
    shown = await chosen(world, await panel(world), "tl:set:server", "press")
    assert shown.content.endswith("- **press** author (default)\n-# Who may press the buttons beneath somebody's story")


async def test_large_numbers_are_named_in_figures(world: World) -> None:
    shown = await chosen(world, await panel(world), "tl:set:server", "daily_tokens")
    assert shown.content.endswith(
        "- **daily_tokens** off (default)\n-# Tokens a day for each person\n-# off, 1, … 10000000"
    )


async def test_a_number_that_cannot_be_is_answered_and_nothing_changes(world: World) -> None:
    shown = await chosen(world, await panel(world), "tl:set:server", "temperature")
    form = await world.admin.click(shown, label="Type a value…")
    result = await world.admin.submit_modal(form, {"value": "hot"})
    assert "temperature can be 0.05–2; hot is not among these." in said(result)
    assert await stored(world, Scope.SERVER, "temperature") is None


async def test_the_channel_has_a_panel_of_its_own(world: World) -> None:
    shown = await pressed(world, await panel(world), "This channel instead")
    assert shown.content.startswith("**Settings of this channel**")
    shown = await chosen(world, shown, "tl:set:channel", "enabled")
    await chosen(world, shown, "tl:value:channel:enabled", "off")
    assert "Stories are not written in this channel." in said(await world.write("It began."))
    assert "locked" not in {option.value for option in selects(shown)["tl:set:channel"].options}


async def test_roles_are_chosen_as_roles(world: World) -> None:
    role = world.guild.create_role("Readers")
    shown = await chosen(world, await panel(world), "tl:set:server", "press")
    shown = await chosen(world, shown, "tl:roles:server:press", role)
    assert f"<@&{role.id}>" in shown.content
    assert await stored(world, Scope.SERVER, "press") == [role.id]
    await chosen(world, shown, "tl:value:server:press", "everyone")
    assert await stored(world, Scope.SERVER, "press") == "everyone"


async def test_a_channel_is_chosen_as_a_channel_or_typed(world: World) -> None:
    shown = await chosen(world, await panel(world), "tl:set:server", "archive")
    assert shown.content.endswith("-# The channel that keeps the stories that have ended\n-# off, #…")
    shown = await chosen(world, shown, "tl:channel:server:archive", world.channel)
    assert f"- **archive** <#{world.channel.id}> (this server)" in shown.content
    assert await stored(world, Scope.SERVER, "archive") == world.channel.id
    form = await world.admin.click(shown, label="Type a value…")
    await world.admin.submit_modal(form, {"value": "off"})
    assert await stored(world, Scope.SERVER, "archive") == 0


async def test_several_values_can_be_locked(world: World) -> None:
    shown = await chosen(world, await panel(world), "tl:set:server", "locked")
    await chosen(world, shown, "tl:value:server:locked", "temperature", "length")
    assert await stored(world, Scope.SERVER, "locked") == ["temperature", "length"]


async def test_ones_own_panel_sets_ones_own_values(world: World) -> None:
    opened = (await world.writer.slash(world.channel, "me settings")).response.message
    assert "press" not in {option.value for option in selects(opened)["tl:set:user"].options}
    shown = await chosen(world, opened, "tl:set:user", "preset", who=world.writer)
    shown = await chosen(world, shown, "tl:value:user:preset", "vivid", who=world.writer)
    assert "- **preset** vivid (your settings)" in shown.content
    assert await stored(world, Scope.USER, "preset") == "vivid"


async def test_whoever_may_not_manage_the_server_any_more_changes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = await chosen(world, await panel(world), "tl:set:server", "preset")
    monkeypatch.setattr(discord.Interaction, "permissions", discord.Permissions.none())
    result = await world.admin.select(shown, ["wild"], custom_id="tl:value:server:preset")
    assert said(result) == "You need the permission Manage Server for that."
    assert await stored(world, Scope.SERVER, "preset") is None


async def test_the_panel_works_after_a_restart_and_in_chinese(tmp_path: object) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")) as world:
        opened = await panel(world)
        await world.restart()
        async with speaking(world, world.admin, "zh-CN"):
            shown = await chosen(world, opened, "tl:set:server", "preset")
        assert shown.content.startswith("**本服务器的设置**")
