"""Pictures of figures. They hold digits and dates alone; what these mean is said, in any language, in the message."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

WIDTH, HEIGHT = 900, 360
MOST_DAYS = 31
BACKGROUND, GRID, BASE = "#2b2d31", "#41434a", "#6d7079"
ACCENT, OTHER, BRIGHT, MUTED = "#8b9bff", "#e0a458", "#f2f3f5", "#a5abb4"
MOST_BARS = 31
MARKS = ("🟥", "🟧", "🟨", "🟩", "🟦", "🟪", "🟫", "⬜")
"""What stands for the parts of a bar in a message."""
_PARTS = ("#dd2e44", "#f4900c", "#fdcb58", "#78b159", "#55acee", "#aa8ed6", "#c1694f", "#e6e7e8")
_TOP, _BOTTOM, _LEFT, _RIGHT = 40, 296, 24, 24
_GAP = 10
_SMOOTH = 4  # shapes are drawn this much larger and made smaller again, because Pillow does not smooth their edges
_UNITS = ("", "k", "M", "G", "T")


def usage_chart(days: Sequence[tuple[date, int, int]]) -> bytes:
    """Draw how much was written on each day, as a PNG of 900 × 360 pixels.

    A bar is a day's tokens; beneath it stand the day, as `11-25`, and the day's texts in grey. Days that are left out
    between the first and the last count as empty. The work takes some 50 ms of the processor and belongs in a thread.

    Args:
        days: Day, texts and tokens, each day once, in any order; of more than 31 days, the last 31 are drawn.
    """
    return _Chart(_every_day(days)).png()


def words_chart(people: Sequence[tuple[int, int]], model: tuple[int, int] | None = None) -> bytes:
    """Draw how much each of those who wrote a story wrote, as a PNG of 900 × 360 pixels; it belongs in a thread.

    A bar is somebody's words; beneath it stand the place in the list, counted from 1, and the turns in grey.

    Args:
        people: Turns and words of each; the first 30 are drawn.
        model: Those of the model, whose bar comes last and has another colour; None draws none.
    """
    drawn = [(turns, words, ACCENT) for turns, words in people[: MOST_BARS - 1]]
    if model is not None:
        drawn.append((*model, OTHER))
    bars = [
        _Bar(str(place), max(turns, 0), max(words, 0), colour) for place, (turns, words, colour) in enumerate(drawn, 1)
    ]
    return _Chart(bars).png()


def hits_chart(days: Sequence[tuple[date, Sequence[int]]]) -> bytes:
    """Draw how often each of some kinds was found on each day, as a PNG of 900 × 360 pixels; it belongs in a thread.

    A bar is a day; its parts are the kinds, the first at the bottom, in the colours of `MARKS`. Beneath the day stands
    how many there were in all.

    Args:
        days: Each day once, in order, with a count for each kind.
    """
    return _Chart(
        [
            _Bar(
                f"{day:%m-%d}",
                sum(counts),
                sum(counts),
                parts=tuple((count, _PARTS[place % len(_PARTS)]) for place, count in enumerate(counts) if count),
            )
            for day, counts in days
        ]
    ).png()


@dataclass(frozen=True, slots=True)
class _Bar:
    label: str
    count: int
    """What stands beneath the label."""
    height: int
    """What the bar is drawn after."""
    colour: str = ACCENT
    parts: tuple[tuple[int, str], ...] = ()
    """Heights and colours from the bottom up, which add up to the bar's; empty where it has one colour."""


def _every_day(days: Sequence[tuple[date, int, int]]) -> list[_Bar]:
    if not days:
        return []
    found = {day: (max(texts, 0), max(tokens, 0)) for day, texts, tokens in days}
    last = max(found)
    count = min((last - min(found)).days + 1, MOST_DAYS)
    dates = [last - timedelta(days=back) for back in reversed(range(count))]
    return [_Bar(f"{day:%m-%d}", *found.get(day, (0, 0))) for day in dates]


