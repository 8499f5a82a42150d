"""The picture of what was written on each day, read back pixel by pixel."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from PIL import Image

from bot.ui.charts import (
    ACCENT,
    BACKGROUND,
    HEIGHT,
    MOST_BARS,
    MOST_DAYS,
    OTHER,
    WIDTH,
    _round_ticks,
    _short,
    hits_chart,
    usage_chart,
    words_chart,
)

TODAY = date(2025, 11, 25)


def days(*tokens: int) -> list[tuple[date, int, int]]:
    return [
        (TODAY - timedelta(days=len(tokens) - 1 - number), amount // 150, amount)
        for number, amount in enumerate(tokens)
    ]


def picture(drawn: list[tuple[date, int, int]]) -> Image.Image:
    image = Image.open(io.BytesIO(usage_chart(drawn)))
    assert (image.format, image.size, image.mode) == ("PNG", (WIDTH, HEIGHT), "RGB")
    return image


def bars(image: Image.Image) -> list[int]:
    """The height of each bar, from left to right, in its middle."""
    accent = tuple(int(ACCENT[start : start + 2], 16) for start in (1, 3, 5))
    columns = (image.crop((x, 0, x + 1, image.height)).getcolors() or [] for x in range(image.width))
    heights = [sum(count for count, colour in column if colour == accent) for column in columns]
    found: list[list[int]] = [[]]
    for height in heights:
        if height:
            found[-1].append(height)
        elif found[-1]:
            found.append([])
    return [max(bar) for bar in found if bar]


def test_bars_are_as_high_as_their_days_tokens() -> None:
    heights = bars(picture(days(1_000, 2_000, 4_000, 3_000)))
    assert len(heights) == 4
    for height, tokens in zip(heights, (1, 2, 4, 3), strict=True):
        assert height == pytest.approx(heights[2] * tokens / 4, abs=2)
    # 4,000 is a round number, so that its bar reaches the top of the axis.
    assert heights[2] > HEIGHT * 0.6


@pytest.mark.parametrize("count", [1, 2, 7, 14, 30, 31])
def test_every_day_has_its_bar(count: int) -> None:
    assert len(bars(picture(days(*range(900, 900 + count))))) == count


def test_days_without_tokens_have_no_bar() -> None:
    assert len(bars(picture(days(0, 500, 0, 0, 700, 0)))) == 2


def test_beside_one_huge_day_the_small_ones_can_still_be_seen() -> None:
    heights = bars(picture(days(1, 3, 9_876_543, 2)))
    assert len(heights) == 4
    assert [1 <= height <= 3 for height in heights] == [True, True, False, True]
    assert heights[2] > HEIGHT * 0.6


@pytest.mark.parametrize("drawn", [[], days(0), days(*[0] * 31)])
def test_without_anything_written_there_is_still_an_axis(drawn: list[tuple[date, int, int]]) -> None:
    image = picture(drawn)
    assert bars(image) == []
    colours = image.getcolors(maxcolors=100_000)
    assert colours is not None
    assert len(colours) > 3
    corner = image.getpixel((0, 0))
    assert corner == tuple(int(BACKGROUND[start : start + 2], 16) for start in (1, 3, 5))


def test_days_may_come_in_any_order_and_with_gaps() -> None:
    drawn = days(100, 0, 0, 400, 300)
    gaps = [entry for entry in drawn if entry[2]]
    assert usage_chart(gaps[::-1]) == usage_chart(drawn)


def test_of_too_many_days_the_last_are_drawn() -> None:
    many = days(*range(1, 400))
    assert usage_chart(many) == usage_chart(many[-MOST_DAYS:])
    ancient = (date(1, 1, 1), 5, 5)
    assert usage_chart([ancient, *many[-2:]]) == usage_chart([(many[-MOST_DAYS][0], 0, 0), *many[-2:]])


def test_impossible_amounts_count_as_none() -> None:
    assert usage_chart([(TODAY, -3, -500)]) == usage_chart([(TODAY, 0, 0)])


def test_figures_of_any_size_fit_in() -> None:
    for amount in (1, 10**6, 10**12, 10**18):
        assert len(bars(picture(days(*[amount] * 31)))) == 31


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (3, [0, 1, 2, 3]),
        (5, [0, 1, 2, 3, 4, 5]),
        (7, [0, 2, 4, 6, 8]),
        (831, [0, 200, 400, 600, 800, 1_000]),
        (1_001, [0, 500, 1_000, 1_500]),
        (1_234_567, [0, 500_000, 1_000_000, 1_500_000]),
    ],
)
def test_the_axis_is_divided_at_round_numbers(highest: int, ticks: list[int]) -> None:
    assert _round_ticks(highest) == ticks


def test_the_axis_holds_the_highest_value_and_has_few_parts() -> None:
    for highest in (*range(1, 2_000), 10**9 - 1, 10**9, 10**9 + 1):
        ticks = _round_ticks(highest)
        assert ticks[-2] < highest <= ticks[-1]
        assert 2 <= len(ticks) <= 6


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1k"),
        (1_234, "1.23k"),
        (45_000, "45k"),
        (999_499, "999k"),
        (999_500, "1M"),
        (2_500_000, "2.5M"),
        (10**10, "10G"),
        (10**13, "10T"),
    ],
)
def test_numbers_are_written_short(number: int, text: str) -> None:
    assert _short(number) == text


def test_everybodys_words_have_a_bar_and_the_models_another_colour() -> None:
    image = Image.open(io.BytesIO(words_chart([(3, 40), (1, 20)], (2, 80))))
    assert (image.format, image.size, image.mode) == ("PNG", (WIDTH, HEIGHT), "RGB")
    heights = bars(image)
    assert len(heights) == 2
    assert heights[0] == pytest.approx(2 * heights[1], abs=2)
    other = tuple(int(OTHER[start : start + 2], 16) for start in (1, 3, 5))
    assert any(colour == other for _, colour in image.getcolors(100_000) or [])


def test_of_many_people_as_many_have_a_bar_as_there_is_room_for() -> None:
    many = [(1, 100 - number) for number in range(50)]
    assert len(bars(Image.open(io.BytesIO(words_chart(many))))) == MOST_BARS - 1
    assert len(bars(Image.open(io.BytesIO(words_chart([]))))) == 0


def test_hits_are_stacked_in_the_colours_of_their_marks() -> None:
    picture = Image.open(io.BytesIO(hits_chart([(date(2026, 11, 25), [3, 0, 2]), (date(2026, 11, 26), [0, 0, 0])])))
    assert picture.size == (900, 360)
    colours = {colour for _, colour in picture.convert("RGB").getcolors(1_000_000) or ()}
    assert {(0xDD, 0x2E, 0x44), (0xFD, 0xCB, 0x58)} <= colours
    assert (0xF4, 0x90, 0x0C) not in colours
