"""When a story ends its title page stands beneath it, and the archive has all of it."""

from __future__ import annotations

import io
from typing import Any

import discord
import pytest
from PIL import Image

from bot.ids import UserId
from bot.store import Scope
from bot.ui.charts import ACCENT, BACKGROUND, OTHER
from tests.cogs.test_write import labels, said
from tests.ui.games.table import Table, custom_id_of, start
from tests.world import World, speaking


@pytest.fixture
async def told(world: World) -> Table:
    """A relay that two people and the model have written in."""
    table = await start(world, "relay", order="anyone", minutes=0, title="The *Red* Door")
    await table.write("A fox came in.")
    await table.write("It sat down, looked about and slept.", world.guest)
    return table


async def keep_in(world: World, archive: int) -> None:
    """Let the server's setting name a channel as the archive."""
    settings = world.bot.services.store.settings
    await settings.set(Scope.SERVER, world.guild.id, "archive", archive, by=UserId(world.admin.id))


def title_page(channel: Any) -> discord.Message:
    """The newest message that names a story and its authors."""
    found: discord.Message = next(message for message in reversed(channel.history()) if message.content[0] == "📖")
    return found


async def colours(message: discord.Message) -> set[tuple[int, ...]]:
    """What the picture is drawn in."""
    picture = Image.open(io.BytesIO(await message.attachments[0].read()))
    assert picture.size == (900, 360)
    return {colour for _, colour in picture.getcolors(100_000) or []}  # type: ignore[misc]


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


async def test_a_title_page_names_the_authors_and_how_it_was_written(told: Table, world: World) -> None:
    await world.env.advance_time(2.5 * 86_400)
    seed = (await told.stored()).game.rules.seed
    await told.command("end")
    page = told.channel.history()[-1]
    lines = page.content.split("\n")
    assert lines[:2] == ["📖 **The \\*Red\\* Door** · Relay", "Written in 3 days."]
    assert lines[2] == f"1. <@{world.writer.id}> · 2 turns · 8 words"
    assert lines[3] == f"2. <@{world.guest.id}> · 1 turn · 7 words"
    assert lines[4].startswith("3. the model · 3 passages · ")
    assert lines[5] == f"-# smollm2-135m · balanced · seed {seed}"
    assert {rgb(BACKGROUND), rgb(ACCENT), rgb(OTHER)} <= await colours(page)


async def test_it_stands_there_once_however_often_the_end_is_pressed(told: Table, world: World) -> None:
    await told.host("end")
    assert "There is no story game here" in said(await told.command("end"))
    assert sum(text.startswith("📖") for text in told.passages) == 1


async def test_what_an_old_panel_offers_says_that_the_story_has_ended(told: Table, world: World) -> None:
    # simcord presses nothing that is gone; Discord does.
    old = told.panel
    world.env.inject_error("DELETE", f"/channels/*/messages/{old.id}", status=403, code=50013, times=1)
    await told.command("end")
    before = told.panel
    for label in ("Write", "Let the model go on", "Join", "Leave"):
        refused = await world.guest.click(old, label=label)
        assert "This story has ended." in said(refused)
    refused = await world.writer.select(old, ["pause"], custom_id=custom_id_of(old))
    assert "This story has ended." in said(refused)
    assert told.panel.id == before.id
    assert told.panel.content == before.content


@pytest.mark.parametrize("kind", ["relay", "vote"])
async def test_what_the_model_writes_while_a_story_is_ended_is_no_part_of_it(world: World, kind: str) -> None:
    table = await start(world, kind, quorum=1)
    world.engine.hold()
    await world.writer.click(table.panel, label="Let the model go on" if kind == "relay" else "A · 0")
    before = await table.exported()
    await world.writer.slash(table.channel, "story end")
    world.engine.go_on()
    await world.written()
    assert table.channel.history()[-1].content.startswith("📖")
    assert await table.exported() == before


