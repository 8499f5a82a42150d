"""`/settings` as those who manage a server use it, and what a member sees of it."""

from __future__ import annotations

from typing import Any

import discord
import pytest
import simcord

from bot.engine.sampling import SamplingParams
from config.settings import VOICES
from tests.cogs.test_write import said
from tests.world import World, open_world, quick_settings, speaking


async def settings(world: World, verb: str, *, who: Any = None, channel: Any = None, **options: Any) -> str:
    result = await (who or world.admin).slash(channel or world.channel, f"settings {verb}", **options)
    assert result.response.ephemeral
    return said(result)


async def choices(world: World, verb: str, option: str, text: str = "", **others: Any) -> list[tuple[str, str]]:
    offered = await world.admin.autocomplete(world.channel, f"settings {verb}", option, text, **others)
    return [(choice["name"], choice["value"]) for choice in offered]


def sampling(world: World) -> SamplingParams:
    return world.engine.requests[-1].sampling


async def test_a_value_of_the_server_holds_for_the_next_story(world: World) -> None:
    assert (
        await settings(world, "set", key="temperature", value="1.25") == "**temperature** is now 1.25 in this server."
    )
    await world.write("It began.")
    assert sampling(world).temperature == 1.25
    assert "temperature 1.25 (this server)" in world.last().content


async def test_a_channel_wins_over_its_server_and_a_server_over_its_preset(world: World) -> None:
    other = world.guild.create_text_channel("other")
    await settings(world, "set", key="preset", value="vivid")
    await settings(world, "set", key="temperature", value="0.6")
    await settings(world, "set", key="temperature", value="1.5", place="channel")

    await world.write("It began.")
    assert (sampling(world).temperature, sampling(world).min_p) == (1.5, 0.05)
    await world.write("It began.", channel=other)
    assert (sampling(world).temperature, sampling(world).min_p) == (0.6, 0.05)
    await world.write("It began.", channel=other, temperature=0.9)
    assert sampling(world).temperature == 0.9

    await settings(world, "reset", key="temperature")
    await world.write("It began.", channel=other)
    assert sampling(world).temperature == 0.9  # the preset's own


async def test_who_sets_a_value_that_the_channel_hides_is_told(world: World) -> None:
    await settings(world, "set", key="top_k", value="10", place="channel")
    text = await settings(world, "set", key="top_k", value="20")
    assert text == "**top_k** is now 20 in this server.\nHere this channel still says 10."


async def test_every_kind_of_value_can_be_set_as_people_type_it(world: World) -> None:
    for key, value in (
        ("length", " 64 "),
        ("top_p", "0,9"),
        ("top_k", "２０"),
        ("min_p", ".1"),
        ("repetition_penalty", "1.2"),
        ("Greedy", "Yes"),
    ):
        assert "is now" in await settings(world, "set", key=key, value=value)
    await world.write("It began.", seed=1)
    assert sampling(world) == SamplingParams(
        max_new_tokens=64,
        temperature=sampling(world).temperature,
        top_p=0.9,
        top_k=20,
        min_p=0.1,
        repetition_penalty=1.2,
        do_sample=False,
        seed=1,
    )


async def test_show_says_what_holds_here_and_why(world: World) -> None:
    await settings(world, "set", key="temperature", value="1.5", place="channel")
    await settings(world, "set", key="greedy", value="on")
    await settings(world, "set", key="preset", value="vivid")
    lines = (await settings(world, "show")).split("\n")
    assert lines[0] == "What holds in this channel:"
    assert "- **temperature** 1.5 (this channel)" in lines
    assert "- **greedy** on (this server)" in lines
    assert "- **preset** vivid (this server)" in lines
    assert "- **min_p** 0.05 (preset)" in lines
    assert any(line.startswith("- **model** smollm2-135m (default)") for line in lines)
    assert len(lines) == 1 + len(world.bot.services.resolver.keys)


