"""Every parameter has a range, and a value outside it is refused by name."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

import pytest

from bot.engine.errors import InvalidSamplingError
from bot.engine.sampling import RANGES, SamplingParams

NUMBERS = [
    field.name for field in fields(SamplingParams) if field.name not in {"do_sample", "stop", "bad_words", "ignore_eos"}
]


def test_every_number_has_a_range_and_its_default_lies_in_it() -> None:
    assert set(RANGES) == set(NUMBERS)
    SamplingParams()


@pytest.mark.parametrize("name", NUMBERS)
def test_both_ends_of_a_range_are_allowed(name: str) -> None:
    for value in (RANGES[name].low, RANGES[name].high):
        values: Any = {name: value}
        assert getattr(SamplingParams(**values), name) == value


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("side", ["below", "above", "nan", "infinite"])
def test_what_lies_outside_is_refused_by_name_with_the_range(name: str, side: str) -> None:
    allowed = RANGES[name]
    value = {"below": allowed.low - 0.01, "above": allowed.high + 1, "nan": math.nan, "infinite": math.inf}[side]
    values: Any = {name: value}
    with pytest.raises(InvalidSamplingError) as caught:
        SamplingParams(**values)
    assert str(caught.value).startswith(f"{name} must be between {allowed.low:g} and {allowed.high:g}")
    assert caught.value.values["value"] is value


def test_no_seed_is_allowed() -> None:
    assert SamplingParams(seed=None).seed is None
    assert SamplingParams(seed=2**53 - 1).seed == 2**53 - 1


def test_it_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        SamplingParams().temperature = 2.0  # type: ignore[misc]


def test_what_differs_from_a_plain_draw_is_named() -> None:
    plain = SamplingParams(temperature=1.0, top_k=0, top_p=1.0)
    assert plain.changed() == frozenset()
    assert SamplingParams().changed() == {"temperature", "top_k", "top_p"}
    assert SamplingParams(
        temperature=1.0,
        top_k=0,
        top_p=1.0,
        typical_p=0.9,
        bad_words=("x",),
        stop=("y",),
        seed=0,
        do_sample=False,
        min_p=0.1,
    ).changed() == {"typical_p", "bad_words", "stop", "seed", "do_sample", "min_p"}
