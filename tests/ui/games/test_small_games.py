"""Adventures, lines and words, played by what people see."""

from __future__ import annotations

import pytest
from discord import app_commands

from tests.cogs.test_write import labels, said
from tests.ui.games.table import Table, start
from tests.world import World


async def test_in_an_adventure_one_does_says_and_tells(world: World) -> None:
    table = await start(world, "adventure", opening="You stand before a red door.")
    assert table.buttons()[:3] == ["Do", "Say", "Tell"]
    await table.write("open the door", button="Do")
    assert "> You open the door." in table.passages
    await table.write("who is there?", world.guest, button="Say")
    assert '> You say, "who is there?"' in table.passages
    await table.write("It rains.", button="Tell")
    # What was asked for after it are suggestions.
    asked = next(request for request in reversed(world.engine.requests) if not request.prompt.endswith("You"))
    assert "\n\nYou open the door. The " in asked.prompt
    assert '\n\nYou say, "who is there?" The ' in asked.prompt
    assert asked.prompt.endswith(" It rains.")


async def test_dice_tell_whether_it_works_and_the_model_knows(world: World) -> None:
    table = await start(world, "adventure", opening="You stand before a red door.", dice=True)
    await table.write("open the door", button="Do")
    shown = next(message for message in table.channel.history() if "You open the door." in message.content)
    assert "the die shows " in shown.content
    told = shown.content.split("\n-# ")[0].removeprefix("> You open the door. ")
    assert told.startswith("It ")
    assert told in world.engine.requests[-1].prompt


async def test_each_adds_a_line_and_the_model_one_after_every_third(world: World) -> None:
    table = await start(world, "lines", opening="Roses are red")
    assert world.engine.requests == []
    await table.write("violets are blue", world.guest)
    assert "You wrote last" in said(await table.turn("again", world.guest))
    assert "one line here" in said(await table.turn("two\nlines", world.admin))
    await table.write("the fox is a shadow")
    asked = world.engine.requests[0]
    assert asked.prompt == "Roses are red\nviolets are blue\nthe fox is a shadow\n"
    assert "\n" in asked.sampling.stop
    assert asked.sampling.max_new_tokens <= 48
    line = table.passages[-1]
    assert "\n" not in line
    assert line


async def test_each_adds_a_word_and_sees_where_it_stands(world: World) -> None:
    table = await start(world, "words", opening="Once")
    for word, who in (("upon", world.guest), ("a", world.writer)):
        await table.write(word, who)
    assert table.passages[-1] == "Once upon **a**"
    assert "Write just one" in said(await table.turn("two words", world.guest))
    assert "Write just one" not in said(await table.turn("time", world.guest))
    assert world.engine.requests[-1].prompt == "Once upon a time"
    assert table.passages[-1].startswith("Once upon a time **")
    assert len(table.passages[-1].split()) == 5


async def test_only_the_newest_word_has_buttons(world: World) -> None:
    table = await start(world, "words", opening="Once", model_every=2)
    for word, who in (("upon", world.guest), ("a", world.writer)):
        await table.write(word, who)
    opening, *words, newest, _ = table.channel.history()
    assert "Edit" in labels(opening)
    assert [labels(message) for message in words] == [[]] * len(words)
    assert labels(newest)[-1] == "Edit"


async def test_milestones_are_told(world: World) -> None:
    table = await start(world, "words", opening="Once", model_every=0)
    for number in range(10):
        await table.turn(f"w{number}", (world.guest, world.writer)[number % 2])
    assert "🎉 10 words!" in table.passages


@pytest.mark.parametrize("game", ["relay", "adventure", "lines", "words", "vote", "duel"])
async def test_every_game_can_be_played_in_the_channel_itself(world: World, game: str) -> None:
    table = await start(world, game, place="channel")
    assert isinstance(table, Table)
    assert "Players:" in world.texts()[-1]
    assert (await table.stored()).story.channel_id == world.channel.id


async def test_what_two_words_come_to_together_is_read_as_well(world: World) -> None:
    table = await start(world, "words", model_every=0)
    await table.turn("ni-")
    refused = await table.turn("gger", world.guest)
    assert "ni-" in table.passages[-1]
    assert not any("gger" in text for text in table.passages)
    assert "slurs" in said(refused)
    await table.turn("ght", world.guest)
    assert "ght" in table.passages[-1]


async def test_the_command_offers_the_forms_that_the_buttons_have(world: World) -> None:
    table = await start(world, "adventure", opening="You stand before a red door.")
    command = world.bot.tree.get_command("turn")
    assert isinstance(command, app_commands.Command)
    form = command.get_parameter("form")
    assert form is not None
    assert {choice.name for choice in form.choices} == set(table.buttons()[:3])
    typed = {"open it": "> You open it.", "come in": '> You say, "come in', "It rained.": "It rained."}
    for choice, (text, shown) in zip(form.choices, typed.items(), strict=True):
        await table.turn(text, form=choice.value)
        assert any(shown in passage for passage in table.passages), choice.name
