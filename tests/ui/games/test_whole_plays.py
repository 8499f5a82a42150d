"""Games in which people write, from their first word to their last, by three whom time and restarts do not spare.

The model knows each play by heart, so that channel and file can be told word for word at the end: nothing that was
written is lost, and nothing stands twice.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.ui.games.table import broken_off, knowing, lasting, page, see_the_end, start
from tests.world import World, speaking


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A server whose bot forgets nothing when it is restarted."""
    async with lasting(tmp_path) as opened:
        yield opened


@pytest.fixture
async def chinese(world: World) -> AsyncIterator[World]:
    """The same, of people who speak Chinese."""
    async with AsyncExitStack() as stack:
        for who in (world.writer, world.guest, world.admin):
            await stack.enter_async_context(speaking(world, who, "zh-CN"))
        yield world


async def test_a_relay_is_played_until_its_host_ends_it(world: World) -> None:
    ann, ben, cleo = world.writer, world.guest, world.admin
    world.engine.script = knowing(
        {
            "The door stood open.": "A cold wind came out.",
            "A fox came in.": "It shook off the snow.",
            "It carried a letter.": "The letter was for the miller.",
            "He could not read.": "So the fox read it to him.",
        }
    )
    table = await start(world, "relay", minutes=60)
    for who in (ben, cleo):
        await table.click("Join", who)

    await table.write("A fox came in.", ann)
    await table.minutes(46)
    await table.minutes(15)
    await broken_off(world, table, table.turn_now("It carried a letter.", cleo))
    assert f"<@{ann.id}>, it is your turn." in table.waits_for
    await world.restart(away_minutes=90)
    assert f"<@{ben.id}>, it is your turn." in table.waits_for
    await table.write("He could not read.", ben)
    old = table.keep_panel()
    await table.host("end", ann)

    assert table.passages == [
        "**The door stood open.**",
        "A cold wind came out.",
        "A fox came in.",
        "It shook off the snow.",
        f"<@{ben.id}>, your time to write is nearly over.",
        f"<@{ben.id}> is passed over.",
        "It carried a letter.",
        "The letter was for the miller.",
        f"<@{ann.id}> is passed over.",
        "He could not read.",
        "So the fox read it to him.",
        f"**The end.** 3 turns, written by <@{ann.id}> (1), <@{ben.id}> (1), <@{cleo.id}> (1).",
        page("The door stood open", "Relay", (ann, 2, 8), (cleo, 1, 4), (ben, 1, 4), model=(4, 23)),
    ]
    await see_the_end(
        world,
        table,
        old,
        "The door stood open. A cold wind came out. A fox came in. It shook off the snow. "
        "It carried a letter. The letter was for the miller. He could not read. So the fox read it to him.",
    )


async def test_a_relay_by_invitation_ends_after_the_last_of_its_turns(world: World) -> None:
    ann, ben, cleo = world.writer, world.guest, world.admin
    world.engine.script = knowing({"A fox came in.": "It shook off the snow."})
    table = await start(world, "relay", order="fixed", model_every=2, turns=3)
    for who in (ben, cleo):
        await table.command("invite", ann, person=who.user)

    await broken_off(world, table, table.turn_now("A fox came in.", ann))
    await table.write("It carried a letter.", ben)
    await world.restart()
    old = table.keep_panel()
    await table.write("Nobody could read it.", cleo)

    assert table.passages == [
        "**The door stood open.**",
        f"<@{ben.id}> plays now.",
        f"<@{cleo.id}> plays now.",
        "A fox came in.",
        "It shook off the snow.",
        "It carried a letter.",
        "Nobody could read it.",
        f"**The end.** 3 turns, written by <@{ann.id}> (1), <@{ben.id}> (1), <@{cleo.id}> (1).",
        page("The door stood open", "Relay", (ann, 2, 8), (ben, 1, 4), (cleo, 1, 4), model=(1, 5)),
    ]
    await see_the_end(
        world,
        table,
        old,
        "The door stood open. A fox came in. It shook off the snow. It carried a letter. Nobody could read it.",
    )