async def test_where_files_may_not_be_sent_the_words_stand_alone(
    told: Table, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = discord.http.HTTPClient.send_message

    async def without_files(http: Any, channel: int, *, params: Any) -> Any:
        if params.files:
            # As `inject_error` does, which is not to be called by the bot's own work.
            path, refused = f"/channels/{channel}/messages", {"status": 403, "code": 50013, "message": "", "times": 1}
            world.env.backend.faults.append({"method": "POST", "path": path, **refused})
        return await send(http, channel, params=params)

    monkeypatch.setattr(discord.http.HTTPClient, "send_message", without_files)
    await told.command("end")
    assert title_page(told.channel).attachments == []
    assert "The story has ended." in told.waits_for


async def test_the_archive_gets_the_title_page_and_the_whole_story(told: Table, world: World) -> None:
    archive = world.guild.create_text_channel("archive")
    await keep_in(world, archive.id)
    await told.command("end")
    (page,) = archive.history()
    assert page.content.startswith("📖 **The \\*Red\\* Door** · Relay")
    assert page.content.endswith(f"It was written in <#{told.channel.id}>.")
    picture, story = page.attachments
    assert picture.filename == "words.png"
    text = (await story.read()).decode()
    assert text.startswith("# The *Red* Door\n\nThe door stood open.")
    assert "A fox came in." in text


async def test_an_archive_that_cannot_be_written_in_is_told_where_the_story_is(told: Table, world: World) -> None:
    archive = world.guild.create_text_channel("archive")
    await keep_in(world, archive.id)
    world.env.inject_error("POST", f"/channels/{archive.id}/messages", status=403, code=50013, times=5)
    await told.command("end")
    assert archive.history() == []
    assert told.passages[-1].startswith(f"The story is not in the archive <#{archive.id}>: the bot must be able")
    assert title_page(told.channel).attachments


async def test_a_channel_that_is_gone_or_another_servers_is_no_archive(told: Table, world: World) -> None:
    elsewhere = world.env.create_guild("Elsewhere").create_text_channel("archive")
    await keep_in(world, elsewhere.id)
    await told.command("end")
    assert elsewhere.history() == []
    assert "The story is not in the archive" in told.passages[-1]
    other = await start(world, "relay")
    await keep_in(world, 1234)
    await other.command("end")
    assert "The story is not in the archive <#1234>" in other.passages[-1]


async def test_stats_show_the_figures_while_it_is_played_and_after(told: Table, world: World) -> None:
    for _ in range(2):
        shown = await told.command("stats", world.guest)
        assert shown.response.ephemeral
        assert f"1. <@{world.writer.id}> · 2 turns · 8 words" in said(shown)
        assert "Begun <t:" in said(shown)
        assert rgb(OTHER) in await colours(shown.response.message)
        await world.writer.slash(told.channel, "story end")
    assert "There is no story game here" in said(await world.writer.slash(world.channel, "story stats"))


async def test_stats_of_a_vote_count_votes(world: World) -> None:
    table = await start(world, "vote", quorum=2)
    await table.click("A · 0", world.guest)
    assert "0 votes were decided, 1 vote is cast now." in said(await table.command("stats"))
    await table.click("A · 1", world.admin)
    assert "1 vote was decided, 0 votes are cast now." in said(await table.command("stats"))


async def test_a_chinese_story_ends_in_chinese(world: World) -> None:
    async with speaking(world, world.writer, "zh-CN"):
        result = await world.writer.slash(world.channel, "story start", game="relay", opening="门开着。")
        await world.written()
        assert "📖" in result.response.content
        table = Table(world, world.channel.threads[-1])
        await world.writer.slash(table.channel, "story end")
        await world.written()
        shown = said(await world.writer.slash(table.channel, "story stats"))
    page = title_page(table.channel).content
    assert "历时 1 天" in page
    assert f"1. <@{world.writer.id}> · 1 回合 · 3 词" in page
    assert "模型 · 1 段" in page
    assert "历时" not in shown


async def test_an_ended_story_stays_as_it_ended_whatever_is_pressed_beneath_its_passages(
    told: Table, world: World
) -> None:
    *_, passage = [message for message in told.channel.history() if "Retry" in labels(message)]
    story = (await told.stored()).story
    await told.command("end")
    over = "This story has ended. /story start begins another one."
    for label in ("Retry", "Undo"):
        assert said(await world.writer.click(passage, label=label)) == over
    assert said(await world.writer.slash(told.channel, "continue")) == over
    assert said(await told.command("jump", passage=1)) == over
    now = await world.bot.services.store.stories.story(story.id)
    assert now is not None
    assert now.head_id == story.head_id
