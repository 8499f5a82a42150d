"""`/privacy` as people use it: look, take a copy, go, and come back within a day."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import discord
import pytest
import simcord.interactions

from bot.ids import GuildId, UserId
from bot.store import Scope
from bot.store.errors import StoreError
from bot.store.people import RETENTION
from bot.ui.erasure import to_confirm, to_take_back
from tests.cogs.test_write import labels, said
from tests.store.filling import places_of
from tests.world import World, open_world, quick_settings, speaking

DAY = 86_400


async def privacy(world: World, verb: str, who: Any = None, channel: Any = None) -> Any:
    result = await (who or world.writer).slash(channel or world.channel, f"privacy {verb}")
    assert result.response.ephemeral
    return result


async def exported(result: Any) -> dict[str, Any]:
    (attachment,) = result.response.attachments
    assert attachment.filename == "taleloom.json"
    found: dict[str, Any] = json.loads(await attachment.read())
    return found


async def press(world: World, result: Any, label: str, who: Any = None) -> Any:
    return await (who or world.writer).click(result.response.message, label=label)


async def sweep(world: World) -> None:
    cog: Any = world.bot.get_cog("Upkeep")
    await cog.sweep()


def shown(result: Any) -> discord.Message:
    """What an answer has become."""
    message: discord.Message = result.response.message
    return message


async def stories_of(world: World, who: Any) -> int:
    return (await world.bot.services.store.people.kept(UserId(who.id))).stories


async def test_show_says_in_plain_words_what_is_kept_and_why(world: World) -> None:
    await world.write("It began.")
    await world.write("It began again.")
    text = said(await privacy(world, "show"))
    assert "- Stories that you began: **2**, so that you can go on with them" in text
    assert "- Passages that you typed: **2**, so that" in text
    assert "your name is not kept" in text
    assert "/privacy export" in text
    assert "/privacy delete" in text
    assert "this server" not in text


async def test_show_names_no_kind_of_which_there_is_nothing(world: World) -> None:
    text = said(await privacy(world, "show", world.guest))
    assert "**" not in text
    assert [line for line in text.split("\n") if line.startswith("- ")] == [
        "- How often you wrote in the last minutes: so that everybody gets a turn"
    ]


async def test_show_says_how_long_the_server_keeps_stories(world: World) -> None:
    settings = world.bot.services.store.settings
    await settings.set(Scope.SERVER, GuildId(world.guild.id), RETENTION, 30, by=UserId(world.admin.id))
    assert "In this server, stories that nobody goes on with are deleted after 30 days." in said(
        await privacy(world, "show")
    )


async def test_an_export_is_a_file_with_every_word(world: World) -> None:
    await world.write("The 狐狸 said “so” and left.")
    await world.click(world.last(), "Continue")
    found = await exported(await privacy(world, "export"))
    (story,) = found["stories"]
    assert [turn["kind"] for turn in story["turns"]] == ["prompt", "model", "model"]
    assert story["turns"][0]["text"] == "The 狐狸 said “so” and left."
    assert found["user_id"] == str(world.writer.id)


async def test_an_export_holds_nothing_of_others(world: World) -> None:
    await world.write("It began.")
    found = await exported(await privacy(world, "export", world.guest))
    assert found["stories"] == []
    assert "It began" not in json.dumps(found)


@pytest.mark.parametrize(("limit", "answer"), [(2000, "as JSON"), (10, "more than Discord takes")])
async def test_what_is_too_large_for_discord_is_compressed_or_said_to_be(
    world: World, monkeypatch: pytest.MonkeyPatch, limit: int, answer: str
) -> None:
    payload = simcord.interactions.base_payload

    def limited(*args: Any, **kwargs: Any) -> Any:
        record, data = payload(*args, **kwargs)
        return record, data | {"attachment_size_limit": limit}

    monkeypatch.setattr(simcord.interactions, "base_payload", limited)
    await world.write("It began. " * 100)
    result = await privacy(world, "export")
    assert answer in said(result)
    if limit == 10:
        assert result.response.attachments == []
        return
    (attachment,) = result.response.attachments
    with zipfile.ZipFile(io.BytesIO(await attachment.read())) as archive:
        found = json.loads(archive.read("taleloom.json"))
    assert found["stories"][0]["turns"][0]["text"].startswith("It began. It began.")


async def test_delete_explains_and_does_nothing_until_confirmed(world: World) -> None:
    await world.write("It began.")
    result = await privacy(world, "delete")
    assert "all that is kept of you" in said(result)
    assert "Until then you can take it back" in said(result)
    (row,) = result.response.components
    (button,) = row["components"]
    assert (button["label"], button["style"]) == ("Delete all of it", discord.ButtonStyle.danger.value)
    await world.env.advance_time(2 * DAY)
    await sweep(world)
    assert await stories_of(world, world.writer) == 1


async def test_after_confirming_everything_is_gone_a_day_later(world: World) -> None:
    await world.write("It began.")
    await world.write("Another one.", who=world.guest)
    result = await privacy(world, "delete")
    await press(world, result, "Delete all of it")
    at = int(world.env.now().timestamp()) + DAY
    assert f"<t:{at}:R>" in shown(result).content
    assert labels(shown(result)) == ["Take it back"]

    await world.env.advance_time(DAY - 60)
    await sweep(world)
    assert await stories_of(world, world.writer) == 1
    await world.env.advance_time(120)
    await sweep(world)
    assert await stories_of(world, world.writer) == 0
    assert await stories_of(world, world.guest) == 1
    assert (await exported(await privacy(world, "export")))["turns_in_stories_of_others"] == []

    gone = await world.writer.click(world.channel.history()[0], label="Continue")
    assert "This story is not there any more." in said(gone)
    late = await press(world, result, "Take it back")
    assert "Nothing is waiting to be deleted" in shown(late).content


async def test_of_somebody_who_used_the_bot_and_was_erased_no_number_is_left(world: World) -> None:
    store, writer = world.bot.services.store, world.writer
    await store.settings.set(Scope.SERVER, GuildId(world.guild.id), "cooldown", 1, by=UserId(writer.id))
    await world.write("It began.")
    await world.click(world.last(), "Retry")
    alone = world.env.create_user("alone")
    await alone.slash("write", prompt="It began.")
    await world.written()
    await press(world, await privacy(world, "delete"), "Delete all of it")
    for user in (writer.id, alone.id):
        assert "buckets.key" in await places_of(store, user)
        await store.people.erase(UserId(user))
        assert await places_of(store, user) == set()


async def test_it_can_be_taken_back(world: World) -> None:
    await world.write("It began.")
    result = await privacy(world, "delete")
    await press(world, result, "Delete all of it")
    await press(world, result, "Take it back")
    assert shown(result).content == "Taken back. Nothing will be deleted."
    assert labels(shown(result)) == []
    await world.env.advance_time(2 * DAY)
    await sweep(world)
    assert await stories_of(world, world.writer) == 1


async def test_show_and_delete_say_what_is_pending_and_offer_to_take_it_back(world: World) -> None:
    result = await privacy(world, "delete")
    await press(world, result, "Delete all of it")
    at = int(world.env.now().timestamp()) + DAY
    await world.env.advance_time(3600)
    await world.write("It began.")  # going on does not take it back
    for verb in ("delete", "show"):
        result = await privacy(world, verb)
        assert f"<t:{at}:f>" in said(result)
        assert labels(shown(result)) == ["Take it back"]
    await press(world, result, "Take it back")
    assert labels(shown(await privacy(world, "show"))) == []


@pytest.mark.parametrize(("make", "label"), [(to_confirm, "Delete all of it"), (to_take_back, "Take it back")])
async def test_a_stranger_deletes_nothing_and_takes_nothing_back(world: World, make: Any, label: str) -> None:
    people, writer = world.bot.services.store.people, UserId(world.writer.id)
    if make is to_take_back:
        await people.request_erasure(writer)
    before = await people.erasure_requested(writer)
    channel = world.bot.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.send("x", view=make(writer, world.bot.services.texts.speak("en-US")))

    result = await world.admin.click(world.last(), label=label)

    assert said(result) == "This button belongs to somebody else. /privacy delete gives you your own."
    assert result.response.ephemeral
    assert await people.erasure_requested(writer) == before
    assert await people.erasure_requested(UserId(world.admin.id)) is None


async def test_the_buttons_work_after_a_restart(tmp_path: object) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")) as world:
        result = await privacy(world, "delete")
        await world.restart()
        await press(world, result, "Delete all of it")
        assert await world.bot.services.store.people.erasure_requested(UserId(world.writer.id))
        await world.restart()
        await press(world, result, "Take it back")
        assert await world.bot.services.store.people.erasure_requested(UserId(world.writer.id)) is None


async def test_a_store_that_does_not_answer_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> Any:
        raise StoreError

    result = await privacy(world, "delete")
    monkeypatch.setattr(world.bot.services.store.people, "request_erasure", fail)
    assert "The database did not answer" in said(await press(world, result, "Delete all of it"))
    assert labels(shown(result)) == ["Delete all of it"]


async def test_it_works_in_direct_messages(world: World) -> None:
    alone = world.env.create_user("alone")
    await alone.slash("write", prompt="It began.")
    await world.written()
    assert "Stories that you began: **1**" in said(await alone.slash("privacy show"))
    found = await exported(await alone.slash("privacy export"))
    assert found["stories"][0]["guild_id"] is None
    result = await alone.slash("privacy delete")
    await press(world, result, "Delete all of it", alone)
    assert await world.bot.services.store.people.erasure_requested(UserId(alone.id))


async def test_who_speaks_another_language_can_do_all_of_it(world: World) -> None:
    await world.write("It began.")
    async with speaking(world, world.writer, "zh-CN"):
        assert "**1**" in said(await privacy(world, "show"))
        assert (await exported(await privacy(world, "export")))["stories"]
        result = await privacy(world, "delete")
        user = world.writer.id
        await world.writer.click(result.response.message, custom_id=f"tl:erase:{user}")
        assert "<t:" in said(await privacy(world, "show"))
        await world.writer.click(result.response.message, custom_id=f"tl:keep:{user}")
        assert await world.bot.services.store.people.erasure_requested(UserId(user)) is None
