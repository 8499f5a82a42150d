"""Whether what a hero does succeeds: a twenty-sided die, which the game's seed tells again."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum

SIDES = 20


class Luck(StrEnum):
    """How a throw is read."""

    DISASTER = "disaster"
    """1"""
    FAILURE = "failure"
    """2–8"""
    PRICE = "price"
    """9–12"""
    SUCCESS = "success"
    """13–19"""
    TRIUMPH = "triumph"
    """20"""


_TOLD = {
    Luck.DISASTER: ("It goes terribly wrong.", "结果糟糕透顶。"),
    Luck.FAILURE: ("It does not work.", "没有成功。"),
    Luck.PRICE: ("It works, but at a price.", "成功了，但付出了代价。"),
    Luck.SUCCESS: ("It works.", "成功了。"),
    Luck.TRIUMPH: ("It works better than anyone could have hoped.", "结果好得出乎所有人的意料。"),
}
_FROM = ((20, Luck.TRIUMPH), (13, Luck.SUCCESS), (9, Luck.PRICE), (2, Luck.FAILURE))


@dataclass(frozen=True, slots=True)
class Throw:
    """A throw of the die."""

    value: int
    """1–20."""

    @property
    def luck(self) -> Luck:
        """How it is read."""
        return next((luck for least, luck in _FROM if self.value >= least), Luck.DISASTER)

    def told(self, *, chinese: bool) -> str:
        """Give the sentence that the story goes on with, so that the model knows too."""
        english, other = _TOLD[self.luck]
        return other if chinese else english


def throw(seed: int, number: int) -> Throw:
    """Throw for the step of a game that has this number."""
    return Throw(random.Random(f"{seed}:die:{number}").randint(1, SIDES))  # noqa: S311 - a game, as its seed tells
