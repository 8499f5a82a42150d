"""The library of scenarios: what it has, and what a file of them may hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.games import GameKind
from bot.lore import EntryDraft
from bot.sentences import last_sentence_end
from bot.stories.openings import is_chinese, read_prompt
from bot.stories.scenarios import load_scenarios

LIBRARY = load_scenarios()
ONE = """
[en.door]
game = "relay"
title = "The Door"
genre = "Mystery"
opening = "The door stood open."
memory = "It is 1300."
world = [{ keys = ["door"], text = "It is green." }]

[zh.gate]
game = "adventure"
title = "门"
genre = "悬疑"
opening = "门开着。"
"""


@pytest.mark.parametrize("chinese", [False, True])
def test_there_is_enough_to_choose_from_for_every_game(chinese: bool) -> None:
    scenarios = LIBRARY.spoken(chinese=chinese)
    assert len(scenarios) >= 12
    assert {each.kind for each in scenarios} == set(GameKind)
    assert len({each.title for each in scenarios}) == len(scenarios)


@pytest.mark.parametrize("chinese", [False, True])
def test_every_text_is_in_its_language_and_a_story(chinese: bool) -> None:
    for each in LIBRARY.spoken(chinese=chinese):
        texts = (each.title, each.genre, each.opening, each.memory, *(entry.text for entry in each.world))
        assert all(is_chinese(text) is chinese for text in texts if text), each.name
        assert not read_prompt(each.opening).instruction, each.name
        if each.kind is not GameKind.WORDS:
            assert last_sentence_end(each.opening) == len(each.opening), each.name
        if each.kind is GameKind.ADVENTURE:
            assert ("你" in each.opening) if chinese else ("ou " in each.opening), each.name


def test_every_entry_of_a_world_has_keys_that_its_story_can_have() -> None:
    for each in (*LIBRARY.spoken(chinese=False), *LIBRARY.spoken(chinese=True)):
        assert len(each.world) <= 3
        for entry in each.world:
            assert entry.keys
            assert len(set(entry.keys)) == len(entry.keys)


def test_a_file_of_an_operators_own_is_read(tmp_path: Path) -> None:
    (tmp_path / "scenarios.toml").write_text(ONE, encoding="utf-8")
    own = load_scenarios(tmp_path / "scenarios.toml")
    (door,) = own.spoken(chinese=False)
    assert (door.name, door.kind, door.memory) == ("door", GameKind.RELAY, "It is 1300.")
    assert door.world == (EntryDraft(keys=("door",), text="It is green."),)
    gate = own.get("gate")
    assert own.spoken(chinese=True) == (gate,)
    assert gate
    assert (gate.memory, gate.world) == ("", ())
    assert own.get("window") is None


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (('"relay"', '"chess"'), "en.door.game"),
        (('title = "The Door"\n', ""), "en.door.title"),
        (('"Mystery"', '"' + "x" * 90 + '"'), "en.door.genre"),
        (('"The door stood open."', '" "'), "en.door.opening"),
        (('keys = ["door"]', "keys = []"), "en.door.world.0.keys"),
        (('keys = ["door"]', 'keys = ["door, gate"]'), "en.door.world.0.keys.0"),
        (("[en.door]", "[en.Door]"), "en.Door"),
        (("[en.door]", "[fr.door]"), "fr"),
        (("[zh.gate]", "[zh.door]"), "door stands in both languages"),
        (('title = "The Door"', 'title = "The Door"\ncolour = "grey"'), "en.door.colour"),
        (("[en.door]", "[en.door"), "scenarios.toml"),
    ],
)
def test_a_wrong_file_is_refused_by_the_name_of_what_is_wrong(
    tmp_path: Path, change: tuple[str, str], named: str
) -> None:
    (tmp_path / "scenarios.toml").write_text(ONE.replace(*change), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_scenarios(tmp_path / "scenarios.toml")
    assert named in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="scenarios"):
        load_scenarios(tmp_path / "scenarios.toml")