class _Chart:
    """One picture.

    Args:
        bars: From left to right.
    """

    def __init__(self, bars: Sequence[_Bar]) -> None:
        self._bars = bars
        self._ticks = _round_ticks(max((bar.height for bar in bars), default=0))
        # A font of one's own for each picture: several are drawn in threads at a time.
        self._figures, self._small = ImageFont.load_default(17), ImageFont.load_default(15)
        axis = max(self._small.getlength(_short(tick)) for tick in self._ticks)
        self._left = _LEFT + math.ceil(axis) + _GAP
        self._slot = (WIDTH - _RIGHT - self._left) / max(len(bars), 1)
        self._width = min(self._slot * 0.72, 72.0)

    def png(self) -> bytes:
        picture = self._shapes()
        draw = ImageDraw.Draw(picture)
        for tick in self._ticks:
            draw.text((self._left - _GAP, self._y(tick)), _short(tick), MUTED, self._small, anchor="rm")
        self._row(draw, _BOTTOM + 20, [bar.label for bar in self._bars], BRIGHT)
        self._row(draw, _BOTTOM + 43, [_short(bar.count) for bar in self._bars], MUTED)
        for x, y, text in self._labels():
            draw.text((x, y), text, BRIGHT, self._figures, anchor="ms")
        file = io.BytesIO()
        picture.save(file, "PNG", optimize=True)
        return file.getvalue()

    def _y(self, value: int) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * value / self._ticks[-1]

    def _middle(self, number: int) -> float:
        return self._left + (number + 0.5) * self._slot

    def _top(self, value: int) -> float:
        """Say where a bar ends; the smallest can still be seen."""
        return min(self._y(value), _BOTTOM - 3) if value else _BOTTOM

    def _shapes(self) -> Image.Image:
        large = Image.new("RGB", (WIDTH * _SMOOTH, HEIGHT * _SMOOTH), BACKGROUND)
        draw = ImageDraw.Draw(large)

        def box(left: float, top: float, right: float, bottom: float, colour: str, radius: float = 0) -> None:
            # Pillow's boxes include their last pixel.
            corners = tuple(
                round(edge * _SMOOTH) - last
                for edge, last in zip((left, top, right, bottom), (0, 0, 1, 1), strict=True)
            )
            draw.rounded_rectangle(corners, radius * _SMOOTH, colour, corners=(True, True, False, False))

        for tick in self._ticks[1:]:
            y = round(self._y(tick))
            box(self._left, y, WIDTH - _RIGHT, y + 1, GRID)
        for number, bar in enumerate(self._bars):
            if bar.height:
                left, top = self._middle(number) - self._width / 2, self._top(bar.height)
                radius = min(5.0, self._width / 4, (_BOTTOM - top) / 2)
                reached = bar.height
                for height, colour in reversed(bar.parts or ((bar.height, bar.colour),)):
                    box(left, self._top(reached), left + self._width, _BOTTOM, colour, radius)
                    reached, radius = reached - height, 0
        box(self._left, _BOTTOM, WIDTH - _RIGHT, _BOTTOM + 2, BASE)
        return large.resize((WIDTH, HEIGHT), Image.Resampling.BOX)

    def _row(self, draw: ImageDraw.ImageDraw, y: float, texts: Sequence[str], colour: str) -> None:
        """Write a row beneath the bars, as many as have room, the last always among them."""
        widest = max((self._small.getlength(text) for text in texts), default=0) + _GAP
        step = max(math.ceil(widest / self._slot), 1)
        for number in range(len(texts) - 1, -1, -step):
            draw.text((self._middle(number), y), texts[number], colour, self._small, anchor="mm")

    def _labels(self) -> Iterator[tuple[float, float, str]]:
        """Find room for the figures above the bars, the highest first."""
        taken: list[tuple[float, float]] = []
        order = sorted(range(len(self._bars)), key=lambda number: -self._bars[number].height)
        for number in order:
            bar = self._bars[number]
            half = self._figures.getlength(_short(bar.height)) / 2 + 3
            x = min(max(self._middle(number), self._left + half), WIDTH - half)
            free = all(right <= x - half or x + half <= left for left, right in taken)
            if bar.height and free:
                yield x, self._top(bar.height) - 8, _short(bar.height)
            # What lies lower would be written across this bar.
            middle, reach = (x, half) if bar.height and free else (self._middle(number), self._width / 2)
            taken.append((middle - reach, middle + reach))


def _round_ticks(highest: int) -> list[int]:
    """Divide the axis at round numbers, into at most five parts, the last at or above the highest value."""
    rough = max(highest, 1) / 5
    power = 10 ** max(math.floor(math.log10(rough)), 0)
    step = next(step for step in (power, power * 2, power * 5, power * 10) if step >= rough)
    return [step * number for number in range(max(math.ceil(highest / step), 1) + 1)]


def _short(number: int) -> str:
    """Write a number in three figures: 999, 1.23k, 45k."""
    value = float(number)
    for unit in _UNITS[:-1]:
        if value < 999.5:
            return f"{value:.3g}{unit}"
        value /= 1000
    return f"{value:.3g}{_UNITS[-1]}"
