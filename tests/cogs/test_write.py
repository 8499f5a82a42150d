from __future__ import annotations

import discord
import pytest

from tests.fake_engine import FakeEngine
from tests.world import AFTER, World, open_world, quick_settings, speaking


async def test_a_prompt_becomes_a_story_with_buttons_and_small_print(world: World) -> None:
    result = await world.write("The lighthouse keeper had not spoken in seven years.", seed=7)

    assert result.acknowledged
    text = world.last().content
    assert text.startswith("**The lighthouse keeper had not spoken in seven years.** The ")
    story, _, small_print = text.rpartition("\n-# ")
    assert story.endswith(".")
    assert small_print.startswith("seed 7 · balanced · smollm2-135m · 160 tokens")
    assert labels(world.last()) == AFTER


async def test_while_it_writes_the_message_grows_and_can_be_stopped(world: World) -> None:
    world.engine.hold()
    await world.begin("The door stood open.")
    assert world.bot.services.presenter.busy == 1

    world.engine.go_on()
    await world.written()

    edits = [entry for entry in world.env.http_requests if entry.method == "PATCH"]
    assert len(edits) >= 3


async def test_stop_keeps_the_finished_sentences(world: World) -> None:
    world.engine.script = paced(world, [" One went by.", " Two went home.", " Three went and is not back from the sea"])
    await world.begin("It began.")
    await shown(world, "Two went home.")

    await world.click(world.last(), "Stop")

    assert "**It began.** One went by. Two went home.\n-# " in world.last().content
    assert "Stopped." in world.last().content
    assert labels(world.last()) == AFTER


async def test_only_the_writer_and_moderators_may_stop_a_story(world: World) -> None:
    world.engine.script = paced(world, [" One went by.", " Two went home.", " Three went and is not back from the sea"])
    await world.begin("It began.")
    await shown(world, "Two went home.")

    refused = await world.guest.click(world.last(), label="Stop")
    assert refused.response.ephemeral
    assert "Only the person who asked" in refused.response.content

    await world.click(world.last(), "Stop", who=world.admin)
    assert "Stopped." in world.last().content


async def test_continue_goes_on_from_the_whole_story_in_a_message_of_its_own(world: World) -> None:
    await world.write("It began.", seed=1)
    first = world.last()

    await world.click(first, "Continue")

    assert len(world.texts()) == 2
    given = world.engine.requests[-1].prompt
    assert given.startswith("It began. The ")
    assert given.endswith(first.content.split("\n-# ")[0][-40:])
    assert not world.last().content.startswith("**")


async def test_retry_writes_another_text_from_the_same_place_with_the_same_options(world: World) -> None:
    await world.write("It began.", temperature=1.2, length=40)
    before = world.texts()
    await world.click(world.last(), "Retry")

    one, other = world.engine.requests
    assert one.prompt == other.prompt
    assert one.sampling.temperature == other.sampling.temperature == 1.2
    assert one.sampling.seed != other.sampling.seed
    assert len(world.texts()) == 1
    assert world.texts() != before


async def test_buttons_work_after_a_restart(tmp_path: object) -> None:
    settings = quick_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/taleloom.db")
    async with open_world(settings) as world:
        await world.write("It began.")
        await world.restart()

        await world.click(world.last(), "Continue")

        assert len(world.texts()) == 2
        assert world.engine.requests[-1].prompt.startswith("It began. The ")


async def test_a_stranger_is_told_whose_story_it_is(world: World) -> None:
    await world.write("It began.")
    for label in ("Continue", "Retry"):
        result = await world.guest.click(world.last(), label=label)
        assert result.response.ephemeral
        assert "Only the person who asked for this story" in result.response.content
    assert len(world.texts()) == 1


async def test_buttons_of_a_deleted_story_say_so(world: World) -> None:
    await world.write("It began.")
    await world.delete_story(world.last())

    result = await world.writer.click(world.last(), label="Continue")

    assert result.response.ephemeral
    assert "not there any more" in result.response.content


async def test_a_private_story_is_seen_by_nobody_else(world: World) -> None:
    result = await world.write("A secret.", private=True)

    assert result.response.ephemeral
    assert "**A secret.** The " in result.response.content
    assert world.texts() == []


async def test_the_same_seed_gives_the_same_story(world: World) -> None:
    await world.write("It began.", seed=11)
    await world.write("It began.", seed=11)
    one, other = (text.split("\n-# ")[0] for text in world.texts())
    assert one == other


