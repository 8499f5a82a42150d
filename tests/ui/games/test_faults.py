"""What goes wrong around a game has one defined outcome, and nothing that was written is lost."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.games import Phase, Presence
from bot.ids import StoryId, UserId
from bot.store.blocks import EVERYBODY
from bot.store.errors import StoreError
from bot.stories.games import play
from bot.writing.errors import ServerBlockedError
from tests.cogs.test_write import said
from tests.ui.games.table import Table, lasting, start
from tests.ui.games.test_votes import cast
from tests.ui.test_hands import edit
from tests.world import World, open_world, quick_settings, speaking


def deny(world: World, table: Table) -> None:
    """Take the right to write in the channel from the bot."""
    path = f"/channels/{table.channel.id}/messages"
    world.env.inject_error("POST", path, status=403, code=50013, times=20)
    world.env.inject_error("PATCH", f"{path}/*", status=403, code=50013, times=20)


async def direct_messages(world: World) -> list[str]:
    """What the bot has written to the host alone."""
    user = await world.bot.fetch_user(world.writer.id)
    channel = user.dm_channel or await user.create_dm()
    return [message.content async for message in channel.history(oldest_first=True)]


async def kept(table: Table) -> list[str]:
    """What the store has of the story."""
    stored = await table.stored()
    return [turn.text for turn in await table.world.bot.services.store.stories.path(stored.story.head_id)]


async def test_where_the_bot_may_not_write_any_more_the_story_is_paused_and_its_host_told(world: World) -> None:
    table = await start(world, "relay")
    deny(world, table)
    await table.turn("A fox came in.")
    stored = await table.stored()
    assert stored.game.state.phase is Phase.PAUSED
    assert "A fox came in." in await kept(table)
    told = await direct_messages(world)
    assert told[-1].startswith(f"The bot can no longer write in <#{table.channel.id}>")


async def test_a_panel_that_was_deleted_comes_back_with_the_next_turn(world: World) -> None:
    table = await start(world, "relay")
    channel = world.bot.get_channel(table.channel.id)
    assert isinstance(channel, discord.Thread)
    await channel.get_partial_message(table.panel.id).delete()
    await table.turn("A fox came in.")
    assert "it is your turn" in table.waits_for


async def test_a_story_that_was_deleted_is_played_no_more(world: World) -> None:
    table = await start(world, "relay")
    passage = table.channel.history()[0]
    await world.writer.select(passage, ["delete"], custom_id=_more(passage))
    assert "There is no story game here" in said(await table.turn("A fox came in."))
    assert not [message for message in table.channel.history() if "Players:" in message.content]
    assert "A fox came in." not in table.passages
    await table.minutes(5)
    await world.click(table.channel.history()[0], "Bring back")
    assert "it is your turn" in table.waits_for
    assert world.bot.services.presenter.busy == 0


async def test_time_that_ran_out_while_the_bot_was_away_counts_once(tmp_path: Path) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")) as world:
        table = await start(world, "relay")
        await table.click("Join", world.guest)
        await table.command("rules", minutes=10)
        await table.click("Pass")
        await world.restart(away_minutes=600)
        await table.minutes(1)
        passed = [text for text in table.passages if "is passed over" in text]
        assert passed == [f"<@{who.id}> is passed over." for who in (world.writer, world.guest)]
        assert f"<@{world.writer.id}>, it is your turn." in table.waits_for


@pytest.mark.parametrize("kind", ["relay", "adventure", "lines", "words", "vote", "duel"])
async def test_every_game_goes_on_after_a_restart(kind: str, tmp_path: Path) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")) as world:
        table = await start(world, kind, quorum=1)
        before = table.passages
        await world.restart()
        assert table.passages == before
        if kind in {"vote", "duel"}:
            await cast(table, "A", world.guest)
            assert len(table.passages) > len(before)
            return
        who: Any = world.writer if kind in {"relay", "adventure"} else world.guest
        await table.write("fox", who, button="Tell" if kind == "adventure" else "Write")
        assert "fox" in table.passages[len(before)]


@pytest.mark.parametrize("kind", ["relay", "vote", "duel"])
async def test_what_the_model_was_to_write_when_the_bot_stopped_it_writes_after_the_restart(
    kind: str, tmp_path: Path
) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")) as world:
        table = await start(world, kind, quorum=1)
        world.engine.hold()
        await world.writer.click(table.panel, label="Let the model go on" if kind == "relay" else "A · 0")
        before = table.passages
        await world.restart()
        assert table.passages[: len(before)] == before
        assert len(table.passages) == len(before) + {"relay": 1, "vote": 3, "duel": 2}[kind]
        assert all(table.passages)
        assert ("it is your turn" if kind == "relay" else "How does it go on?") in table.waits_for


async def test_a_vote_that_ends_while_the_bot_is_stopping_goes_on_after_the_restart(tmp_path: Path) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")) as world:
        table = await start(world, "vote", quorum=1)
        await world.bot.drain(seconds=0)
        await cast(table, "A", world.guest)
        assert "The model is writing" in table.waits_for
        await world.restart()
        assert "How does it go on?" in table.waits_for
        assert not any("Nobody goes on" in text for text in table.passages)


async def test_what_a_channel_forgets_is_played_no_more(world: World) -> None:
    table = await start(world, "relay", place="channel")
    await world.admin.slash(world.channel, "forget")
    await world.written()
    assert "The story has ended." in table.waits_for


async def test_a_blocked_person_does_not_play(world: World) -> None:
    table = await start(world, "lines")
    await world.admin.slash(world.channel, "settings block", person=world.guest.user)
    assert "you were blocked" in said(await table.turn("a line", world.guest))
    assert "a line" not in table.passages


async def test_in_a_server_that_is_blocked_nobody_plays(world: World) -> None:
    table = await start(world, "lines")
    await world.bot.services.store.blocks.add(world.guild.id, EVERYBODY, by=world.admin.id)
    assert ServerBlockedError.template in said(await table.turn("a line", world.guest))
    assert "a line" not in table.passages


async def test_where_the_bot_is_switched_off_no_game_begins(world: World) -> None:
    await world.admin.slash(world.channel, "settings set", key="enabled", value="off")
    refused = await world.writer.slash(world.channel, "story start", game="relay", opening="It began.")
    assert "Stories are not written in this channel" in said(refused)
    assert world.channel.threads == []


async def test_an_opening_that_is_refused_makes_no_thread(world: World) -> None:
    refused = await world.writer.slash(world.channel, "story start", game="relay", opening="I will kill you, faggot.")
    assert refused.response.ephemeral
    assert world.channel.threads == []


async def test_where_no_thread_can_be_made_it_is_played_in_the_channel(world: World) -> None:
    world.env.inject_error("POST", "/channels/*/threads", status=403, code=50013, times=1)
    result = await world.writer.slash(world.channel, "story start", game="relay", opening="It began.")
    await world.written()
    assert "may not make a thread here" in result.response.content
    assert "Players:" in world.texts()[-1]


async def test_two_who_press_the_same_button_take_one_step(world: World) -> None:
    table = await start(world, "relay", order="anyone")
    # simcord takes no form from a message that is gone; Discord does.
    world.env.inject_error("DELETE", "/channels/*/messages/*", status=403, code=50013, times=1)
    one = await world.writer.click(table.panel, label="Write")
    other = await world.guest.click(table.panel, label="Write")
    await table.submit(one, "A fox came in.")
    late = await table.submit(other, "A bear came in.", world.guest)
    assert late.followups[-1].message.embeds[0].description == "A bear came in."
    assert (await kept(table)).count("A fox came in.") == 1
    assert "A bear came in." not in await kept(table)


async def test_a_game_speaks_its_hosts_language(world: World) -> None:
    async with speaking(world, world.writer, "zh-CN"):
        result = await world.writer.slash(world.channel, "story start", game="relay", opening="门开着。")
        await world.written()
        assert "人和模型轮流把故事写下去" in result.response.content
        channel = world.channel.threads[-1]
        panel = channel.history()[-1]
        assert "轮到你了" in panel.content
        shown = await world.writer.click(panel, label="写")
        assert shown.modal["components"][0]["label"] == "接下来怎样？"
        await world.writer.submit_modal(shown, {"text": "一只狐狸走了进来。"})
        await world.written()
    assert world.engine.requests[-1].prompt.endswith("一只狐狸走了进来。")


def _more(message: discord.Message) -> str:
    children = [child for row in message.components for child in getattr(row, "children", [row])]
    return str(next(child.custom_id for child in children if (child.custom_id or "").startswith("tl:more:")))


async def test_a_form_that_is_open_while_the_bot_is_started_anew_is_taken_by_the_next_one(tmp_path: Path) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")) as world:
        table = await start(world, "relay", order="anyone")
        open_form = await world.writer.click(table.panel, label="Write")
        late = await world.guest.click(table.panel, label="Write")
        # simcord takes no form of a message that is gone; Discord does.
        world.env.inject_error("DELETE", f"/channels/*/messages/{table.panel.id}", status=403, code=50013, times=5)
        await world.restart()
        await table.submit(open_form, "A fox came in.")
        assert table.passages.count("A fox came in.") == 1

        refused = await table.submit(late, "An owl came in.", world.guest)
        assert "The story has gone on since then" in said(refused)
        assert refused.response.message.embeds[0].description == "An owl came in."
        assert "An owl came in." not in table.passages


async def test_a_blocked_person_neither_votes_nor_calls_the_model_and_may_leave(world: World) -> None:
    table = await start(world, "vote", quorum=1)
    await world.admin.slash(world.channel, "settings block", person=world.guest.user)
    assert "you were blocked" in said(await cast(table, "A", world.guest))
    assert "A · 0" in table.buttons()

    relay = await start(world, "relay")
    await relay.click("Join", world.admin)
    await world.bot.services.store.blocks.add(world.guild.id, UserId(world.admin.id), by=world.writer.id)
    assert "you were blocked" in said(await relay.click("Join", world.guest))
    written = len(world.engine.requests)
    assert "you were blocked" in said(await relay.click("Let the model go on", world.admin))
    assert len(world.engine.requests) == written
    await relay.click("Leave", world.admin)
    assert (await relay.stored()).game.players[-1].presence is Presence.OUT


async def test_a_game_ends_with_its_channel(world: World) -> None:
    elsewhere = world.guild.create_text_channel("elsewhere")
    await world.writer.slash(elsewhere, "story start", game="relay", opening="It began.", place="channel")
    await world.written()
    stored = await Table(world, elsewhere).stored()
    channel = world.bot.get_channel(elsewhere.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.delete()
    await world.env.settle()
    assert not await world.bot.services.games.is_played(stored.story.id)


async def vote_among_writers(world: World, **rules: int) -> Table:
    """Begin a vote where only a role writes, which of those who are here the host alone has."""
    role = world.guild.create_role("Writers")
    host = world.guild.add_member(world.env.create_user("host"), roles=[role])
    await world.admin.slash(world.channel, "settings set", key="writers", value=f"<@&{role.id}>")
    await host.slash(world.channel, "story start", game="vote", opening="The door stood open.", **rules)
    await world.written()
    return Table(world, world.channel.threads[-1])


async def test_what_time_brings_about_is_asked_for_with_the_roles_of_the_host(world: World) -> None:
    table = await vote_among_writers(world, minutes=1)
    await cast(table, "A", world.guest)
    await table.minutes(1.1)
    assert (await table.stored()).game.state.phase is not Phase.PAUSED
    assert len(table.told) > 1


async def test_a_game_ends_with_its_thread_and_counts_no_more(world: World) -> None:
    await world.admin.slash(world.channel, "settings set", key="most_stories", value="1")
    table = await start(world, "relay")
    stored = await table.stored()
    thread = world.bot.get_channel(table.channel.id)
    assert isinstance(thread, discord.Thread)
    await thread.delete()
    await world.env.settle()
    assert not await world.bot.services.games.is_played(stored.story.id)
    await start(world, "relay")


async def test_what_was_deleted_while_the_bot_was_away_makes_room_for_another_story(tmp_path: Path) -> None:
    async with lasting(tmp_path) as world:
        await world.admin.slash(world.channel, "settings set", key="most_stories", value="1")
        table = await start(world, "relay")
        await world.bot.close()
        world.env.backend.delete_channel(table.channel.id)
        await world.restart()
        await start(world, "relay")


async def test_a_store_that_does_not_answer_once_ends_no_deadlines(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = await start(world, "vote", minutes=1)
    await cast(table, "A", world.guest)
    games, offered = world.bot.services.games, table.told
    due = games.due

    async def busy() -> tuple[StoryId, ...]:
        monkeypatch.setattr(games, "due", due)
        raise StoreError

    monkeypatch.setattr(games, "due", busy)
    await table.minutes(1.1)
    assert table.told == offered
    await table.minutes(0.6)
    assert len(table.told) > len(offered)


async def test_whoever_begins_while_another_begins_waits_for_that_and_begins_then(world: World) -> None:
    others = world.bot.services.games.beginning_in(world.guild.id)
    await others.acquire()
    asyncio.get_running_loop().call_later(1, others.release)
    started = await world.writer.slash(world.channel, "story start", game="relay", opening="It began.")
    await world.written()
    assert "📖" in started.response.content
    assert not others.locked()


async def test_the_deciding_vote_of_somebody_who_does_not_write_here_stops_nobody(world: World) -> None:
    table = await vote_among_writers(world, quorum=1)
    await cast(table, "A", world.guest)
    assert (await table.stored()).game.state.phase is Phase.VOTE
    assert len(table.told) > 1


async def test_an_edit_that_is_refused_leaves_a_vote_as_it_is(world: World) -> None:
    table = await start(world, "vote")
    await cast(table, "A", world.guest)
    before = (await table.stored()).game
    await edit(world, table.channel.history()[0], {"The passage": "I will kill you, faggot."})
    await world.written()
    assert (await table.stored()).game == before
    await cast(table, "A", world.admin)


async def test_an_edit_that_changes_nothing_leaves_a_vote_as_it_is(world: World) -> None:
    table = await start(world, "vote")
    await cast(table, "A", world.guest)
    before = (await table.stored()).game
    await edit(world, table.channel.history()[0], {})
    await world.written()
    assert (await table.stored()).game == before


async def test_a_retry_of_an_older_passage_that_comes_to_nothing_leaves_the_story_whole(world: World) -> None:
    table = await start(world, "relay")
    for text in ("A fox came in.", "It sat down."):
        await table.turn(text)
        await table.minutes(0.1)
    before, whole = table.passages, await kept(table)
    first = next(message for message in table.channel.history() if before[1] in message.content)
    world.engine.script = lambda _: []
    await world.click(first, "Retry")
    assert await kept(table) == whole
    assert table.passages == before
    assert "it is your turn" in table.waits_for


async def test_a_press_is_answered_before_the_panel_waits_for_discord(world: World) -> None:
    table = await start(world, "relay")
    path = f"/channels/*/messages/{table.panel.id}"
    world.env.inject_error("PATCH", path, status=500, times=10)
    before = table.passages[1]
    passage = next(message for message in table.channel.history() if before in message.content)
    await world.click(passage, "Retry")
    assert (await table.stored()).game.state.phase is Phase.PEOPLE


async def test_a_pause_while_the_model_writes_costs_nobody_a_turn(world: World) -> None:
    table = await start(world, "relay")
    world.engine.hold()
    shown = await world.writer.click(table.panel, label="Write")
    await world.writer.submit_modal(shown, {"text": "A fox came in."})
    story = StoryId(int(table.game_ids()[0]))
    services = world.bot.services
    await services.games.do(story, play.pause)
    await services.panels.show(story)
    passage = next(message for message in table.channel.history() if "A fox came in." in message.content)
    assert "The model is writing" in said(await world.writer.click(passage, label="Undo"))
    await world.writer.click(table.panel, label="Resume")
    world.engine.go_on()
    await world.written()
    stored = await table.stored()
    assert stored.game.state.phase is Phase.PEOPLE
    texts = await kept(table)
    assert texts[-2] == "A fox came in."
    assert len([text for text in table.passages if text == texts[-1].strip()]) == 1


async def test_a_story_that_was_deleted_while_the_model_wrote_goes_on_when_it_is_brought_back(world: World) -> None:
    table = await start(world, "relay")
    world.engine.hold()
    shown = await world.writer.click(table.panel, label="Write")
    await world.writer.submit_modal(shown, {"text": "A fox came in."})
    passage = table.channel.history()[0]
    await world.writer.select(passage, ["delete"], custom_id=_more(passage))
    world.engine.go_on()
    await world.written()
    passage = table.channel.history()[0]
    await world.click(passage, "Bring back")
    stored = await table.stored()
    assert stored.game.state.phase is Phase.PEOPLE
    assert len(await kept(table)) == 4


async def test_a_duel_whose_preset_was_removed_is_left_to_chance(world: World) -> None:
    named = {"name": "Ours", "meaning": "slow", "temperature": 1.45, "top_k": 12}
    await world.admin.slash(world.channel, "presets add", **named)
    table = await start(world, "duel", first="Ours", second="precise")
    await world.admin.slash(world.channel, "presets remove", name="Ours")
    await cast(table, "A", world.guest)
    await table.host("close")
    assert (await table.stored()).game.state.phase is Phase.VOTE


async def test_the_games_of_somebody_who_is_erased_go_on_with_the_others(world: World) -> None:
    table = await start(world, "relay")
    await table.click("Join", world.guest)
    await table.turn("A fox came in.")
    await table.turn("It sat down.", world.guest)
    assert f"<@{world.writer.id}>, it is your turn." in table.waits_for
    await world.bot.services.store.people.request_erasure(UserId(world.writer.id))
    await world.env.advance_time(25 * 3600)
    await world.written()
    stored = await table.stored()
    assert stored.story.author_id == world.guest.id
    assert f"<@{world.guest.id}>, it is your turn." in table.waits_for
    await table.turn("And then it slept.", world.guest)
    assert "And then it slept." in table.passages


async def test_while_discord_does_not_answer_a_game_is_not_taken_for_lost(world: World) -> None:
    table = await start(world, "relay")
    await table.click("Join", world.guest)
    thread = world.bot.get_channel(table.channel.id)
    assert isinstance(thread, discord.Thread)
    thread.guild._remove_thread(thread)
    world.env.inject_error("GET", f"/channels/{table.channel.id}", status=503, times=10)
    await table.minutes(1441)
    stored = await world.bot.services.games.last(table.channel.id)
    assert stored.game.state.phase is not Phase.PAUSED
    assert await direct_messages(world) == []