async def test_an_adventure_is_played_until_its_host_ends_it(world: World) -> None:
    ann, ben, cleo = world.writer, world.guest, world.admin
    world.engine.script = knowing(
        {
            "\n\nYou": ("take the candle.", "listen at the wall.", "go back home.", "call for help."),
            "You open the door.": "A long hall lay behind it.",
            "You take the candle.": "Its light fell on a sleeping dog.",
            'You say, "Who is there?"': "Nobody answered.",
            "Nobody answered.": "Then the dog growled.",
            "It began to rain.": "The roof leaked.",
        }
    )
    table = await start(world, "adventure", opening="You stand before a red door.", minutes=20)

    await table.write("open the door", ann, button="Do")
    await table.click("Do: take the candle", ben)
    form = await cleo.click(table.panel, label="Say")
    await broken_off(world, table, cleo.submit_modal(form, {"text": "Who is there?"}))
    assert "Do: go back home" in table.buttons()
    await world.restart(away_minutes=30)
    await table.write("It began to rain.", ann, button="Tell")
    old = table.keep_panel()
    await table.host("end", ann)

    assert table.passages == [
        "**You stand before a red door.**",
        "> You open the door.",
        "A long hall lay behind it.",
        "> You take the candle.",
        "Its light fell on a sleeping dog.",
        '> You say, "Who is there?"',
        "Nobody answered.",
        "Then the dog growled.",
        "It began to rain.",
        "The roof leaked.",
        f"**The end.** 4 turns, written by <@{ann.id}> (2), <@{ben.id}> (1), <@{cleo.id}> (1).",
        page("You stand before a red door", "Adventure", (ann, 3, 14), (cleo, 1, 5), (ben, 1, 4), model=(5, 22)),
    ]
    await see_the_end(
        world,
        table,
        old,
        "You stand before a red door.\n\nYou open the door. A long hall lay behind it.\n\n"
        "You take the candle. Its light fell on a sleeping dog.\n\n"
        'You say, "Who is there?" Nobody answered. Then the dog growled. It began to rain. The roof leaked.',
    )


async def test_an_adventure_ends_after_the_last_of_its_turns(world: World) -> None:
    ann, ben, cleo = world.writer, world.guest, world.admin
    world.engine.script = knowing(
        {
            "\n\nYou": ("knock again.", "turn around.", "run away.", "wait for rain."),
            "You knock at the door.": "An old woman opened.",
            'You say, "Good evening!"': "She did not hear it.",
        }
    )
    table = await start(world, "adventure", opening="You stand before a red door.", turns=3)

    await table.write("I knock at the door.", ben, button="Do")
    await table.write("Good evening!", cleo, button="Say")
    await world.restart()
    old = table.keep_panel()
    await table.click("Do: turn around", ann)

    assert table.passages == [
        "**You stand before a red door.**",
        "> You knock at the door.",
        "An old woman opened.",
        '> You say, "Good evening!"',
        "She did not hear it.",
        "> You turn around.",
        f"**The end.** 3 turns, written by <@{ann.id}> (1), <@{ben.id}> (1), <@{cleo.id}> (1).",
        page("You stand before a red door", "Adventure", (ann, 2, 9), (ben, 1, 5), (cleo, 1, 4), model=(2, 9)),
    ]
    await see_the_end(
        world,
        table,
        old,
        "You stand before a red door.\n\nYou knock at the door. An old woman opened.\n\n"
        'You say, "Good evening!" She did not hear it.\n\nYou turn around.',
    )


