"""A story's tree finds a place for every turn, whatever its shape, and is drawn."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.stories.exports.file import StoryFile
from bot.ui.story_map import COLOURS, COLUMNS, MARKS, MOST_SPOTS, Spot, draw_map, lay_out, mark_of
from tests.stories.exports.trees import DOOR, stories, story, turn


def tree(*parents: int | None, head: int | None = None, hidden: tuple[int, ...] = ()) -> StoryFile:
    """A story of which only the shape is said: what each turn follows."""
    turns = (
        turn(number, parent, "x", seat=1, hidden=number in hidden) for number, parent in enumerate(parents, start=1)
    )
    return story(*turns, head=head)


def chain(length: int) -> list[int | None]:
    return [None, *range(1, length)]


def places(spots: tuple[Spot, ...]) -> dict[int | None, tuple[int, int]]:
    return {spot.number: (spot.column, spot.row) for spot in spots}


def sizes(spots: tuple[Spot, ...]) -> list[int]:
    return [spot.stands_for for spot in spots if spot.number is None]


def test_the_branch_that_is_shown_is_the_first_row_and_the_others_hang_beneath() -> None:
    spots = lay_out(DOOR)
    assert places(spots) == {1: (0, 0), 3: (1, 0), 4: (2, 0), 5: (3, 0), 2: (1, 1), 6: (3, 1), 7: (4, 1)}
    assert [spot.number for spot in spots if spot.shown] == [1, 3, 4, 5]
    assert [spot.number for spot in spots if spot.hidden] == [6]
    assert [spot.number for spot in spots if spot.head] == [5]
    assert {spot.number: spot.seat for spot in spots if spot.seat} == {1: 1, 4: 2}


def test_a_long_run_is_one_gap_between_its_ends() -> None:
    spots = lay_out(tree(*chain(14)))
    assert [spot.number for spot in spots] == [1, None, 14]
    assert sizes(spots) == [12]
    assert [spot.shown for spot in spots] == [True, True, True]


def test_a_short_run_is_drawn_turn_by_turn() -> None:
    assert [spot.number for spot in lay_out(tree(*chain(5)))] == [1, 2, 3, 4, 5]


def test_what_one_looks_for_stays_visible_in_a_run() -> None:
    spots = lay_out(tree(*chain(30), head=10, hidden=(20,)))
    assert [spot.number for spot in spots] == [1, None, 10, None, 20, None, 30]
    assert [spot.shown for spot in spots] == [True, True, True, False, False, False, False]


def test_several_beginnings_stand_beneath_one_another() -> None:
    assert places(lay_out(tree(None, 1, None, 3))) == {3: (0, 0), 4: (1, 0), 1: (0, 1), 2: (1, 1)}


@given(stories())
def test_every_turn_is_drawn_once_or_stands_in_a_gap(file: StoryFile) -> None:
    spots = lay_out(file)
    assert sum(spot.stands_for for spot in spots) == len(file.turns)
    numbers = [spot.number for spot in spots if spot.number]
    assert len(numbers) == len(set(numbers))
    assert len({(spot.column, spot.row) for spot in spots}) == len(spots)
    for spot in spots:
        if spot.parent is not None:
            assert spots[spot.parent].column == spot.column - 1
            assert spots[spot.parent].row <= spot.row


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=300))
def test_no_two_spots_share_a_place_in_a_large_tree(wishes: list[int]) -> None:
    file = tree(None, *(1 + wish % number for number, wish in enumerate(wishes, start=1)))
    spots = lay_out(file)
    assert sum(spot.stands_for for spot in spots) == len(file.turns)
    assert len({(spot.column, spot.row) for spot in spots}) == len(spots)


@pytest.mark.parametrize(
    "file",
    [
        tree(*chain(20_000)),
        tree(None, *(max(number - 2, 1) for number in range(2, 20_001))),
        tree(None, *([1] * 19_999)),
        tree(*([None] * 20_000)),
    ],
    ids=["a chain", "a ladder", "a fan", "beginnings"],
)
def test_the_largest_story_has_a_picture_of_a_size_that_can_be_looked_at(file: StoryFile) -> None:
    spots = lay_out(file)
    assert len(spots) <= MOST_SPOTS
    assert any(spot.head for spot in spots)
    picture = Image.open(io.BytesIO(draw_map(file)))
    assert picture.width <= 1200
    assert picture.height <= 6000


def test_the_picture_shows_colours_where_the_layout_has_people() -> None:
    picture = Image.open(io.BytesIO(draw_map(DOOR))).convert("RGB")
    colours = {colour for _, colour in picture.getcolors(2**20)}  # type: ignore[union-attr]
    for colour in COLOURS[:2]:
        assert tuple(bytes.fromhex(colour[1:])) in colours
    assert tuple(bytes.fromhex(COLOURS[2][1:])) not in colours


def test_a_story_of_one_turn_has_a_picture() -> None:
    picture = Image.open(io.BytesIO(draw_map(tree(None))))
    assert picture.width >= 200


def test_what_does_not_fit_beside_goes_on_beneath() -> None:
    variants = tree(None, *(number // 2 * 2 - 1 if number > 2 else 1 for number in range(2, 101)))
    assert max(spot.column for spot in lay_out(variants)) > COLUMNS
    picture = Image.open(io.BytesIO(draw_map(variants)))
    assert picture.width <= 1200


def test_each_colour_has_a_mark_and_the_eighth_person_the_first_ones() -> None:
    assert len(MARKS) == len(COLOURS)
    assert mark_of(8) == mark_of(1) == "🔵"
    assert mark_of(0) == "⚪"
