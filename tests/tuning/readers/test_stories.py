"""A story of people is learned from when all of them agreed, and not before."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.stories.exports.file import StoryFile
from bot.stories.exports.json_files import write_json
from bot.tuning.document import Document
from bot.tuning.errors import ConsentMissingError, NoStoryFileError
from bot.tuning.readers.stories import read_story_file
from tests.stories.exports.trees import DOOR, story, turn


def agreed(file: StoryFile, *seats: int) -> StoryFile:
    people = (person.model_copy(update={"training_consent": person.seat in seats}) for person in file.people)
    return file.model_copy(update={"people": tuple(people)})


def read(file: StoryFile) -> Document:
    return read_story_file(write_json(file).decode(), name="door.json", source=Path("door.json"))


def test_the_branch_that_is_shown_is_read_where_everybody_agreed() -> None:
    found = read(agreed(DOOR, 1, 2))
    assert found.text == "The door stood open. A dog came out.\n\nBen followed it. It barked twice."
    assert (found.request, found.prose) == ("", True)


@pytest.mark.parametrize(("seats", "missing"), [((), 2), ((1,), 1), ((2,), 1)])
def test_a_story_is_refused_by_how_many_were_not_asked(seats: tuple[int, ...], missing: int) -> None:
    with pytest.raises(ConsentMissingError, match=f"door.json is left out: {missing} of its 2 authors did not agree"):
        read(agreed(DOOR, *seats))


def test_whoever_wrote_on_another_branch_is_an_author_too() -> None:
    file = story(turn(1, None, "It rained.", seat=1), turn(2, 1, "Ben came.", seat=2), turn(3, 1, "Ada left.", seat=1))
    with pytest.raises(ConsentMissingError, match="1 of its 2 authors"):
        read(agreed(file, 1))


def test_who_played_and_wrote_nothing_need_not_agree() -> None:
    assert read(agreed(story(turn(1, None, "It rained.", seat=1)), 1)).text == "It rained."


def test_a_wish_is_what_was_typed_and_no_part_of_the_story() -> None:
    file = story(turn(1, None, "write a story about rain", seat=1), turn(2, 1, "It rained."))
    found = read(agreed(file, 1))
    assert (found.request, found.text) == ("write a story about rain", "It rained.")


@pytest.mark.parametrize("text", ["{}", "{", '{"prompt": "a", "actions": []}'])
def test_other_json_is_no_story(text: str) -> None:
    with pytest.raises(NoStoryFileError, match=r"door\.json is not a story from /story export"):
        read_story_file(text, name="door.json", source=Path("door.json"))