async def test_reset_takes_back_one_value_or_all_of_a_place(world: World) -> None:
    for key, value in (("temperature", "1.5"), ("top_k", "10"), ("top_p", "0.5")):
        await settings(world, "set", key=key, value=value)
    await settings(world, "set", key="min_p", value="0.2", place="channel")
    assert await settings(world, "reset", key="temperature") == "1 value was taken back."
    assert await settings(world, "reset", key="temperature") == "Nothing was set there."
    assert await settings(world, "reset") == "2 values were taken back."
    await world.write("It began.")
    assert sampling(world).min_p == 0.2
    assert await settings(world, "reset", place="channel") == "1 value was taken back."
    assert "(this server)" not in await settings(world, "show")


@pytest.mark.parametrize(
    ("key", "value", "answer"),
    [
        ("temperature", "5", "temperature can be 0.05–2; 5 is not among these."),
        ("temperature", "hot", "temperature can be 0.05–2; hot is not among these."),
        ("temperature", "nan", "temperature can be 0.05–2; nan is not among these."),
        ("length", "5000", "length can be 16, 17, … 800; 5000 is not among these."),
        ("top_k", "1.5", "top_k can be 0, 1, … 1000; 1.5 is not among these."),
        ("greedy", "maybe", "greedy can be on, off; maybe is not among these."),
        ("preset", "loud", "preset can be precise, balanced, vivid, wild, greedy; loud is not among these."),
        ("model", "gpt9", f"model can be smollm2-135m, {', '.join(VOICES)}; gpt9 is not among these."),
        ("volume", "9", "key can be model, preset, length, temperature"),
    ],
)
async def test_a_wrong_value_is_refused_with_what_is_allowed(world: World, key: str, value: str, answer: str) -> None:
    text = await settings(world, "set", key=key, value=value)
    assert answer in text
    assert (await settings(world, "reset")) == "Nothing was set there."


async def test_keys_are_offered_with_their_present_value_and_its_source(world: World) -> None:
    await settings(world, "set", key="temperature", value="1.5", place="channel")
    offered = await choices(world, "set", "key")
    assert ("temperature: 1.5 (this channel)", "temperature") in offered
    assert ("greedy: off (default)", "greedy") in offered
    assert len(offered) == len(world.bot.services.resolver.keys)
    assert [value for _, value in await choices(world, "reset", "key", "TOP")] == ["top_k", "top_p"]


async def test_values_are_offered_with_what_is_allowed(world: World) -> None:
    await settings(world, "set", key="temperature", value="1.5")
    offered = await choices(world, "set", "value", "", key="temperature")
    assert offered == [("now 1.5 (this server); allowed: 0.05–2", "1.5")]
    assert ("0.7", "0.7") in await choices(world, "set", "value", "0.7", key="temperature")
    assert [value for _, value in await choices(world, "set", "value", "vi", key="preset")] == ["vivid"]
    assert [value for _, value in await choices(world, "set", "value", "", key="greedy")] == ["off", "on", "off"]
    assert await choices(world, "set", "value", "", key="nonsense") == []


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("writers", "<@&123456789012345678> <@&223456789012345678>"),
        ("press", "<@&123456789012345678>"),
        ("locked", "temperature, length"),
        ("games", "relay，adventure"),
        ("quiet_hours", "22-7"),
        ("archive", "<#123456789012345678>"),
        ("greedy", "yes"),
    ],
)
async def test_what_is_typed_is_offered_first_where_the_setting_can_be_that(world: World, key: str, typed: str) -> None:
    offered = await choices(world, "set", "value", f" {typed} ", key=key)
    assert offered == [(typed, typed)]
    assert "is now" in await settings(world, "set", key=key, value=offered[0][1])


async def test_what_a_setting_cannot_be_is_not_offered_nor_is_the_old_value_in_its_place(world: World) -> None:
    for key, typed in (("temperature", "9"), ("preset", "loud"), ("locked", "temperature, colour"), ("writers", "@A")):
        assert await choices(world, "set", "value", typed, key=key) == []
    assert [value for _, value in await choices(world, "set", "value", "temp", key="locked")] == ["temperature"]
    assert await choices(world, "set", "value", "x" * 101, key="writers") == []


