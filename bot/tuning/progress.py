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


@dataclass(frozen=True, slots=True)
class Look:
    """After a look at what is held out."""

    step: int
    loss: float
    best: bool
    """It is the lowest so far."""


def loss_before(looks: Sequence[Look]) -> float | None:
    """Give the loss before the first step; None where a run that was resumed does not know it any more."""
    return looks[0].loss if looks[0].step == 0 else None


def kept_of(looks: Sequence[Look]) -> Look:
    """Give the look whose step is kept: the lowest loss of those with a checkpoint, which the first has not.

    Args:
        looks: From step 0 on, if that is known.
    """
    return min((look for look in looks if look.step), key=lambda look: look.loss, default=looks[0])


Told = Callable[[Step | Look], None]
