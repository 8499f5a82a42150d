"""What stands in a button's `custom_id` is found again after a restart, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime
from gettext import NullTranslations

import discord
import pytest

from bot.ids import StoryId, TurnId
from bot.turns import Turn, TurnKind
from bot.ui import buttons
from bot.ui.buttons import StopButton, StoryButton
from bot.ui.texts import Translate
from bot.writing.moves import Standing
from bot.writing.service import new_request_id
from tests.cogs.test_write import labels, said
from tests.world import AFTER, World

SPEAK = Translate("en-US", NullTranslations())
STORY, STOP = StoryButton.__discord_ui_compiled_template__, StopButton.__discord_ui_compiled_template__


def when_written(turn: TurnId, speak: Translate, *, alone: bool = False) -> discord.ui.View:
    """The buttons of a turn in the middle of a story: all of them, or those of one that has no variants."""
    shown, other = (
        Turn(
            kind=TurnKind.MODEL, text="It went on.", id=TurnId(number), story_id=StoryId(1), parent_id=TurnId(1),
            created_at=datetime.now(UTC),
        )
        for number in (turn, turn + 1)
    )  # fmt: skip
    return buttons.when_written(Standing(shown, (shown,) if alone else (shown, other), other), speak)


def custom_ids(view: discord.ui.View) -> list[str]:
    return [str(child.custom_id) for child in view.children if isinstance(child, StoryButton | StopButton)]


@pytest.mark.parametrize("turn", [1, 2**53 - 1, 10**18 - 1])
@pytest.mark.parametrize("make", [when_written, buttons.when_failed, buttons.to_show, buttons.to_bring_back])
async def test_a_story_button_finds_its_turn_again(make: object, turn: int) -> None:
    for custom_id in custom_ids(make(TurnId(turn), SPEAK)):  # type: ignore[operator]
        match = STORY.fullmatch(custom_id)
        assert match
        assert int(match["turn"]) == turn
        assert len(custom_id) <= 100
        assert not STOP.fullmatch(custom_id)


@pytest.mark.parametrize("alone", [True, False])
async def test_what_one_needs_less_often_stands_beneath_the_rest(alone: bool) -> None:
    view = when_written(TurnId(7), SPEAK, alone=alone)
    rows = [[component["custom_id"].split(":")[1] for component in row["components"]] for row in view.to_components()]
    assert rows[-2:] == [["continue", "retry", "undo", "redo", "edit"], ["more"]]
    assert rows[:-2] == ([] if alone else [["previous", "place", "next"]])


async def test_a_stop_button_finds_its_request_again() -> None:
    request = new_request_id()
    for waiting in (True, False):
        (custom_id,) = custom_ids(buttons.while_writing(request, SPEAK, waiting=waiting))
        match = STOP.fullmatch(custom_id)
        assert match
        assert match["request"] == request


@pytest.mark.parametrize(
    "custom_id", ["tl:continue:", "tl:delete:1", "tl:retry:-1", "tl:retry:1x", "xtl:retry:1", "tl:show:" + "9" * 19]
)
def test_a_story_button_is_nothing_else(custom_id: str) -> None:
    assert not STORY.fullmatch(custom_id)


@pytest.mark.parametrize("custom_id", ["tl:stop:", "tl:stop:xyz", "tl:stop:0123456789ab0", "tl:stop:0123456789AB"])
def test_a_stop_button_is_nothing_else(custom_id: str) -> None:
    assert not STOP.fullmatch(custom_id)


async def test_the_buttons_live_as_long_as_their_message() -> None:
    for view in (
        when_written(TurnId(1), SPEAK),
        buttons.when_failed(TurnId(1), SPEAK),
        buttons.to_show(TurnId(1), SPEAK),
        buttons.while_writing(new_request_id(), SPEAK),
    ):
        assert view.timeout is None


async def test_continue_and_retry_grow_from_the_right_places(world: World) -> None:
    await world.write("It began.", seed=3, length=20)
    first = world.last()
    await world.click(first, "Continue")
    await world.click(first, "Retry")
    one, following, again = world.engine.requests
    assert one.prompt == again.prompt == "It began."
    assert following.prompt.startswith("It began. The ")
    assert [asked.sampling.max_new_tokens for asked in world.engine.requests] == [20, 20, 20]
    assert again.sampling.seed != one.sampling.seed


async def test_a_finished_text_cannot_be_stopped(world: World) -> None:
    await world.write("It began.")
    message = world.last()
    assert labels(message) == AFTER
    channel = world.bot.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    old = await channel.send("old", view=buttons.while_writing(new_request_id(), SPEAK))
    result = await world.writer.click(old, label="Stop")
    assert said(result) == "This is not being written any more."
    assert result.response.ephemeral
