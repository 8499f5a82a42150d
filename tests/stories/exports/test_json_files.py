"""JSON holds all of a story, and nothing else is taken for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from bot.stories.exports.errors import DamagedStoryFileError, NewerStoryFileError, StoryFileError, TooManyTurnsError
from bot.stories.exports.file import StoryFile
from bot.stories.exports.json_files import read_json, write_json
from tests.stories.exports.trees import DOOR, stories


@given(stories())
@settings(max_examples=300)
def test_what_is_read_is_written_again_byte_for_byte(file: StoryFile) -> None:
    written = write_json(file)
    again = read_json(written.decode())
    assert again == file
    assert write_json(again) == written


def test_a_file_is_text_that_people_can_read() -> None:
    text = write_json(DOOR).decode()
    assert '"form": "taleloom-story"' in text
    assert '"version": 1' in text
    assert '"text": "The door stood open."' in text
    assert '"created_at": "2026-11-25T12:01:00Z"' in text


def test_a_file_says_only_who_agreed_to_training() -> None:
    assert "training_consent" not in write_json(DOOR).decode()
    asked = DOOR.model_copy(
        update={"people": (DOOR.people[0], DOOR.people[1].model_copy(update={"training_consent": True}))}
    )
    written = write_json(asked).decode()
    assert written.count('"training_consent": true') == 1
    assert [person.training_consent for person in read_json(written).people] == [False, True]


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    """The file after somebody changed something in it."""
    found = json.loads(write_json(DOOR))
    change(found)
    return json.dumps(found)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda file: file.update(head=8), "head"),
        (lambda file: file.update(head=0), "head"),
        (lambda file: file.update(head="5"), "head"),
        (lambda file: file.update(began=9), "began"),
        (lambda file: file.update(surprise=1), "surprise"),
        (lambda file: file.update(turns=[]), "turns"),
        (lambda file: file.pop("title"), "title"),
        (lambda file: file["people"].append(file["people"][0]), "people"),
        (lambda file: file["people"].pop(), "turns.4"),
        (lambda file: file["people"][0].update(seat=0), "people.1.seat"),
        (lambda file: file["turns"][3].update(id=9), "turns.4"),
        (lambda file: file["turns"][3].update(parent=4), "turns.4"),
        (lambda file: file["turns"][3].update(parent=7), "turns.4"),
        (lambda file: file["turns"][3].update(parent=-1), "turns.4"),
        (lambda file: file["turns"][3].update(seat=0), "turns.4"),
        (lambda file: file["turns"][3].update(text=7), "turns.4.text"),
        (lambda file: file["turns"][3].update(kind="poem"), "turns.4.kind"),
        (lambda file: file["turns"][3].update(created_at="2026-11-25T12:00:00"), "turns.4.created_at"),
        (lambda file: file["turns"][3].update(seed=2**63), "turns.4.seed"),
        (lambda file: file["turns"][3].update(tokens=-1), "turns.4.tokens"),
        (lambda file: file["turns"][3].update(details={"parted_by": "words of nobody"}), "turns.4"),
        (lambda file: file["turns"][3].update(details={"parted_by": 3}), "turns.4"),
        (lambda file: file["turns"][3].update(text="\ud800"), "turns"),
    ],
)
def test_a_file_that_does_not_hold_together_says_where(change: Callable[[dict[str, Any]], object], place: str) -> None:
    with pytest.raises(DamagedStoryFileError) as refusal:
        read_json(changed(change))
    assert f"does not hold together at {place}" in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"form": "taleloom-settings"}',
        "[" * 100_000,
        '{"form": "taleloom-story", "seed": NaN}',
        '{"form": "taleloom-story", "seed": Infinity}',
        '{"form": "taleloom-story", "seed": 1e999}',
        '{"form": "taleloom-story", "seed": %s}' % ("9" * 5000),
    ],
)
def test_what_is_no_story_is_told_so(text: str) -> None:
    with pytest.raises(StoryFileError) as refusal:
        read_json(text)
    assert type(refusal.value) is StoryFileError


def test_details_that_are_nested_too_deeply_are_refused() -> None:
    deep: Any = {}
    for _ in range(400):
        deep = {"a": deep}
    with pytest.raises(StoryFileError):
        read_json(changed(lambda file: file["turns"][0].update(details=deep)))


def test_a_later_form_is_named() -> None:
    with pytest.raises(NewerStoryFileError):
        read_json(changed(lambda file: file.update(version=2)))


def test_a_story_that_is_too_long_is_told_by_how_much() -> None:
    with pytest.raises(TooManyTurnsError, match="20001 passages, and at most 20000"):
        read_json(changed(lambda file: file.update(turns=[{}] * 20_001)))