async def test_two_people_write_at_once_and_each_gets_their_own(world: World) -> None:
    world.engine.hold()
    await world.begin("The fox slept.", who=world.writer)
    await world.begin("The owl woke.", who=world.guest)
    world.engine.go_on()
    await world.written()

    assert sorted(text.split("**")[1] for text in world.texts()) == ["The fox slept.", "The owl woke."]


async def test_a_second_story_of_the_same_person_has_to_wait_for_the_first(world: World) -> None:
    world.engine.hold()
    await world.begin("The fox slept.")
    result = await world.begin("The owl woke.")
    assert any(
        "still being written" in followup.content for followup in [result.response, *result.followups] if followup
    )
    world.engine.go_on()
    await world.written()
    assert len(world.texts()) == 1


async def test_who_waits_sees_the_place_in_line_and_can_leave() -> None:
    settings = quick_settings(engine={"max_streams": 1})
    async with open_world(settings) as world:
        world.engine.hold()
        await world.begin("The fox slept.", who=world.writer)
        await world.begin("The owl woke.", who=world.guest)
        await world.begin("The hen crowed.", who=world.admin)
        assert "You are next." in world.texts()[1]
        assert "You are number 2 in line." in world.texts()[2]

        await world.guest.click(world.channel.history()[1], label="Leave the queue")
        assert "You left the queue" in world.texts()[1]
        assert "You are next." in world.texts()[2]

        world.engine.go_on()
        await world.written()
        assert [text.split("**")[1] for text in world.texts() if "**" in text] == ["The fox slept.", "The hen crowed."]


async def test_a_full_queue_answers_at_once() -> None:
    settings = quick_settings(engine={"max_streams": 1}, limits=quick_settings().limits.model_copy(update={"queue": 0}))
    async with open_world(settings) as world:
        world.engine.hold()
        await world.begin("The fox slept.")
        result = await world.begin("The owl woke.", who=world.guest)
        assert "the queue is full" in said(result)


async def test_who_writes_too_much_is_told_when_to_go_on() -> None:
    limits = quick_settings().limits.model_copy(update={"user_burst": 1, "user_per_minute": 1.0})
    async with open_world(quick_settings(limits=limits)) as world:
        await world.write("The fox slept.")
        result = await world.write("The owl woke.")
        assert "You can go on <t:" in said(result)
        await world.env.advance_time(61)
        await world.write("The owl woke.")
        assert len(world.texts()) == 2


@pytest.mark.parametrize(
    "prompt",
    [
        "🦊🌙🔥",
        "كان يا ما كان في قديم الزمان",
        "从前有一座山，山上有一座庙。",
        "**bold** _under_ `code ||spoiler|| > quote\n# heading @everyone <@&1> [x](http://a.b)",
        "```\nunclosed fence",
        "word " * 1199,
        "a",
    ],
)
async def test_whatever_is_typed_becomes_a_story_and_pings_nobody(world: World, prompt: str) -> None:
    await world.write(prompt)

    texts = world.texts()
    assert all(len(text) <= 2000 for text in texts)
    assert labels(world.last()) == AFTER
    assert world.last().content.count("```") % 2 == 0
    bodies = [request.json for request in world.env.http_requests if isinstance(request.json, dict)]
    sent = [body for body in bodies if "content" in body]
    assert sent
    assert all(body["allowed_mentions"]["parse"] == [] for body in sent)
    assert not any(message.mention_everyone for message in world.channel.history())


async def test_an_empty_prompt_is_asked_for_again(world: World) -> None:
    result = await world.write("   ")
    assert "Your prompt is empty" in said(result)
    assert world.texts() == []


async def test_a_long_story_goes_on_in_a_next_message_at_a_sentence(world: World) -> None:
    world.engine = FakeEngine(wait=world._wait, context=4000)
    world.bot.services.writer._engine = world.engine
    await world.write("It began.", length=800)

    texts = world.texts()
    assert len(texts) >= 2
    assert all(len(text) <= 2000 for text in texts)
    assert all(text.endswith(".") for text in texts[:-1])
    assert labels(world.channel.history()[0]) == []
    assert labels(world.last()) == AFTER


