"""What people type becomes a preset's values, and what is kept is what they saw."""

from __future__ import annotations

import pytest

from bot.ids import GuildId, UserId
from bot.safety.layer import Safety
from bot.safety.words.lexicon import Lexicon
from bot.store import Database
from bot.writing.door import Passage
from bot.writing.errors import (
    InvalidSettingError,
    PresetChangedError,
    UnknownPresetError,
    UnknownPresetValueError,
    WordingRefusedError,
)
from bot.writing.keys import setting_keys
from bot.writing.own_presets import OwnPresets
from tests.writing.desk import WORDS

GUILD, BY = GuildId(1), UserId(2)
PASSAGE = Passage(Safety([Lexicon(WORDS)]))


@pytest.fixture
def presets(store: Database) -> OwnPresets:
    return OwnPresets(store.presets, setting_keys(["balanced"], ["gpt2"]))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("temperature 0.9", {"temperature": 0.9}),
        ("  Temperature:0,9  \r\n\n top_k = 40", {"temperature": 0.9, "top_k": 40}),
        ("ｔｏｐ＿ｐ：０．８", {"top_p": 0.8}),
        ("temp 1\nrep_pen 1.1", {"temperature": 1.0, "repetition_penalty": 1.1}),
        ("greedy on", {"do_sample": False}),
        ("greedy 关", {"do_sample": True}),
        ("top_k 1\ntop_k 2", {"top_k": 2}),
        ("", {}),
    ],
)
def test_a_line_is_a_name_and_a_value(presets: OwnPresets, text: str, values: dict[str, object]) -> None:
    assert presets.read(text).values == values


@pytest.mark.parametrize("text", ["length 100", "model gpt2", "do_sample off", "seed 3", "温度 1", ": 0.9"])
def test_what_is_no_value_of_a_preset_is_named(presets: OwnPresets, text: str) -> None:
    with pytest.raises(UnknownPresetValueError) as refused:
        presets.read(text)
    assert text.split(maxsplit=1)[0] in str(refused.value)


@pytest.mark.parametrize("text", ["temperature", "temperature hot", "top_k 0.5", "greedy maybe", "top_p 0.9, top_k 3"])
def test_a_value_that_cannot_be_is_refused(presets: OwnPresets, text: str) -> None:
    with pytest.raises(InvalidSettingError):
        presets.read(text)


def test_what_is_written_is_read_as_the_same(presets: OwnPresets) -> None:
    values = {"temperature": 0.95, "top_k": 12, "do_sample": False}
    assert presets.write(values) == "temperature 0.95\ntop_k 12\ngreedy on"
    assert presets.read(presets.write(values)).values == values
    assert presets.write({"typical_p": 0.9}) == ""


async def test_names_differ_by_more_than_their_case(presets: OwnPresets) -> None:
    assert await presets.keep(PASSAGE, GUILD, "  Night　Train ", "m", {"top_k": 1}, BY) == "Night Train"
    assert await presets.keep(PASSAGE, GUILD, "night train", "m", {"top_k": 2}, BY) == "Night Train"
    assert [(each.name, each.sampling) for each in await presets.of(GUILD)] == [("Night Train", {"top_k": 2})]


async def test_a_meaning_of_spaces_is_the_name(presets: OwnPresets) -> None:
    await presets.keep(PASSAGE, GUILD, "Noon", "  \n ", {}, BY)
    assert (await presets.named(GUILD, "Noon")).meaning == "Noon"


async def test_a_change_takes_hold_only_of_what_was_seen(presets: OwnPresets) -> None:
    await presets.keep(PASSAGE, GUILD, "Noon", "m", {"top_k": 1}, BY)
    before = await presets.named(GUILD, "Noon")
    await presets.change(PASSAGE, GUILD, before, "m", {"top_k": 2}, BY)
    with pytest.raises(PresetChangedError):
        await presets.change(PASSAGE, GUILD, before, "m", {"top_k": 3}, BY)
    assert (await presets.named(GUILD, "Noon")).sampling == {"top_k": 2}
    await presets.remove(GUILD, "Noon")
    with pytest.raises(UnknownPresetError):
        await presets.change(PASSAGE, GUILD, before, "m", {"top_k": 3}, BY)
    assert await presets.of(GUILD) == ()


@pytest.mark.parametrize(("name", "meaning"), [("A slurword", "m"), ("A badword", "m"), ("Noon", "a slurword")])
async def test_a_name_that_may_not_stand_as_it_is_and_a_meaning_that_is_refused_are_not_kept(
    presets: OwnPresets, name: str, meaning: str
) -> None:
    with pytest.raises(WordingRefusedError):
        await presets.keep(PASSAGE, GUILD, name, meaning, {}, BY)
    assert await presets.of(GUILD) == ()


async def test_a_meaning_is_masked_and_read_again_when_it_changes(presets: OwnPresets) -> None:
    await presets.keep(PASSAGE, GUILD, "Noon", "a badword hour", {}, BY)
    before = await presets.named(GUILD, "Noon")
    assert before.meaning == "a ••••••• hour"
    with pytest.raises(WordingRefusedError):
        await presets.change(PASSAGE, GUILD, before, "a slurword", {}, BY)
    await presets.change(PASSAGE, GUILD, before, "badword", {}, BY)
    assert (await presets.named(GUILD, "Noon")).meaning == "•••••••"