async def test_lines_are_added_until_the_host_ends_it(world: World) -> None:
    ann, ben, cleo = world.writer, world.guest, world.admin
    world.engine.script = knowing(
        {"the fox is a shadow": "that follows me home", "the moon is a coin": "which nobody spends"}
    )
    table = await start(world, "lines", opening="Roses are red", minutes=30)

    await table.write("violets are blue", ben)
    await broken_off(world, table, table.turn_now("the fox is a shadow", cleo))
    await table.write("the moon is a coin", ann)
    await world.restart(away_minutes=45)
    await table.write("on a night like this", cleo)
    old = table.keep_panel()
    await table.host("end", ann)

    lines = [
        "violets are blue",
        "the fox is a shadow",
        "that follows me home",
        "the moon is a coin",
        "which nobody spends",
        "on a night like this",
    ]
    assert table.passages == [
        "**Roses are red**",
        *lines,
        f"**The end.** 4 turns, written by <@{ann.id}> (1), <@{ben.id}> (1), <@{cleo.id}> (2).",
        page("Roses are red", "One line each", (cleo, 2, 10), (ann, 2, 8), (ben, 1, 3), model=(2, 7)),
    ]
    await see_the_end(world, table, old, "\n".join(["Roses are red", *lines]))


async def test_lines_end_after_as_many_as_they_were_to_be(world: World) -> None:
    ann, ben, cleo = world.writer, world.guest, world.admin
    world.engine.script = knowing({"the fox is a shadow": "that follows me home"})
    table = await start(world, "lines", opening="Roses are red", turns=4)

    await table.write("violets are blue", ben)
    await table.write("the fox is a shadow", cleo)
    await world.restart()
    await table.write("the moon is a coin", ben)
    old = table.keep_panel()
    await table.write("and so are you", ann)

    lines = ["violets are blue", "the fox is a shadow", "that follows me home", "the moon is a coin", "and so are you"]
    assert table.passages == [
        "**Roses are red**",
        *lines,
        f"**The end.** 4 turns, written by <@{ann.id}> (1), <@{ben.id}> (2), <@{cleo.id}> (1).",
        page("Roses are red", "One line each", (ben, 2, 8), (ann, 2, 7), (cleo, 1, 5), model=(1, 4)),
    ]
    await see_the_end(world, table, old, "\n".join(["Roses are red", *lines]))


async def test_words_are_added_until_the_host_ends_it(world: World) -> None:
    ann, ben, cleo = world.writer, world.guest, world.admin
    world.engine.script = knowing({"Once upon a time": "there was a", "there lived": "a king who"})
    table = await start(world, "words", opening="Once", minutes=30)

    await table.write("upon", ben)
    await table.write("a", cleo)
    await broken_off(world, table, table.turn_now("time", ann))
    await table.write("lived", ben)
    await world.restart(away_minutes=45)
    await table.write("fox.", cleo)
    old = table.keep_panel()
    await table.host("end", ann)

    assert table.passages == [
        "**Once**",
        "Once **upon**",
        "Once upon **a**",
        "Once upon a **time**",
        "Once upon a time **there**",
        "Once upon a time there **lived**",
        "Once upon a time there lived **a**",
        "Once upon a time there lived a **fox.**",
        f"**The end.** 5 turns, written by <@{ann.id}> (1), <@{ben.id}> (2), <@{cleo.id}> (2).",
        page("Once", "One word each", (ann, 2, 2), (ben, 2, 2), (cleo, 2, 2), model=(2, 2)),
    ]
    await see_the_end(world, table, old, "Once upon a time there lived a fox.")


async def test_words_end_with_the_tenth_which_is_a_milestone_as_well(world: World) -> None:
    ann, ben, cleo = world.writer, world.guest, world.admin
    table = await start(world, "words", opening="Once", model_every=0, turns=10)

    for number, word in enumerate(["upon", "a", "time", "a", "fox", "ate", "the", "moon", "and"]):
        await table.write(word, (ben, cleo, ann)[number % 3])
        if word == "fox":
            await world.restart()
    old = table.keep_panel()
    await table.write("slept.", ben)

    assert table.passages[-4:] == [
        "Once upon a time a fox ate the moon and **slept.**",
        "🎉 10 words!",
        f"**The end.** 10 turns, written by <@{ann.id}> (3), <@{ben.id}> (4), <@{cleo.id}> (3).",
        page("Once", "One word each", (ann, 4, 4), (ben, 4, 4), (cleo, 3, 3)),
    ]
    assert len(table.passages) == 14
    await see_the_end(world, table, old, "Once upon a time a fox ate the moon and slept.")


