"""A relay, played by several people through to its end, by what they see."""

from __future__ import annotations

import asyncio

import pytest

from tests.cogs.test_write import labels, paced, said
from tests.ui.games.table import Table, custom_id_of, start
from tests.world import World


def mention(world: World) -> str:
    assert world.bot.user
    return world.bot.user.mention


@pytest.fixture
async def table(world: World) -> Table:
    """A relay of the writer and the guest."""
    begun = await start(world, "relay")
    await begun.click("Join", world.guest)
    return begun


async def test_it_begins_with_the_opening_the_models_passage_and_a_panel(world: World) -> None:
    table = await start(world, "relay")
    opening, passage = table.passages
    assert opening == "**The door stood open.**"
    assert passage.startswith("The ")
    assert "**The door stood open** · Relay" in table.panel.content
    assert f"Players: <@{world.writer.id}> (host)" in table.panel.content
    assert f"<@{world.writer.id}>, it is your turn." in table.waits_for
    assert table.buttons() == ["Write", "Let the model go on", "Pass", "Join", "Leave"]


async def test_while_the_model_writes_only_its_own_words_grow(world: World) -> None:
    world.engine.script = paced(world, [" One went by.", " Two went home.", " Three went and is not back from the sea"])
    await world.writer.slash(world.channel, "story start", game="relay", opening="The door stood open.")
    channel = world.channel.threads[-1]
    while not any("Two went home." in message.content for message in channel.history()):
        await asyncio.sleep(0.005)
    growing = next(message for message in channel.history() if "Two went home." in message.content)
    assert growing.content.lstrip().startswith("One went by.")
    await world.writer.click(growing, label="Stop")
    await world.written()
    assert "it is your turn" in Table(world, channel).waits_for


async def test_they_write_in_turns_and_the_model_after_each(table: Table, world: World) -> None:
    await table.write("A fox came in.")
    assert table.passages[2] == "A fox came in."
    assert f"<@{world.guest.id}>, it is your turn." in table.waits_for
    await table.write("It sat down.", world.guest)
    assert table.passages[4] == "It sat down."
    assert len(table.passages) == 6
    asked = world.engine.requests[-1].prompt
    assert asked.startswith("The door stood open. The ")
    assert " A fox came in. The " in asked
    assert asked.endswith(" It sat down.")


async def test_nobody_writes_out_of_turn(table: Table, world: World) -> None:
    assert "It is the turn of" in said(await table.write("Mine!", world.guest))
    assert "You are not in this story yet" in said(await table.write("Mine!", world.admin))
    assert len(table.passages) == 2


async def test_who_is_second_to_send_a_form_gets_their_words_back(table: Table, world: World) -> None:
    # An old panel that cannot be deleted stays, and its buttons are out of date.
    world.env.inject_error("DELETE", "/channels/*/messages/*", status=403, code=50013, times=1)
    old = table.panel
    first = await world.writer.click(old, label="Write")
    await table.write("A fox came in.")
    old = next(message for message in table.channel.history() if message.id == old.id)
    stale = await world.writer.select(old, ["pause"], custom_id=custom_id_of(old))
    assert "The story has gone on since then" in said(stale)
    late = await table.submit(first, "A bear came in.")
    assert "The story has gone on since then" in said(late)
    assert late.followups[-1].message.embeds[0].description == "A bear came in."
    assert "A bear came in." not in table.passages
    await table.write("It sat down.", world.guest)
    again = await world.writer.click(late.followups[-1].message, label="Write it again")
    field = again.modal["components"][0]["component"]
    assert field["value"] == "A bear came in."
    await table.submit(again, field["value"])
    assert "A bear came in." in table.passages


async def test_what_the_safety_layer_refuses_is_not_lost_and_not_posted(table: Table, world: World) -> None:
    refused = await table.write("I will kill you, faggot.")
    assert refused.followups[-1].message.embeds[0].description == "I will kill you, faggot."
    assert len(table.passages) == 2
    assert world.engine.requests[-1].prompt == "The door stood open."


async def test_too_long_a_turn_is_given_back_with_the_limit(table: Table) -> None:
    await table.command("rules", letters=20)
    refused = await table.write("A fox came in and sat down.")
    assert "A turn may have 20 characters here; this has 27." in said(refused)
    await table.write("A fox came in.")
    assert "A fox came in." in table.passages


