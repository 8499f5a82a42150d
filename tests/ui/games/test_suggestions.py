"""In an adventure the panel offers what could be done next, which nobody waits for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.engine.protocol import GenerationRequest
from tests.cogs.test_write import labels, said
from tests.fake_engine import FakeEngine
from tests.ui.games.table import Table, start
from tests.world import World, open_world, quick_settings, speaking

TOLD = " The door swung wide. Behind it a long hall lay in the dark. A candle burned at its far end, and somebody sang."
ACTIONS = (" take the candle.", " are afraid of it.", " Take the candle!\n", " listen to the song, and wait")
OFFERED = ["Do: take the candle", "Do: listen to the song"]


def script(request: GenerationRequest) -> Sequence[str]:
    """Tell, and behind “You” act: each request something else, by its seed."""
    if request.prompt.endswith("\n\nYou"):
        return [ACTIONS[(request.sampling.seed or 0) % len(ACTIONS)]]
    if request.prompt.endswith("\n\n你"):
        return ["拿起蜡烛。"]
    return [f" {word}" for word in TOLD.split()]


async def play(world: World) -> Table:
    """An adventure after its first passage."""
    world.engine.script = script
    table = await start(world, "adventure", opening="You stand before a red door.")
    await table.write("open the door", button="Do")
    return table


def offered(table: Table) -> list[str]:
    return sorted((label for label in table.buttons() if label and label.startswith("Do: ")), reverse=True)


async def test_actions_are_offered_after_a_passage_each_once_and_none_that_is_no_action(world: World) -> None:
    table = await play(world)
    assert offered(table) == OFFERED
    assert table.buttons()[:3] == ["Do", "Say", "Tell"]
    asked = [request for request in world.engine.requests if request.prompt.endswith("\n\nYou")]
    assert len({request.sampling.seed for request in asked}) == 16
    assert ["You open the door." in request.prompt for request in asked] == [False] * 8 + [True] * 8


async def test_they_are_there_from_the_opening_on_and_others_after_an_undo(world: World) -> None:
    world.engine.script = script
    table = await start(world, "adventure", opening="You stand before a red door.")
    assert offered(table) == OFFERED
    await table.click("Do: take the candle")
    *_, passage = [message for message in table.channel.history() if "Undo" in labels(message)]
    world.engine.script = lambda request: [" go back."] if request.prompt.endswith("\n\nYou") else script(request)
    await world.writer.click(passage, label="Undo")
    await world.written()
    assert offered(table) == ["Do: go back"]
    assert world.engine.requests[-1].prompt.endswith("You take the candle.\n\nYou")


async def test_one_that_is_pressed_is_done_as_if_it_was_typed(world: World) -> None:
    table = await play(world)
    await table.click("Do: take the candle", world.guest)
    assert "> You take the candle." in table.passages
    stored = await table.stored()
    assert [player.turns for player in stored.game.players] == [1, 1]


async def test_one_of_an_earlier_step_says_so_and_does_nothing(world: World) -> None:
    table = await play(world)
    # simcord presses nothing that is gone; Discord does.
    old = table.panel
    world.env.inject_error("PATCH", f"/channels/*/messages/{old.id}", status=500, times=1)
    world.env.inject_error("DELETE", f"/channels/*/messages/{old.id}", status=403, code=50013, times=1)
    await table.click("Do: take the candle")
    late = await world.guest.click(old, label="Do: listen to the song")
    assert "The story has gone on since then" in said(late)
    assert "> You listen to the song." not in table.passages
    assert table.passages.count("> You take the candle.") == 1


async def test_they_are_there_after_a_restart(tmp_path: Path) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")) as world:
        table = await play(world)
        await world.restart()
        assert offered(table) == OFFERED
        await table.click("Do: take the candle")
        assert "> You take the candle." in table.passages


async def test_nobody_waits_for_them_and_a_turn_that_is_taken_drops_them(world: World) -> None:
    def slow(request: GenerationRequest) -> Sequence[str]:
        if request.prompt.endswith("\n\nYou"):
            world.engine.hold()
        return script(request)

    table = await play(world)
    world.engine.script = slow
    await table.write("wait", button="Do")
    assert offered(table) == []
    assert "Who goes on?" in table.waits_for
    world.engine.script = script
    await table.host("pause")
    world.engine.go_on()
    await world.env.settle()
    assert offered(table) == []


async def test_what_safety_refuses_is_not_offered(world: World) -> None:
    world.engine.script = lambda request: (
        [" kill the faggot."] if request.prompt.endswith("\n\nYou") else script(request)
    )
    table = await start(world, "adventure", opening="You stand before a red door.")
    await table.write("open the door", button="Do")
    assert offered(table) == []


@pytest.mark.parametrize("game", ["relay", "lines"])
async def test_other_games_offer_none(world: World, game: str) -> None:
    world.engine.script = script
    table = await start(world, game, model_every=1)
    await table.write("A fox came in.", world.guest if game == "lines" else None)
    assert not any(request.prompt.endswith("> You") for request in world.engine.requests)
    assert offered(table) == []


async def test_in_chinese_they_are_chinese() -> None:
    story = (
        "门慢慢地打开了，里面是一条长长的走廊。走廊的尽头点着一支蜡烛，有人在那里轻轻地唱歌。"
        "歌声很远，又好像很近，你停下来听了很久很久。"
    )
    engine = FakeEngine(script=lambda request: script(request) if request.prompt.endswith("\n\n你") else [story])
    async with open_world(engine=engine) as world, speaking(world, world.writer, "zh-CN"):
        await world.writer.slash(world.channel, "story start", game="adventure", opening="你站在一扇红门前。")
        await world.written()
        table = Table(world, world.channel.threads[-1])
        await world.writer.slash(table.channel, "turn", text="打开门", form="do")
        await world.written()
        panel = table.channel.history()[-1]
        labels = [getattr(child, "label", "") for row in panel.components for child in getattr(row, "children", [])]
        assert "做：拿起蜡烛" in labels