async def test_a_chinese_relay_ends_after_the_last_of_its_turns(chinese: World) -> None:
    ann, ben, cleo = chinese.writer, chinese.guest, chinese.admin
    chinese.engine.script = knowing(
        {
            "门开着。": "一阵冷风吹了出来。",
            "一只狐狸走了进来。": "它抖掉了身上的雪。",
            "它带着一封信。": "信是写给磨坊主的。",
        }
    )
    table = await start(chinese, "relay", opening="门开着。", minutes=60, turns=3)
    for who in (ben, cleo):
        await table.click("加入", who)

    await table.write("一只狐狸走了进来。", ann, button="写")
    await table.minutes(61)
    await broken_off(chinese, table, table.turn_now("它带着一封信。", cleo))
    await chinese.restart(away_minutes=90)
    assert f"<@{ben.id}>，轮到你了。" in table.waits_for
    old = table.keep_panel()
    await table.write("可是他不识字。", ben, button="写")

    assert table.passages == [
        "**门开着。**",
        "一阵冷风吹了出来。",
        "一只狐狸走了进来。",
        "它抖掉了身上的雪。",
        f"<@{ben.id}>，你的时间快到了。",
        f"跳过了 <@{ben.id}>。",
        "它带着一封信。",
        "信是写给磨坊主的。",
        f"跳过了 <@{ann.id}>。",
        "可是他不识字。",
        f"**完。** 共 3 回合，作者：<@{ann.id}> (1), <@{ben.id}> (1), <@{cleo.id}> (1)。",
        (
            "📖 **门开着** · 接龙\n历时 1 天。\n"
            f"1. <@{ann.id}> · 2 回合 · 11 词\n"
            f"2. <@{cleo.id}> · 1 回合 · 6 词\n"
            f"3. <@{ben.id}> · 1 回合 · 6 词\n"
            "4. 模型 · 3 段 · 24 词"
        ),
    ]
    await see_the_end(
        chinese,
        table,
        old,
        "门开着。一阵冷风吹了出来。一只狐狸走了进来。它抖掉了身上的雪。它带着一封信。信是写给磨坊主的。可是他不识字。",
    )


async def test_chinese_words_end_after_as_many_as_they_were_to_be(chinese: World) -> None:
    ann, ben, cleo = chinese.writer, chinese.guest, chinese.admin
    chinese.engine.script = knowing({"从前有一只狐狸": "走进了一片"})
    table = await start(chinese, "words", opening="从前", turns=5)

    await table.write("有", ben, button="写")
    await table.write("一只", cleo, button="写")
    await broken_off(chinese, table, table.turn_now("狐狸", ann))
    await table.write("森林", ben, button="写")
    old = table.keep_panel()
    await table.write("去了。", cleo, button="写")

    assert table.passages == [
        "**从前**",
        "从前**有**",
        "从前有**一只**",
        "从前有一只**狐狸**",
        "从前有一只狐狸**走进**",
        "从前有一只狐狸走进**森林**",
        "从前有一只狐狸走进森林**去了。**",
        f"**完。** 共 5 回合，作者：<@{ann.id}> (1), <@{ben.id}> (2), <@{cleo.id}> (2)。",
        (
            "📖 **从前** · 一人一词\n历时 1 天。\n"
            f"1. <@{ann.id}> · 2 回合 · 4 词\n"
            f"2. <@{cleo.id}> · 2 回合 · 4 词\n"
            f"3. <@{ben.id}> · 2 回合 · 3 词\n"
            "4. 模型 · 1 段 · 2 词"
        ),
    ]
    await see_the_end(chinese, table, old, "从前有一只狐狸走进森林去了。")