async def test_a_turn_is_passed_and_the_host_passes_over_anybody(table: Table, world: World) -> None:
    assert "It is the turn of" in said(await table.click("Pass", world.guest))
    await table.click("Pass")
    assert f"<@{world.guest.id}>, it is your turn." in table.waits_for
    assert "Only the host" in said(await table.host("skip", world.guest))
    await table.host("skip")
    assert f"<@{world.writer.id}>, it is your turn." in table.waits_for
    assert f"<@{world.guest.id}> is passed over." in table.passages


async def test_time_reminds_and_passes_on(table: Table, world: World) -> None:
    await table.command("rules", minutes=40)
    await table.write("A fox came in.")
    await table.minutes(31)
    assert f"<@{world.guest.id}>, your time to write is nearly over." in table.passages
    await table.minutes(10)
    assert f"<@{world.guest.id}> is passed over." in table.passages
    assert f"<@{world.writer.id}>, it is your turn. There is time until <t:" in table.waits_for


async def test_a_story_that_nobody_goes_on_with_rests_until_its_host_resumes(table: Table, world: World) -> None:
    await table.command("rules", minutes=10)
    await table.click("Pass")
    await table.minutes(25)
    assert "The story is paused." in table.waits_for
    assert any("Nobody goes on, so the story is paused" in text for text in table.passages)
    assert "This story is paused" in said(await table.turn("Hello?"))
    assert "Only the host" in said(await table.click("Resume", world.guest))
    await table.click("Resume")
    assert "it is your turn" in table.waits_for


async def test_the_model_goes_on_when_it_is_asked_to(table: Table) -> None:
    await table.click("Let the model go on")
    assert len(table.passages) == 3
    assert "it is your turn" in table.waits_for


async def test_who_leaves_is_not_waited_for(table: Table, world: World) -> None:
    await table.click("Leave")
    assert f"<@{world.guest.id}>, it is your turn." in table.waits_for
    assert f"Players: <@{world.guest.id}>" in table.panel.content
    await table.click("Join")
    assert f"<@{world.writer.id}> (host)" in table.panel.content


async def test_the_host_invites_and_sends_away(table: Table, world: World) -> None:
    assert "Only the host" in said(await table.command("invite", world.guest, person=world.admin.user))
    await table.command("invite", person=world.admin.user)
    assert f"<@{world.admin.id}>" in table.panel.content
    await table.command("kick", person=world.guest.user)
    assert f"<@{world.guest.id}>" not in table.panel.content
    assert "The host has taken you out" in said(await table.click("Join", world.guest))
    await table.command("hand-over", person=world.admin.user)
    assert f"<@{world.admin.id}> (host)" in table.panel.content
    assert "Only the host" in said(await table.command("pause"))
    assert "A bot cannot play" in said(
        await table.command("invite", world.admin, person=world.env.create_user("robot", bot=True))
    )


async def test_it_is_paused_renamed_shown_and_ended_by_commands(table: Table, world: World) -> None:
    assert "The story is paused." in said(await table.command("pause"))
    assert "it is your turn" in said(await table.command("resume"))
    await table.command("rename", title="The Fox")
    assert table.panel.content.startswith("**The Fox** · Relay")
    before = table.panel.id
    await table.command("show")
    assert table.panel.id != before
    assert "The story has ended." in said(await table.command("end"))
    assert table.passages[-2].startswith("**The end.** 0 turns")
    assert labels(table.panel) == []
    assert "There is no story game here" in said(await table.turn("Hello?"))


async def test_the_list_shows_what_is_played_and_what_has_ended(table: Table, world: World) -> None:
    listed = said(await table.command("list", world.guest))
    assert "**The door stood open** · Relay" in listed
    assert f"<#{table.channel.id}>" in listed
    await table.command("end")
    assert "No story is played here now" in said(await table.command("list"))
    assert "**The door stood open** · Relay" in said(await table.command("list", ended=True))


async def test_it_ends_after_as_many_turns_as_it_was_to_have(world: World) -> None:
    table = await start(world, "relay", turns=2)
    await table.write("A fox came in.")
    await table.write("It sat down.")
    assert table.passages[-2] == f"**The end.** 2 turns, written by <@{world.writer.id}> (2)."
    assert "The story has ended." in table.waits_for


