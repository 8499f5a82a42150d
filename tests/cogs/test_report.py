"""“Report this story”: moderators are told, and decide with a press."""

from __future__ import annotations

from typing import Any

from bot.ids import GuildId, MessageId, UserId
from bot.turns import Draft, TurnKind
from tests.cogs.test_write import said
from tests.ui.games.table import start
from tests.world import World


async def reported(world: World) -> tuple[Any, Any]:
    """Let somebody report a story; gives the log channel and the report."""
    log = world.guild.create_text_channel("log")
    await world.admin.slash(world.channel, "safety log", channel=log)
    await world.write("The fox went home.")
    answer = await world.guest.context_menu(world.channel, "Report this story", world.last())
    assert said(answer) == "Thank you. The moderators were told."
    return log, world.last(log)


async def reported_in_a_game(world: World) -> Any:
    """Let somebody report what the guest wrote in a game of the writer; gives the log channel."""
    log, _ = await reported(world)
    table = await start(world, "relay")
    await table.click("Join", world.guest)
    await table.turn("It rained.")
    await table.turn("A fox came in.", world.guest)
    passage = next(message for message in table.channel.history() if "A fox came in." in message.content)
    await world.admin.context_menu(table.channel, "Report this story", passage)
    return log


async def test_the_log_channel_is_told_who_reports_whose_story_and_where(world: World) -> None:
    _, entry = await reported(world)
    assert f"<@{world.guest.id}> reports" in entry.content
    assert f"<@{world.writer.id}> began" in entry.content
    assert world.last().jump_url in entry.content
    assert "fox" not in entry.content


async def test_a_report_is_dismissed(world: World) -> None:
    log, entry = await reported(world)
    await world.admin.click(entry, label="Dismiss")
    assert f"Dismissed by <@{world.admin.id}>" in world.last(log).content
    assert not world.last(log).components


async def test_the_story_is_deleted_wherever_it_stands(world: World) -> None:
    log, entry = await reported(world)
    await world.admin.click(entry, label="Delete the story")
    assert "The story was deleted by" in world.last(log).content
    assert world.last().content == "-# Deleted."


async def test_its_author_is_blocked_in_this_server(world: World) -> None:
    log, entry = await reported(world)
    await world.admin.click(entry, label="Block its author")
    assert "author was blocked" in world.last(log).content
    assert await world.bot.services.store.blocks.holds(GuildId(world.guild.id), UserId(world.writer.id))


async def test_in_a_game_whoever_wrote_the_passage_is_blocked(world: World) -> None:
    log = await reported_in_a_game(world)
    await world.admin.click(world.last(log), label="Block its author")
    blocks, here = world.bot.services.store.blocks, GuildId(world.guild.id)
    assert await blocks.everybody(here) == (UserId(world.guest.id),)


async def test_who_wrote_in_anothers_story_and_was_erased_leaves_nobody_to_block(world: World) -> None:
    log = await reported_in_a_game(world)
    await world.bot.services.store.people.erase(UserId(world.guest.id))
    answer = await world.admin.click(world.last(log), label="Block its author")
    assert "nobody to block" in said(answer)
    assert await world.bot.services.store.blocks.everybody(GuildId(world.guild.id)) == ()


async def test_where_the_author_was_erased_nobody_is_blocked_least_of_all_everybody(world: World) -> None:
    log, entry = await reported(world)
    store = world.bot.services.store
    turn = await store.stories.turn_of_message(MessageId(world.last().id))
    assert turn
    await store.stories.append(turn.id, Draft(kind=TurnKind.PROMPT, text="More.", author_id=UserId(world.guest.id)))
    await store.people.erase(UserId(world.writer.id))
    answer = await world.admin.click(entry, label="Block its author")
    assert "nobody to block" in said(answer)
    assert not await store.blocks.holds(GuildId(world.guild.id), UserId(world.guest.id))
    assert entry.id == world.last(log).id


async def test_the_buttons_work_after_a_restart(world: World) -> None:
    log, entry = await reported(world)
    await world.restart()
    await world.admin.click(entry, label="Dismiss")
    assert "Dismissed by" in world.last(log).content


async def test_only_moderators_decide(world: World) -> None:
    _, entry = await reported(world)
    answer = await world.guest.click(entry, label="Delete the story")
    assert "Manage Messages" in said(answer)
    assert "Deleted" not in world.last().content


async def test_without_a_log_channel_somebody_is_told_what_to_do(world: World) -> None:
    await world.write("The fox went home.")
    answer = await world.guest.context_menu(world.channel, "Report this story", world.last())
    assert "/safety log" in said(answer)


async def test_a_message_that_shows_no_passage_cannot_be_reported(world: World) -> None:
    message = await world.writer.send(world.channel, "hello")
    answer = await world.guest.context_menu(world.channel, "Report this story", message)
    assert "passage" in said(answer)


async def test_nobody_reports_without_end(world: World) -> None:
    await reported(world)
    answers = [said(await world.guest.context_menu(world.channel, "Report this story", world.last())) for _ in range(3)]
    assert answers[:2] == ["Thank you. The moderators were told."] * 2
    assert "several stories already" in answers[2]


async def test_whoever_decides_is_answered_before_the_messages_of_the_story_are_changed(world: World) -> None:
    log, entry = await reported(world)
    await world.click(world.last(), "Continue")
    world.env.http_requests.clear()
    await world.admin.click(entry, label="Delete the story")
    asked = [f"{request.method} {request.path}" for request in world.env.http_requests]
    first = next(number for number, each in enumerate(asked) if each.startswith("PATCH"))
    assert any("/callback" in each for each in asked[:first]), asked
    assert "The story was deleted by" in world.last(log).content