async def test_the_name_that_is_typed_comes_before_those_that_hold_it(world: World) -> None:
    for name in ("A moon", "Moon", "Moonlit"):
        await world.admin.slash(world.channel, "presets add", name=name, meaning="m")
    offered = await choices(world, "set", "value", "moon", key="preset")
    assert [value for _, value in offered] == ["Moon", "A moon", "Moonlit"]


async def test_a_present_value_that_is_too_long_for_a_choice_is_not_offered_in_part(world: World) -> None:
    roles = " ".join(f"<@&{number}>" for number in range(10**17, 10**17 + 5))
    assert "is now" in await settings(world, "set", key="writers", value=roles)
    assert [value for _, value in await choices(world, "set", "value", "", key="writers")] == ["everyone"]


async def test_a_member_is_not_offered_the_command(world: World) -> None:
    assert "settings show" not in world.guest.available_commands(world.channel)
    with pytest.raises(simcord.SetupError):
        await world.guest.slash(world.channel, "settings show")


@pytest.mark.parametrize("verb", ["show", "set", "reset"])
async def test_a_member_whom_the_server_shows_the_command_is_still_refused(world: World, verb: str) -> None:
    command = next(command for command in await world.bot.tree.fetch_commands() if command.name == "settings")
    world.guild.set_command_permissions(command, {world.guest: True})
    options = {"key": "temperature", "value": "2"} if verb == "set" else {}
    assert await settings(world, verb, who=world.guest, **options) == "You need the permission Manage Server for that."
    await world.write("It began.")
    assert sampling(world).temperature != 2


async def test_settings_live_through_a_restart(tmp_path: Any) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/t.db")) as world:
        await settings(world, "set", key="temperature", value="1.5")
        await world.restart()
        await world.write("It began.")
        assert sampling(world).temperature == 1.5


async def test_among_the_models_that_the_operator_allows_a_server_chooses() -> None:
    async with open_world(quick_settings(allowed_models=("distilgpt2",))) as world:
        await settings(world, "set", key="model", value="DistilGPT2")
        await world.write("It began.")
        assert world.engine.requests[-1].model == "distilgpt2"


async def test_who_speaks_chinese_sets_in_chinese(world: World) -> None:
    async with speaking(world, world.admin, "zh-CN"):
        done = await settings(world, "set", key="greedy", value="开")
        shown = await settings(world, "show")
        refused = await settings(world, "set", key="temperature", value="9")
        offered = await choices(world, "set", "key", "temp")
    assert "**greedy**" in done
    assert "is now" not in done
    assert "What holds" not in shown
    assert "this server" not in shown
    assert "can be" not in refused
    assert "0.05–2" in refused
    assert "default" not in offered[0][0]
    assert "model)" not in offered[0][0]


async def test_a_thread_goes_by_its_channels_values_and_by_its_own_above_them(world: World) -> None:
    await settings(world, "set", key="temperature", value="0.6", place="channel")
    await settings(world, "set", key="top_p", value="0.7", place="channel")
    channel = world.bot.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.create_thread(name="aside", type=discord.ChannelType.public_thread)
    await world.env.settle()
    (thread,) = world.channel.threads

    await settings(world, "set", key="temperature", value="1.5", place="channel", channel=thread)
    await world.write("It began.", channel=thread)
    assert (sampling(world).temperature, sampling(world).top_p) == (1.5, 0.7)
    await settings(world, "reset", key="temperature", place="channel", channel=thread)
    await world.write("It began.", channel=thread)
    assert sampling(world).temperature == 0.6

    await settings(world, "set", key="enabled", value="off", place="channel")
    refused = await world.writer.slash(thread, "write", prompt="It began.")
    assert "not written in this channel" in said(refused)


async def test_greedy_goes_by_no_other_name_that_would_mean_its_opposite(world: World) -> None:
    assert "greedy" in await settings(world, "set", key="do_sample", value="off")
    await world.write("It began.")
    assert sampling(world).do_sample
    assert "length" in await settings(world, "set", key="max_new_tokens", value="20")
