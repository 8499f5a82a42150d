"""The safety policy of a server and of a channel: who sets it, where the relaxed one holds, and what follows."""

from __future__ import annotations

from typing import Any, cast

import discord

from tests.cogs.test_settings import choices, settings
from tests.cogs.test_write import said
from tests.world import World, open_world

SWEARING = "“What the fuck,” said the captain, and the harbour was silent."


def mark_age_restricted(world: World, channel: Any) -> None:
    """Mark a channel as Discord does; the Discord in memory has no such mark of its own."""
    cast("discord.TextChannel", world.bot.get_channel(channel.id)).nsfw = True


async def shown(world: World, channel: Any = None) -> str:
    await world.write(SWEARING, channel=channel)
    return world.last(channel).content


async def test_each_place_goes_by_its_policy_and_a_channels_goes_first(world: World) -> None:
    other = world.guild.create_text_channel("other")
    assert "What the ••••" in await shown(world)
    assert await settings(world, "set", key="safety", value="strict") == "**safety** is now strict in this server."
    await settings(world, "set", key="safety", value="standard", place="channel", channel=other)
    assert "**safety** strict (this server)" in await settings(world, "show")
    assert "**safety** standard (this channel)" in await settings(world, "show", channel=other)


async def test_the_relaxed_policy_is_refused_for_a_channel_that_everybody_may_enter(world: World) -> None:
    answer = await settings(world, "set", key="safety", value="relaxed", place="channel")
    assert answer.startswith("The policy “relaxed” is for age-restricted channels alone")
    assert "**safety** standard (default)" in await settings(world, "show")


async def test_a_servers_relaxed_policy_holds_in_its_age_restricted_channels_alone(world: World) -> None:
    adults = world.guild.create_text_channel("adults")
    mark_age_restricted(world, adults)
    await settings(world, "set", key="safety", value="relaxed")
    assert "What the fuck" in await shown(world, adults)
    assert "What the ••••" in await shown(world)


async def test_a_channel_that_is_no_longer_age_restricted_goes_by_the_standard_policy(world: World) -> None:
    mark_age_restricted(world, world.channel)
    await settings(world, "set", key="safety", value="relaxed", place="channel")
    assert "What the fuck" in await shown(world)
    cast("discord.TextChannel", world.bot.get_channel(world.channel.id)).nsfw = False
    assert "What the ••••" in await shown(world)


async def test_hate_and_minors_stay_blocked_under_the_relaxed_policy(world: World) -> None:
    mark_age_restricted(world, world.channel)
    await settings(world, "set", key="safety", value="relaxed")
    refused = await world.write("A tale of lolicon.")
    assert "sexual content about minors" in said(refused)
    assert "lolicon" not in said(refused)


async def test_one_server_does_not_see_or_change_anothers() -> None:
    async with open_world() as world:
        await settings(world, "set", key="safety", value="strict")
        elsewhere = world.env.create_guild("Elsewhere")
        manager = elsewhere.create_role("Keeper", permissions=discord.Permissions(manage_guild=True))
        admin = elsewhere.add_member(world.env.create_user("other"), roles=[manager])
        channel = elsewhere.create_text_channel("general")
        result = await admin.slash(channel, "settings show")
        assert "**safety** standard (default)" in said(result)


async def test_the_choices_say_what_they_mean(world: World) -> None:
    offered = dict(await choices(world, "set", "value", "r", key="safety"))
    assert offered["relaxed: in age-restricted channels alone"] == "relaxed"
