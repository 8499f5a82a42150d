"""`/write` with a genre, a tone, or one of the server's own openings."""

from __future__ import annotations

import pytest

from bot.stories.voices import load_voices
from tests.cogs.test_write import said, story_of
from tests.world import World, open_world, quick_settings, speaking

VOICES = load_voices()


async def test_a_genre_and_a_tone_stand_before_the_story_for_the_model_alone(world: World) -> None:
    await world.write("She opened the door.", genre="noir", tone="tense")
    noir, tense = VOICES.genres["noir"].en, VOICES.tones["tense"].en
    assert world.engine.requests[-1].prompt == f"{noir.title}\n\n{noir.sentence} {tense.sentence} She opened the door."
    assert noir.title not in world.last().content
    assert " · noir · tense · " in world.last().content


async def test_what_goes_on_from_it_keeps_the_voice(world: World) -> None:
    await world.write("She opened the door.", genre="noir")
    text = story_of(world.last()).replace("*", "")
    for press in ("Continue", "Retry"):
        await world.click(world.last(), press)
        assert world.engine.requests[-1].prompt.startswith(VOICES.genres["noir"].en.title)
    assert text in world.engine.requests[-1].prompt


async def test_a_chinese_story_has_a_chinese_voice(world: World) -> None:
    await world.write("她推开了门。", tone="gloomy")
    assert world.engine.requests[-1].prompt == VOICES.tones["gloomy"].zh.sentence + "她推开了门。"


async def test_a_wish_is_written_in_the_voice_too(world: World) -> None:
    await world.write("a story about a lighthouse", genre="horror")
    asked = world.engine.requests[-1]
    assert asked.prompt == f"{VOICES.genres['horror'].en.title}\n\n{VOICES.genres['horror'].en.sentence}"
    assert "lighthouse" in asked.instruction


async def test_genres_and_tones_are_offered_in_ones_language(world: World) -> None:
    offered = await world.writer.autocomplete(world.channel, "write", "genre", "", prompt="x")
    assert len(offered) == len(VOICES.genres) >= 12
    tones = await world.writer.autocomplete(world.channel, "write", "tone", "wist", prompt="x")
    assert [choice["value"] for choice in tones] == ["wistful"]
    async with speaking(world, world.writer, "zh-CN"):
        (chinese,) = await world.writer.autocomplete(world.channel, "write", "genre", "黑色", prompt="x")
    assert chinese["value"] == "noir"


@pytest.mark.parametrize("option", ["genre", "tone"])
async def test_another_voice_is_refused_with_those_there_are(world: World, option: str) -> None:
    result = await world.write("It began.", **{option: "opera"})
    assert f"{option} can be " in said(result)
    assert world.engine.requests == []


async def test_the_servers_openings_are_offered_while_one_types(world: World) -> None:
    long = "The tower had " + "a hundred steps and " * 8 + "one door."
    for text in ("The moon was late again.", long):
        await world.admin.slash(world.channel, "prompts add", text=text)
    offered = await world.writer.autocomplete(world.channel, "write", "prompt", "tower")
    assert offered[0]["value"] == "tower"
    await world.write(offered[1]["value"])
    assert world.engine.requests[-1].prompt == long


async def test_another_model_writes_where_it_may_be_chosen_and_the_small_print_names_it() -> None:
    async with open_world(quick_settings(model="smollm2-135m", allowed_models=("distilgpt2", "storyteller"))) as world:
        offered = await world.writer.autocomplete(world.channel, "write", "voice", "", prompt="It began.")
        assert [(choice["name"], choice["value"]) for choice in offered] == [
            ("smollm2-135m (en)", "smollm2-135m"),
            ("distilgpt2 (en)", "distilgpt2"),
            ("storyteller – Stories of many kinds (en)", "storyteller"),
        ]
        kinds = await world.writer.autocomplete(world.channel, "write", "voice", "kinds", prompt="It began.")
        assert [choice["value"] for choice in kinds] == ["storyteller"]
        await world.write("It began.", voice="DistilGPT2")
        assert world.engine.requests[-1].model == "distilgpt2"
        assert "distilgpt2" in world.last().content
        refused = await world.write("It began.", voice="gpt2-xl")
        assert "voice can be smollm2-135m, distilgpt2, storyteller; gpt2-xl is not among these." in said(refused)
