"""Files become stories whose text is what they hold, or a sentence says why not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.stories.branch import text_of
from bot.stories.exports.errors import (
    EmptyStoryFileError,
    LongTurnError,
    StoryFileError,
    StoryFileTooLargeError,
    TooManyTurnsError,
)
from bot.stories.exports.file import StoryFile
from bot.stories.exports.json_files import write_json
from bot.stories.exports.reading import BYTES_LIMIT, read_story
from bot.stories.exports.texts import plain_text, wish_of
from bot.turns import TurnKind
from tests.stories.exports.trees import DOOR, NOON, stories, story, turn


def read(data: bytes | str, filename: str = "a.txt") -> StoryFile:
    return read_story(data if isinstance(data, bytes) else data.encode(), filename=filename, now=NOON)


def kobold(**saved: Any) -> StoryFile:
    return read(json.dumps(saved), "My_Save.json")


@given(stories())
def test_a_file_of_ours_is_read_whatever_it_is_called(file: StoryFile) -> None:
    assert read(write_json(file), "story.json") == read(write_json(file), "story.txt") == file
    assert read(b"\xef\xbb\xbf" + write_json(file)) == file


def test_paragraphs_are_turns() -> None:
    file = read("The Lamp\r\n\r\nIt burned.\nAll night.\r\n \r\n\r\nNobody knew why.", "x.txt")
    assert file.title == "The Lamp"
    assert [each.text for each in file.turns] == ["It burned.\nAll night.", "Nobody knew why."]
    assert text_of(file.branch()) == "It burned.\nAll night.\n\nNobody knew why."
    assert {(each.kind, each.seat) for each in file.turns} == {(TurnKind.PROMPT, 1)}


@pytest.mark.parametrize(
    ("text", "title", "first"),
    [
        ("# The Lamp\n\nIt burned.", "The Lamp", "It burned."),
        ("# Who lit it?\n\nIt burned.", "Who lit it?", "It burned."),
        ("Who lit it…\n===========\n\nIt burned.", "Who lit it…", "It burned."),
        ("It burned.\n\nAll night.", "my lamp", "It burned."),
        ("A line\nanother line\n\nAll night.", "my lamp", "A line\nanother line"),
        ("It burned all night and nobody knew why", "my lamp", "It burned all night and nobody knew why"),
        (("It burned " * 9).strip() + "\n\nAll night.", "my lamp", ("It burned " * 9).strip()),
    ],
)
def test_the_title_is_a_first_line_that_stands_alone_or_the_files_name(text: str, title: str, first: str) -> None:
    file = read(text, "folder/my_lamp.txt")
    assert (file.title, file.turns[0].text) == (title, first)


@pytest.mark.parametrize("title", ["A fox", "Who is there?", "The door stood open and nobody…"])
@pytest.mark.parametrize("opening", ["write a story about a fox", "The door stood open.", "fox", "讲个故事"])
def test_our_own_text_file_is_the_same_story_again(title: str, opening: str) -> None:
    told = story(turn(1, None, opening, seat=1), turn(2, 1, "It was red."), turn(3, 2, "A dog came."), title=title)
    file = read(plain_text(told))
    assert (file.title, text_of(file.branch())) == (title, text_of(told.branch()))
    assert wish_of(file.branch()) == wish_of(told.branch())


def test_a_heading_that_reads_like_a_topic_is_part_of_the_story() -> None:
    file = read("Title\n\nChapter One\n\nIt burned all night.")
    assert [each.text for each in file.turns] == ["Chapter One\n\nIt burned all night."]
    assert text_of(file.branch()) == "Chapter One\n\nIt burned all night."


def test_a_paragraph_that_is_too_long_for_a_turn_becomes_several() -> None:
    text = "It went on. " * 3000
    file = read(text)
    assert len(file.turns) == 2
    assert "".join(text_of(file.branch()).split()) == "".join(text.split())


def test_the_language_is_told_by_the_words() -> None:
    assert read("灯\n\n灯亮了一夜，没有人知道为什么。").language == "zh-CN"
    assert read("The Lamp\n\nIt burned.").language == "en"


def test_a_story_of_koboldai_keeps_its_words_and_what_it_is_told_by() -> None:
    file = kobold(
        gamestarted=True,
        prompt="The lamp burned.",
        memory="It is night.",
        authorsnote="Sad.",
        anotetemplate="[Author's note: <|>]",
        actions=[" It was late.", "\n\n> You look.\n", "", "\nNobody came."],
        worldinfo=[
            {
                "key": "lamp, light",
                "keysecondary": "",
                "content": "An old lamp.",
                "selective": False,
                "constant": False,
            },
            {"key": "", "content": " ", "folder": None},
            {"key": "sea", "content": "Far away.", "wigroup": "places", "widisabled": True, "probability": "100"},
        ],
    )
    assert text_of(file.branch()) == "The lamp burned. It was late.\n\n> You look.\n\nNobody came."
    assert [each.seat for each in file.turns] == [1, 0, 1, 0]
    assert (file.title, file.memory, file.note) == ("My Save", "It is night.", "Sad.")
    lamp, sea = file.world
    assert (lamp.keys, lamp.text, lamp.enabled) == (("lamp", "light"), "An old lamp.", True)
    assert (sea.keys, sea.group, sea.enabled) == (("sea",), "places", False)


def test_a_long_prompt_of_koboldai_is_parted_where_it_is_cut() -> None:
    file = read(json.dumps({"prompt": "It went on. " * 3000, "actions": [" And on."]}), "a.json")
    assert len(file.turns) == 3
    assert text_of(file.branch()).split() == f"{'It went on. ' * 3000} And on.".split()


def test_the_numbered_actions_of_united_are_read() -> None:
    actions = {"actions": {"0": {"Selected Text": " Then it went out.", "Options": []}}, "action_count": 0}
    file = kobold(file_version=2, prompt="The lamp burned.", authornote="Sad.", actions=actions, worldinfo_v2={})
    assert text_of(file.branch()) == "The lamp burned. Then it went out."
    assert file.note == "Sad."


def test_what_a_person_said_to_lite_is_theirs() -> None:
    file = kobold(gamestarted=True, prompt="\n{{[INPUT]}}\nHello.\n{{[OUTPUT]}}\n", actions=["Hello, stranger."])
    assert [(each.text.strip(), each.seat) for each in file.turns] == [("Hello.", 1), ("Hello, stranger.", 0)]


@pytest.mark.parametrize(
    "saved",
    [
        {"prompt": 3, "actions": []},
        {"prompt": "a", "actions": 3},
        {"prompt": "a", "actions": [3]},
        {"prompt": "a", "actions": [{"Selected Text": []}]},
        {"prompt": "a", "actions": [], "memory": {}},
        {"prompt": "a", "actions": [], "worldinfo": [{"key": 3, "content": "x"}]},
        {"prompt": "\ud800 a", "actions": []},
        {"prompt": "a"},
        {"actions": ["a"]},
    ],
)
def test_what_only_looks_like_a_story_of_koboldai_is_refused(saved: dict[str, Any]) -> None:
    with pytest.raises(StoryFileError):
        kobold(**saved)


@pytest.mark.parametrize(
    ("data", "filename"),
    [
        (b"\xff\xfe", "a.txt"),
        (b"a\x00b", "a.txt"),
        (b"PK\x03\x04\x14\x00", "a.zip"),
        (b"[" * 200_000, "a.json"),
        (b'{"a":' * 200_000, "a.txt"),
        (b'{"prompt": "a", "actions": [NaN]}', "a.json"),
        (b'{"prompt": "a", "actions": [1e999]}', "a.json"),
        (b'{"prompt": "a", "actions": [' + b"9" * 100_000 + b"]}", "a.json"),
        (b"not json", "a.json"),
        (b'"text"', "a.json"),
    ],
)
def test_what_is_no_story_is_told_so(data: bytes, filename: str) -> None:
    with pytest.raises(StoryFileError) as refusal:
        read(data, filename)
    assert str(refusal.value).startswith("No story could be read from this file.")


@given(st.binary(max_size=200), st.sampled_from(["a.txt", "a.json", ""]))
def test_whatever_a_file_holds_it_is_a_story_or_refused(data: bytes, filename: str) -> None:
    try:
        file = read(data, filename)
    except StoryFileError:
        return
    assert file.turns


def test_limits_are_told() -> None:
    with pytest.raises(StoryFileTooLargeError, match="4 MB"):
        read(b"x" * (BYTES_LIMIT + 1))
    with pytest.raises(TooManyTurnsError, match="20001 passages"):
        read("It was so.\n\n" * 20_001)
    with pytest.raises(TooManyTurnsError):
        kobold(prompt="It was so.", actions=["x"] * 20_000)
    with pytest.raises(EmptyStoryFileError):
        kobold(prompt=" ", actions=["", "\n"])
    with pytest.raises(LongTurnError, match="Passage 2 has 20001 characters"):
        read(write_json(story(turn(1, None, "a", seat=1), turn(2, 1, "x" * 20_001))), "a.json")


def test_a_story_of_ours_without_words_is_kept_as_it_is() -> None:
    assert read(write_json(DOOR), "a.json").turns == DOOR.turns