async def test_turns_can_be_typed(table: Table, world: World) -> None:
    assert "It is the turn of" in said(await table.turn("Mine!", world.guest))
    await table.turn("A fox came in.")
    assert "A fox came in." in table.passages
    assert f"<@{world.guest.id}>, it is your turn." in table.waits_for


async def test_undo_and_redo_move_the_story_and_it_goes_on_from_there(table: Table, world: World) -> None:
    await table.write("A fox came in.")
    passage = table.channel.history()[-2]
    await world.click(passage, "Undo")
    await table.write("It sat down.", world.guest)
    assert world.engine.requests[-1].prompt.endswith("A fox came in. It sat down.")


async def test_retry_writes_the_models_passage_anew_in_its_place(table: Table, world: World) -> None:
    before = table.passages[1]
    passage = next(message for message in table.channel.history() if before in message.content)
    await world.click(passage, "Retry")
    assert len(table.passages) == 2
    assert table.passages[1] != before
    assert "2/2" in labels(next(message for message in table.channel.history() if message.id == passage.id))
    assert "it is your turn" in table.waits_for


async def test_the_author_of_a_passage_edits_it(table: Table, world: World) -> None:
    await table.click("Pass")
    await table.write("A fox came inn.", world.guest)
    passage = next(message for message in table.channel.history() if "inn." in message.content)
    shown = await world.guest.click(passage, label="Edit")
    await world.guest.submit_modal(shown, {"text": "A fox came in."})
    assert "A fox came in." in table.passages
    assert "A fox came inn." not in table.passages
    assert "Only the person who asked" in said(await world.guest.click(table.channel.history()[1], label="Edit"))


async def test_while_the_model_writes_nobody_else_does(table: Table, world: World) -> None:
    world.engine.hold()
    shown = await world.writer.click(table.panel, label="Write")
    await world.writer.submit_modal(shown, {"text": "A fox came in."})
    assert "The model is writing" in table.waits_for
    assert "The model is writing" in said(await table.turn_now("Mine!", world.guest))
    assert "The model is writing" in said(await world.writer.click(table.channel.history()[1], label="Undo"))
    world.engine.go_on()
    await world.written()
    assert f"<@{world.guest.id}>, it is your turn." in table.waits_for


async def test_a_model_that_fails_leaves_the_turn_to_people(table: Table, world: World) -> None:
    world.engine.script = lambda _: []
    await table.write("A fox came in.")
    assert "Nothing readable came of this" in table.channel.history()[-2].content
    assert f"<@{world.guest.id}>, it is your turn." in table.waits_for
    world.engine.script = None
    await table.write("It sat down.", world.guest)
    assert table.passages[-1].startswith("The ")


async def test_continue_and_write_leave_a_story_that_is_played_alone(table: Table, world: World) -> None:
    refused = await world.writer.slash(table.channel, "continue")
    assert "This story is played in turns" in said(refused)


async def test_a_mention_in_its_channel_is_a_turn(table: Table, world: World) -> None:
    await world.writer.send(table.channel, f"{mention(world)} A fox came in.")
    await world.written()
    assert "A fox came in." in world.engine.requests[-1].prompt
    assert f"<@{world.guest.id}>, it is your turn." in table.waits_for
    await world.writer.send(table.channel, f"{mention(world)} And a bear.")
    await world.written()
    assert any("It is the turn of" in text for text in table.passages)


async def test_a_jump_lets_the_game_go_on_from_there(table: Table, world: World) -> None:
    await table.write("A fox came in.")
    await table.write("It sat down.", world.guest)
    await table.command("jump", passage=3)
    await table.write("It ran away.")
    assert world.engine.requests[-1].prompt.endswith(" A fox came in. It ran away.")
    assert "It sat down." not in world.engine.requests[-1].prompt


async def test_a_game_goes_into_a_file_with_its_people(table: Table, world: World) -> None:
    await table.write("A fox came in.")
    result = await table.command("export", form="md")
    assert result.followups or result.response
    page = (await result.response.message.attachments[0].read()).decode()
    assert "A fox came in." in page
    assert "writer" in page


async def test_who_has_left_the_server_is_not_waited_for(table: Table, world: World) -> None:
    await table.click("Join", world.admin)
    world.guild.remove_member(world.guest)
    await table.write("A fox came in.")
    assert f"<@{world.admin.id}>, it is your turn." in table.waits_for
    assert f"<@{world.guest.id}>" not in table.panel.content
