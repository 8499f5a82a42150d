"""The panel of a story's world: entries that are made, changed, switched and removed, and what the model gets."""

from __future__ import annotations

from typing import Any

import pytest

from bot.ids import MessageId
from tests.cogs.test_settings import settings
from tests.cogs.test_story_lore import CHANGED, given, opened
from tests.cogs.test_write import labels, said
from tests.ui.test_hands import fields
from tests.ui.test_panel import pressed, selects
from tests.world import World, open_world, quick_settings, speaking

NONE = (
    "This story's world has no entries yet. Press New… to tell the model of somebody or something, "
    "which it then knows whenever the story names them."
)
TITLE = "**The world of this story: {} of at most 100 entries**"
FOX = {"keys": "fox, vixen", "text": "The fox is red.", "group": "animals"}
GONE = "This entry is not there any more. /story world shows those there are."


async def panel(world: World, who: Any = None) -> Any:
    """Open the panel."""
    result = await opened(world, "world", who)
    assert result.response.ephemeral
    return result.response.message


async def sent(world: World, message: Any, label: str, who: Any = None, **values: str) -> Any:
    """Press a button that opens a form, and send the form with some fields changed."""
    form = await (who or world.writer).click(message, label=label)
    there = {item["component"]["custom_id"]: item["component"].get("value", "") for item in form.modal["components"]}
    return await (who or world.writer).submit_modal(form, there | values)


async def with_fox(world: World) -> Any:
    """A story of a fox, and the panel with the fox, who was just made."""
    await world.write("The fox began.", length=20)
    return (await sent(world, await panel(world), "New…", **FOX)).response.message


async def chosen(world: World, message: Any, keys: str, who: Any = None) -> Any:
    """Choose an entry by its keys."""
    ((custom_id, select),) = selects(message).items()
    value = next(option.value for option in select.options if option.label == keys)
    return (await (who or world.writer).select(message, [value], custom_id=custom_id)).response.message


async def test_an_entry_is_made_in_a_form_and_the_model_is_told_of_it(world: World) -> None:
    await world.write("The fox began.", length=20)
    empty = await panel(world)
    assert (empty.content, labels(empty)) == (NONE, ["New…"])
    shown = (await sent(world, empty, "New…", **FOX)).response.message
    assert shown.content == (
        "The entry is kept: the model is told of it when the story has one of its keys.\n"
        f"{TITLE.format(1)}\n🟢 **fox, vixen**\n> The fox is red.\n-# The model is told of it. · Group: animals"
    )
    assert labels(shown) == ["New…", "Edit…", "Switch off", "Switch its group off", "Remove…"]
    assert (await given(world)).startswith("The fox is red.\n\nThe fox began. ")
    assert "🟩 world: 6 (fox)" in said(await opened(world, "context"))


async def test_what_the_story_does_not_name_the_model_is_not_told_of(world: World) -> None:
    await world.write("The foxes began.", length=20)
    await sent(world, await panel(world), "New…", **FOX)
    assert (await given(world)).startswith("The foxes began.")


async def test_the_list_shows_all_entries_and_which_are_on(world: World) -> None:
    shown = await with_fox(world)
    await pressed_by(world, shown, "Switch off")
    await sent(world, await panel(world), "New…", keys="*owl*", text="Wise. " * 20, group="")
    shown = await panel(world)
    assert shown.content == (
        f"{TITLE.format(2)}\n⚪ **fox, vixen** – The fox is red. · animals\n"
        "🟢 **\\*owl\\*** – Wise. Wise. Wise. Wise. Wise. Wise. Wis…"
    )
    assert labels(shown) == ["New…"]


async def pressed_by(world: World, message: Any, label: str) -> Any:
    return await pressed(world, message, label, world.writer)


