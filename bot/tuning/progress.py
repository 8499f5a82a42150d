"""What is told while a model is fine-tuned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """After a step."""

    step: int
    steps: int
    loss: float
    """Of the step's blocks: the mean of minus the natural logarithm of a token's probability."""
    tokens_per_second: float
    seconds_left: float
    """If it goes on to the last step."""


@dataclass(frozen=True, slots=True)
class Look:
    """After a look at what is held out."""

    step: int
    loss: float
    best: bool
    """It is the lowest so far."""


def kept_of(looks: Sequence[Look]) -> Look:
    """Give the look whose step is kept: the lowest loss of those with a checkpoint, which the first has not.

    Args:
        looks: From step 0 on.
    """
    return min((look for look in looks if look.step), key=lambda look: look.loss, default=looks[0])


Told = Callable[[Step | Look], None]
