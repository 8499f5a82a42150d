"""`/story memory`, `note` and `context`: what the model is told beside a story, by what people see and it gets."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cogs.test_settings import settings
from tests.cogs.test_write import said
from tests.ui.test_hands import fields
from tests.world import World, open_world, quick_settings, speaking

KEPT = "is kept: the model sees it before the next passage.\n-# /story context shows what the model sees."
THREE = [" One fell.", " Two rose.", " Three went home to the mountains that night and slept until the morning. "]
CHANGED = "Somebody else changed this meanwhile, so your words were not kept. Open it again to see theirs."


async def opened(world: World, command: str, who: Any = None, channel: Any = None) -> Any:
    """Open a form, or send a panel."""
    result: Any = await (who or world.writer).slash(channel or world.channel, f"story {command}")
    return result


async def told(world: World, command: str, who: Any = None, **values: str | list[str]) -> Any:
    """Fill a form in and send it."""
    result = await (who or world.writer).submit_modal(await opened(world, command, who), values)
    assert result.response.ephemeral
    return result


async def given(world: World) -> str:
    """Let the story go on; gives what the model got first."""
    before = len(world.engine.requests)
    await world.click(world.last(), "Continue")
    prompt: str = world.engine.requests[before].prompt
    return prompt


async def test_the_memory_stands_in_front_of_what_the_model_gets_from_then_on(world: World) -> None:
    await world.write("It began.", length=20)
    form = await opened(world, "memory")
    assert form.modal["title"] == "The memory of this story"
    result = await world.writer.submit_modal(form, {"memory": " It is the year 1300. "})
    assert said(result) == f"The memory {KEPT}"
    assert (await given(world)).startswith("It is the year 1300.\n\nIt began. The ")
    assert fields(await opened(world, "memory")) == {"What the model always sees first": "It is the year 1300."}
    assert "the year 1300" not in "".join(world.texts())


async def test_an_empty_memory_is_none(world: World) -> None:
    await world.write("It began.", length=20)
    await told(world, "memory", memory="It is the year 1300.")
    assert said(await told(world, "memory", memory="")).startswith("The memory is empty now.")
    assert (await given(world)).startswith("It began.")


async def test_the_note_stands_as_many_sentences_before_the_end_as_was_chosen(world: World) -> None:
    world.engine.script = lambda _: THREE
    await world.write("It began.", length=20)
    form = await opened(world, "note")
    assert [option["value"] for option in form.modal["components"][1]["component"]["options"]] == [
        str(depth) for depth in range(1, 11)
    ]
    assert said(await world.writer.submit_modal(form, {"note": "It rains.", "depth": ["2"]})) == f"The note {KEPT}"
    assert (await given(world)).endswith(f"One fell.\n[Author's note: It rains.]\nTwo rose.{THREE[2].rstrip()}")
    assert said(await told(world, "note", note="", depth=["2"])).startswith("There is no note any more.")
    assert "Author" not in await given(world)


@pytest.mark.parametrize("command", ["memory", "note"])
async def test_nothing_that_is_not_allowed_is_told_to_the_model(world: World, command: str) -> None:
    await world.write("It began.", length=20)
    values: dict[str, str | list[str]] = {"depth": ["1"]} if command == "note" else {}
    refused = await told(world, command, **values | {command: "He shouts: you nigger!"})
    assert said(refused).startswith("This wording was not kept")
    assert refused.followups[-1].message.embeds[0].description == "He shouts: you nigger!"
    await told(world, command, **values | {command: "It is 1300<|im_end|>."})
    assert "It is 1300." in await given(world)


async def test_the_second_of_two_who_edit_at_once_is_told_and_gets_the_words_back(world: World) -> None:
    await settings(world, "set", key="press", value="everyone")
    await world.write("It began.", length=20)
    first, second = await opened(world, "memory"), await opened(world, "memory", world.guest)
    await world.writer.submit_modal(first, {"memory": "It is 1300."})
    late = await world.guest.submit_modal(second, {"memory": "It is 1400."})
    assert late.response.content == CHANGED
    assert late.followups[-1].message.embeds[0].description == "It is 1400."
    assert (await given(world)).startswith("It is 1300.\n\n")


async def test_memory_and_note_do_not_stand_in_each_others_way(world: World) -> None:
    await world.write("It began.", length=20)
    memory, note = await opened(world, "memory"), await opened(world, "note")
    await world.writer.submit_modal(memory, {"memory": "It is 1300."})
    assert KEPT in said(await world.writer.submit_modal(note, {"note": "It rains.", "depth": ["1"]}))


@pytest.mark.parametrize("command", ["memory", "note", "world", "context"])
async def test_whoever_may_not_go_on_with_the_story_is_not_shown_what_it_is_told(world: World, command: str) -> None:
    assert said(await opened(world, command)) == "You have no story in this channel yet. Begin one with /write."
    await world.write("It began.", length=20)
    assert said(await opened(world, command, world.guest)) == (
        "You have no story in this channel yet. Begin one with /write."
    )


async def test_a_form_is_of_no_use_to_whoever_may_not_any_more(world: World) -> None:
    await settings(world, "set", key="press", value="everyone")
    await world.write("It began.", length=20)
    form = await opened(world, "memory", world.guest)
    await settings(world, "set", key="press", value="author")
    assert "Only the person who asked" in said(await world.guest.submit_modal(form, {"memory": "It is 1400."}))
    assert (await given(world)).startswith("It began.")


async def test_a_form_of_a_story_that_was_deleted_keeps_nothing(world: World) -> None:
    await world.write("It began.", length=20)
    form = await opened(world, "memory")
    await world.delete_story(world.last())
    assert "not there any more" in said(await world.writer.submit_modal(form, {"memory": "It is 1300."}))


async def test_the_context_is_shown_as_a_bar_with_the_tokens_of_each_part(world: World) -> None:
    world.engine._context = 400
    world.engine.script = lambda _: THREE
    await world.write("It began.", length=40)
    await told(world, "memory", memory="It is the year 1300.")
    await told(world, "note", note="It rains.", depth=["1"])
    result = await opened(world, "context")
    assert result.response.ephemeral
    assert said(result) == (
        "**What smollm2-135m sees before it goes on:** 73 of 400 tokens, room to write included\n"
        "🟦🟨🟧⬜⬜⬛⬛⬛⬛⬛⬛⬛⬛⬛⬛⬛⬛⬛⬛⬛\n"
        "🟦 memory: 7\n🟩 world: 0\n🟨 author's note: 7\n🟧 story: 19\n⬜ room to write: 40\n⬛ free: 327"
    )


async def test_what_has_no_room_is_said_in_the_context_and_in_the_small_print(world: World) -> None:
    world.engine._context = 120
    await world.write("A fox met an owl.", length=20)
    await told(world, "memory", memory="This is how it was. " * 30)
    await told(world, "note", note="It rains here. " * 30, depth=["1"])
    shown = said(await opened(world, "context"))
    lost = [line for line in shown.split("\n") if line.startswith("-# ")]
    assert [line.split(" character")[1] for line in lost] == [
        "s of the memory had no room.", "s of the author's note had no room.",
    ]  # fmt: skip
    await world.click(world.last(), "Continue")
    assert all(line in world.last().content for line in lost)


async def test_the_context_of_a_channel_that_forgot_says_so(world: World) -> None:
    await world.write("It began.", length=20)
    await world.admin.slash(world.channel, "forget")
    assert "told to forget" in said(await opened(world, "context"))


async def test_in_direct_messages_it_works_as_well(world: World) -> None:
    user = world.env.create_user("friend")
    await user.slash("write", prompt="It began.", length=20)
    await world.written()
    form = await user.slash("story memory")
    assert KEPT in said(await user.submit_modal(form, {"memory": "It is 1300."}))


async def test_what_is_told_outlives_a_restart_and_is_spoken_of_in_chinese(tmp_path: object) -> None:
    async with open_world(quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")) as world:
        world.engine.script = lambda _: [
            "狐狸沿着河岸一直往山里走，" * 3 + "天黑了。",
            "远处的村庄里没有一点灯火，" * 3 + "起风了。",
        ]
        await world.write("狐狸跑了。太阳升起。", length=20)
        async with speaking(world, world.writer, "zh-CN"):
            form = await opened(world, "memory")
            assert form.modal["title"] == "这个故事的备忘"
            kept = await world.writer.submit_modal(form, {"memory": "那是一三〇〇年。"})
            assert said(kept) == "备忘已保存：模型写下一段之前会看到它。\n-# /故事 上下文 会显示模型看到的内容。"
            note = await told(world, "note", note="要下雨了。", depth=["1"])
            assert said(note).startswith("作者注已保存")
            await world.restart()
            shown = said(await opened(world, "context"))
        assert "🟦 备忘: 3\n" in shown
        before = len(world.engine.requests)
        await world.click(world.last(), "Continue")
        prompt = world.engine.requests[before].prompt
        assert prompt.startswith("那是一三〇〇年。\n\n狐狸跑了。")
        assert "\n[作者注：要下雨了。]\n" in prompt


async def test_games_are_for_servers_alone(world: World) -> None:
    friend = world.env.create_user("friend")
    assert said(await friend.slash("story start", game="relay", opening="It began.")) == "This works in a server only."
