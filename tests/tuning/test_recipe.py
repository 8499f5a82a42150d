"""A recipe that cannot be cooked is refused with what would be allowed."""

from __future__ import annotations

from typing import Any

import pytest

from bot.tuning.errors import BadRecipeError
from bot.tuning.recipe import Recipe


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"rank": 0}, "rank can be between 1 and 256; 0 is not."),
        ({"learning_rate": 1.0}, "learning_rate can be between 1e-08 and 0.1; 1.0 is not."),
        ({"steps": 0}, "steps can be between 1 and 1e+06; 0 is not."),
        ({"batch": 8, "at_once": 3}, "at_once can be a divisor of the batch, 8; 3 is not."),
        ({"batch": 4, "at_once": 8}, "at_once can be between 1 and 4; 8 is not."),
        ({"asked": 1.0}, "asked can be between 0 and 0.9; 1.0 is not."),
    ],
)
def test_a_value_out_of_its_range_is_named(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(BadRecipeError) as caught:
        Recipe(**changes)
    assert str(caught.value) == told


def test_steps_are_as_said_or_as_many_as_the_epochs_take() -> None:
    assert Recipe(steps=7).steps_for(1000) == 7
    assert Recipe(epochs=2, batch=8).steps_for(100) == 25
    assert Recipe(epochs=0.01, batch=8).steps_for(4) == 1
