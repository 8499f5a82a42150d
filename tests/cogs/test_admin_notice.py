"""`/admin notice`: to the channels that ask for it, once."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from structlog.testing import capture_logs

from bot.ids import ChannelId, UserId
from bot.store import Scope
from bot.ui.owner import to_confirm
from tests.cogs.owner import NOT_YOURS, administrator, owner_of
from tests.cogs.test_settings import settings
from tests.cogs.test_write import labels, said
from tests.ui.test_panel import chosen, panel, pressed, selects
from tests.world import World, open_world, quick_settings, speaking

HEADING = "-# A notice from whoever runs this bot"
MINUTE = 60


async def listening(world: World, count: int = 2) -> list[Any]:
    """Channels that ask for notices."""
    channels = [world.guild.create_text_channel(f"news-{number}") for number in range(count)]
    for channel in channels:
        await settings(world, "set", channel=channel, key="notices", value="on", place="channel")
    return channels


async def previewed(world: World, who: Any, text: str = "Down at noon.") -> Any:
    """Fill the form in, and give the preview."""
    form = await who.slash(world.channel, "admin notice")
    result = await who.submit_modal(form, {"text": text})
    assert result.response.ephemeral
    return result


async def press(who: Any, result: Any, label: str) -> Any:
    return await who.click(result.response.message, label=label)


async def test_channels_ask_for_notices_one_by_one(world: World) -> None:
    assert await settings(world, "set", key="notices", value="on") == (
        "notices holds for single channels. Choose the channel as the place and try again."
    )
    await settings(world, "set", key="notices", value="on", place="channel")
    assert "**notices** on (this channel)" in await settings(world, "show")
    other = world.guild.create_text_channel("other")
    assert "**notices** off (default)" in await settings(world, "show", channel=other)


async def test_a_channel_asks_for_notices_by_the_panel_too(world: World) -> None:
    shown = await chosen(world, await panel(world), "tl:set:server", "enabled")
    assert "notices" not in [option.value for option in selects(shown)["tl:set:server"].options]
    shown = await pressed(world, shown, "This channel instead")
    shown = await chosen(world, shown, "tl:set:channel", "notices")
    await chosen(world, shown, "tl:value:channel:notices", "on")
    assert await world.bot.services.notices.channels() == (world.channel.id,)


async def test_a_notice_is_shown_first_and_then_sent_to_those_who_ask(world: World) -> None:
    owner, channels = owner_of(world), await listening(world)
    result = await previewed(world, owner, "  Down at noon.\nBack at one. @everyone ")
    assert said(result) == f"Send this to 2 channels?\n{HEADING}\nDown at noon.\nBack at one. @everyone"
    assert labels(result.response.message) == ["Send", "Cancel"]
    assert all(world.texts(channel) == [] for channel in channels)

    sent = await press(owner, result, "Send")
    assert result.response.message.content.startswith("Being sent to 2 channels.")
    assert labels(result.response.message) == []
    await world.env.advance_time(MINUTE)
    for channel in channels:
        assert world.texts(channel) == [f"{HEADING}\nDown at noon.\nBack at one. @everyone"]
        assert not world.last(channel).mention_everyone
    assert world.texts() == []
    (told,) = sent.followups
    assert told.ephemeral
    assert told.content == "The notice is out. Channels that got it: 2; that could not: 0."


async def test_once_discord_takes_no_answers_any_more_the_end_is_told_in_a_direct_message(world: World) -> None:
    owner = owner_of(world)
    await listening(world, 1)
    result = await previewed(world, owner)
    world.env.inject_error("POST", "/webhooks/*", status=401, code=50027, times=1)
    sent = await press(owner, result, "Send")
    await world.env.advance_time(MINUTE)
    assert sent.followups == []
    assert world.texts(owner.user.dm_channel) == ["The notice is out. Channels that got it: 1; that could not: 0."]


async def test_it_is_sent_once_however_often_it_is_pressed(world: World) -> None:
    owner, channels = owner_of(world), await listening(world)
    text = f"Send this to 2 channels?\n{HEADING}\nDown at noon."
    started, speak = world.bot.services.started_at, world.bot.services.texts.speak("en-US")
    here = world.bot.get_channel(world.channel.id)
    assert isinstance(here, discord.TextChannel)
    # As one's own client may: a press that was sent before the first one took the button away.
    await here.send(text, view=to_confirm("send", "Send", discord.ButtonStyle.primary, started, speak))
    message = world.last()
    await owner.click(message, label="Send")
    await here.get_partial_message(message.id).edit(
        content=text, view=to_confirm("send", "Send", discord.ButtonStyle.primary, started, speak)
    )
    await owner.click(message, label="Send")
    await world.env.advance_time(MINUTE)
    assert [len(world.texts(channel)) for channel in channels] == [1, 1]


async def test_cancelling_sends_nothing(world: World) -> None:
    owner, channels = owner_of(world), await listening(world)
    result = await previewed(world, owner)
    await press(owner, result, "Cancel")
    await world.env.advance_time(MINUTE)
    assert result.response.message.content == "Nothing was done."
    assert labels(result.response.message) == []
    assert all(world.texts(channel) == [] for channel in channels)


async def test_a_channel_that_cannot_be_reached_keeps_nobody_from_the_notice(world: World) -> None:
    owner, channels = owner_of(world), await listening(world, 3)
    result = await previewed(world, owner)
    world.env.inject_error("POST", f"/channels/{channels[0].id}/messages", status=403, code=50013)
    gone = ChannelId(1)
    await world.bot.services.store.settings.set(Scope.CHANNEL, gone, "notices", True, by=UserId(1))
    sent = await press(owner, result, "Send")
    assert result.response.message.content.startswith("Being sent to 4 channels.")
    await world.env.advance_time(MINUTE)
    assert sent.followups[-1].content == "The notice is out. Channels that got it: 2; that could not: 2."
    assert [len(world.texts(channel)) for channel in channels] == [0, 1, 1]


async def test_without_a_channel_that_asks_there_is_nothing_to_write(world: World) -> None:
    owner = owner_of(world)
    nobody = "No channel asks for notices."
    assert said(await owner.slash(world.channel, "admin notice")).startswith(nobody)
    (channel,) = await listening(world, 1)
    result = await previewed(world, owner)
    await settings(world, "reset", channel=channel, key="notices", place="channel")
    assert said(await press(owner, result, "Send")).startswith(nobody)
    assert labels(result.response.message) == ["Send", "Cancel"]


async def test_a_notice_without_words_is_not_sent(world: World) -> None:
    owner = owner_of(world)
    await listening(world, 1)
    assert said(await previewed(world, owner, " \n ")) == "The notice is empty, so nothing is sent."


@pytest.mark.parametrize("do", ["send", "stop"])
async def test_the_buttons_are_for_whoever_runs_the_bot(world: World, do: str) -> None:
    owner_of(world)
    (channel,) = await listening(world, 1)
    services, here = world.bot.services, world.bot.get_channel(world.channel.id)
    assert isinstance(here, discord.TextChannel)
    view = to_confirm(do, "Do it", discord.ButtonStyle.danger, services.started_at, services.texts.speak("en-US"))
    await here.send(f"Send this to 1 channel?\n{HEADING}\nDown at noon.", view=view)
    somebody = administrator(world, "somebody")
    for label in ("Do it", "Cancel"):
        result = await somebody.click(world.last(), label=label)
        assert said(result) == NOT_YOURS
        assert result.response.ephemeral
    assert labels(world.last()) == ["Do it", "Cancel"]
    assert world.texts(channel) == []
    assert not world.bot.is_closed()


async def test_who_ran_the_bot_when_the_form_was_opened_must_run_it_still(world: World) -> None:
    owner = owner_of(world)
    await listening(world, 1)
    form = await owner.slash(world.channel, "admin notice")
    world.bot.owner_id = world.admin.id
    refused = await owner.submit_modal(form, {"text": "Down at noon."})
    assert said(refused).strip() == NOT_YOURS
    assert refused.followups[-1].message.embeds[0].description == "Down at noon."


async def test_the_button_works_after_a_restart(tmp_path: object) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/t.db")) as world:
        owner, channels = owner_of(world), await listening(world)
        result = await previewed(world, owner)
        await world.restart()
        world.bot.owner_id = owner.id
        await press(owner, result, "Send")
        await world.env.advance_time(MINUTE)
        assert [len(world.texts(channel)) for channel in channels] == [1, 1]


async def test_each_server_reads_who_speaks_in_its_language(world: World) -> None:
    owner = owner_of(world)
    (channel,) = await listening(world, 1)
    guild = world.bot.get_guild(world.guild.id)
    assert guild
    guild.preferred_locale = discord.Locale.chinese
    async with speaking(world, owner, "zh-CN"):
        result = await previewed(world, owner, "中午停机。")
        assert said(result) == "发往 1 个频道吗？\n-# 来自机器人运营者的公告\n中午停机。"
        await press(owner, result, "发送")
    await world.env.advance_time(MINUTE)
    assert world.texts(channel) == ["-# 来自机器人运营者的公告\n中午停机。"]


async def test_a_bot_that_ends_sends_no_more_and_logs_how_far_it_came(world: World) -> None:
    owner, channels = owner_of(world), await listening(world, 3)
    await press(owner, await previewed(world, owner), "Send")
    with capture_logs() as logs:
        await world.bot.close()
    assert [len(world.texts(channel)) for channel in channels] == [1, 0, 0]
    (entry,) = [entry for entry in logs if entry["event"] == "notice sent"]
    assert (entry["got"], entry["missed"], entry["left_out"]) == (1, 0, 2)