async def test_an_entry_is_switched_off_and_on_and_a_second_press_changes_nothing(world: World) -> None:
    on = await with_fox(world)
    off = await pressed_by(world, on, "Switch off")
    assert "⚪ **fox, vixen**\n> The fox is red.\n-# It is switched off. · Group: animals" in off.content
    assert labels(off) == ["New…", "Edit…", "Switch on", "Switch its group on", "Remove…"]
    assert (await given(world)).startswith("The fox began.")
    again = await pressed_by(world, off, "Switch on")
    assert "🟢 **fox, vixen**" in again.content
    assert (await given(world)).startswith("The fox is red.")


async def test_a_group_is_switched_together(world: World) -> None:
    await with_fox(world)
    await sent(world, await panel(world), "New…", keys="began", text="It always begins.", group="animals")
    shown = await chosen(world, await panel(world), "fox, vixen")
    off = await pressed_by(world, shown, "Switch its group off")
    assert labels(off)[3] == "Switch its group on"
    assert (await panel(world)).content.count("⚪") == 2
    assert (await given(world)).startswith("The fox began.")
    one = await pressed_by(world, off, "Switch on")
    assert labels(one)[3] == "Switch its group off"
    await pressed_by(world, await pressed_by(world, one, "Switch its group off"), "Switch its group on")
    assert (await given(world)).startswith("The fox is red.\n\nIt always begins.\n\nThe fox began.")


async def test_the_form_for_other_words_holds_those_of_now(world: World) -> None:
    shown = await with_fox(world)
    form = await world.writer.click(shown, label="Edit…")
    assert fields(form) == {
        "Keys, with commas between them": "fox, vixen",
        "What the model is told": "The fox is red.",
        "Group": "animals",
    }
    changed = await world.writer.submit_modal(form, {"keys": "fox", "text": "The fox is grey.", "group": ""})
    assert changed.response.message.content.startswith(
        f"The entry is changed.\n{TITLE.format(1)}\n🟢 **fox**\n> The fox"
    )
    assert "Switch its group off" not in labels(changed.response.message)
    assert (await given(world)).startswith("The fox is grey.\n\nThe fox began.")


async def test_before_an_entry_goes_it_is_asked_once_more(world: World) -> None:
    asked = await pressed_by(world, await with_fox(world), "Remove…")
    assert (asked.content, labels(asked)) == ("Remove the entry **fox, vixen**?", ["Remove for good", "Keep it"])
    asked = await pressed_by(world, await pressed_by(world, asked, "Keep it"), "Remove…")
    gone = await pressed_by(world, asked, "Remove for good")
    assert gone.content == f"It is gone.\n{NONE}"
    assert (await given(world)).startswith("The fox began.")


async def test_an_entry_that_somebody_removed_meanwhile_is_said_to_be_gone(world: World) -> None:
    shown = await with_fox(world)
    form = await world.writer.click(shown, label="Edit…")
    asked, other = [
        await pressed_by(world, await chosen(world, await panel(world), "fox, vixen"), "Remove…") for _ in range(2)
    ]
    await pressed_by(world, other, "Remove for good")
    for label in ("Edit…", "Switch off", "Switch its group off", "Remove…"):
        assert said(await world.writer.click(shown, label=label)) == GONE
    assert said(await world.writer.click(asked, label="Remove for good")) == GONE
    late = await world.writer.submit_modal(form, FOX)
    assert late.response.content == GONE
    assert late.followups[-1].message.embeds[0].description == "The fox is red."
    ((custom_id, select),) = selects(shown).items()
    assert said(await world.writer.select(shown, [select.options[0].value], custom_id=custom_id)) == GONE