async def test_what_no_longer_fits_the_model_is_left_out_and_the_footer_says_so(world: World) -> None:
    world.engine._context = 256
    await world.write("It began. " + "The clock struck again and again. " * 60)
    assert "no longer sees the first" in world.last().content
    assert len(world.engine.requests[-1].prompt.split()) < 256


async def test_a_loop_is_written_again_and_only_the_small_print_says_so(world: World) -> None:
    good = [" The fox left.", " The owl stayed behind in the old tree and waited for the morning to come."]
    loop = [" She sang the same song.", " She sang the same song."]
    world.engine.script = lambda request: good + loop if len(world.engine.requests) < 2 else [" Then it rained. "]
    await world.write("It began.")

    text = world.last().content
    assert text.count("She sang the same song.") == 1
    assert "Then it rained." in text
    assert "1 passage was written again because of a loop." in text


async def test_a_text_that_ends_too_soon_is_written_on(world: World) -> None:
    world.engine.script = lambda request: (
        [" Short."]
        if len(world.engine.requests) < 2
        else [" But then a long night came over the hills, and nobody slept at all. "]
    )
    await world.write("It began.")
    assert "Short. But then a long night came" in world.last().content


async def test_swearing_is_masked_and_slurs_are_never_shown(world: World) -> None:
    world.engine.script = lambda request: (
        [
            " What the fuck",
            "ing storm, cried the captain of the old ship, and he held on to the mast.",
            " You nig",
            "ger said he. ",
        ]
        if len(world.engine.requests) < 2
        else [" The wind answered him all night long. "]
    )
    await world.write("It began.")
    sent = str([request.json for request in world.env.http_requests])
    assert "storm" in sent
    assert "fuck" not in sent
    assert "nigger" not in sent
    assert "••••••• storm" in world.last().content
    assert "The wind answered him" in world.last().content


async def test_a_refused_prompt_names_the_rule_and_not_the_words(world: World) -> None:
    result = await world.write("You faggots, said the king.")
    assert "slurs" in said(result)
    assert "faggot" not in said(result)
    assert world.engine.requests == []


async def test_presets_are_offered_with_their_meaning(world: World) -> None:
    choices = await world.writer.autocomplete(world.channel, "write", "preset", "")
    assert [choice["value"] for choice in choices] == ["precise", "balanced", "vivid", "wild", "greedy"]
    assert choices[0]["name"] == "precise – Stays close to what was said; few surprises"
    assert [
        choice["value"] for choice in await world.writer.autocomplete(world.channel, "write", "preset", "surprise")
    ] == ["precise"]


async def test_values_of_the_call_stand_in_the_small_print(world: World) -> None:
    await world.write("It began.", preset="vivid", temperature=1.3, length=40)
    assert "vivid · max_new_tokens 40 (this request) · temperature 1.3 (this request)" in world.last().content


async def test_who_speaks_chinese_is_answered_in_chinese(world: World) -> None:
    async with speaking(world, world.writer, "zh-CN"):
        await world.write("It began.")
    assert labels(world.last()) == ["继续", "重写", "撤销", "修改"]
    assert "种子" in world.last().content


def labels(message: discord.Message) -> list[str | None]:
    rows = (row for row in message.components if isinstance(row, discord.ActionRow))
    return [child.label or "" for row in rows for child in row.children if isinstance(child, discord.Button)]


def story_of(message: discord.Message) -> str:
    """What a message says without its small print."""
    return message.content.split("\n-# ")[0]


def said(result: object) -> str:
    """All that one person was told."""
    messages = [getattr(result, "response", None), *getattr(result, "followups", [])]
    return "\n".join(message.content for message in messages if message)


def paced(world: World, pieces: list[str]):  # type: ignore[no-untyped-def]
    """Write some pieces and then wait."""

    def script(request: object):  # type: ignore[no-untyped-def]
        yield from pieces
        world.engine.hold()
        yield " never"

    return script


async def shown(world: World, text: str) -> None:
    """Wait until a message shows a text."""
    import asyncio

    for _ in range(400):
        if world.texts() and text in world.last().content:
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"{text!r} was not shown: {world.texts()}")


async def test_a_model_that_does_not_know_the_language_says_so(world: World) -> None:
    await world.write("从前有一座山，山上有一座庙。")
    assert "smollm2-135m knows en alone; a story in another language needs another model." in world.last().content
    await world.write("Once there was a mountain.")
    assert "knows en alone" not in world.last().content