async def test_of_two_who_edit_an_entry_the_second_is_told_and_gets_the_words_back(world: World) -> None:
    await settings(world, "set", key="press", value="everyone")
    shown = await with_fox(world)
    first = await world.writer.click(shown, label="Edit…")
    theirs = await chosen(world, await panel(world, world.guest), "fox, vixen", world.guest)
    second = await world.guest.click(theirs, label="Edit…")
    await world.writer.submit_modal(first, FOX | {"text": "The fox is grey."})
    late = await world.guest.submit_modal(second, FOX | {"text": "The fox is blue."})
    assert late.response.content == CHANGED
    assert late.followups[-1].message.embeds[0].description == "The fox is blue."
    assert (await given(world)).startswith("The fox is grey.")


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"keys": " , "}, "An entry needs words for the model, and at least one key that brings them in."),
        ({"text": "  "}, "An entry needs words for the model, and at least one key that brings them in."),
        ({"keys": "x" * 51}, "An entry has at most 10 keys of 50 characters each, with commas between them."),
        ({"text": "He shouts: you nigger!"}, "This wording was not kept"),
        ({"keys": "you nigger"}, "This wording was not kept"),
        ({"group": "you nigger"}, "This wording was not kept"),
    ],
)
async def test_what_cannot_be_is_said_and_nothing_is_kept(world: World, changes: dict[str, str], answer: str) -> None:
    await world.write("The fox began.", length=20)
    assert said(await sent(world, await panel(world), "New…", **FOX | changes)).startswith(answer)
    assert (await panel(world)).content == NONE


async def test_many_entries_have_pages(world: World) -> None:
    await world.write("The fox began.", length=20)
    turn = await world.bot.services.store.stories.turn_of_message(MessageId(world.last().id))
    assert turn
    keeper = world.bot.services.lore
    for number in range(100):
        await keeper.add(
            turn.story_id, f"key {number}", "Words for the model and then some. " * 9, "group", world.writer.id
        )
    first = await panel(world)
    assert len(first.content) <= 2000
    assert labels(first) == ["New…", "◀", "1/5", "▶"]
    assert "**key 19**" in first.content
    assert "**key 20**" not in first.content
    second = await pressed_by(world, first, "▶")
    assert "**key 20**" in second.content
    shown = await chosen(world, second, "key 39")
    assert labels(shown) == ["New…", "Edit…", "Switch off", "Switch its group off", "Remove…", "◀", "2/5", "▶"]
    refused = await world.writer.click(shown, label="New…")
    assert said(refused) == "A story's world has at most 100 entries. Remove one first."
    gone = await pressed_by(world, await pressed_by(world, shown, "Remove…"), "Remove for good")
    assert TITLE.format(99) in gone.content


async def test_whoever_may_not_go_on_with_the_story_any_more_changes_nothing(world: World) -> None:
    await settings(world, "set", key="press", value="everyone")
    await with_fox(world)
    shown = await chosen(world, await panel(world, world.guest), "fox, vixen", world.guest)
    form = await world.guest.click(shown, label="Edit…")
    await settings(world, "set", key="press", value="author")
    for result in (
        await world.guest.click(shown, label="Switch off"),
        await world.guest.click(shown, label="Edit…"),
        await world.guest.submit_modal(form, FOX | {"text": "The fox is blue."}),
    ):
        assert said(result).startswith("Only the person who asked for this story can do that.")
    assert (await given(world)).startswith("The fox is red.")


async def test_the_panel_of_a_story_that_was_deleted_says_so(world: World) -> None:
    shown = await with_fox(world)
    await world.delete_story(world.last())
    assert "not there any more" in said(await world.writer.click(shown, label="Switch off"))


async def test_the_panel_works_after_a_restart_and_in_chinese(tmp_path: object) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")) as world:
        shown = await with_fox(world)
        await world.restart()
        async with speaking(world, world.writer, "zh-CN"):
            off = await pressed_by(world, shown, "Switch off")
            assert off.content.startswith("**这个故事的设定：1 条，最多 100 条**\n⚪ **fox, vixen**")
            assert labels(off) == ["新建…", "修改…", "开启", "开启整组", "移除…"]
            made = await sent(world, off, "新建…", keys="狐狸，太阳", text="狐狸是红的。", group="")
            assert made.response.message.content.startswith("设定已保存：故事里出现它的关键词时，模型就会看到它。")
        await world.write("那只狐狸跑了。", length=20)
        assert (await given(world)).startswith("那只狐狸跑了。")  # the world is the other story's
