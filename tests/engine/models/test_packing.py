"""Weights come back from every form to within what it rounds away."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import openvino
import pytest

from bot.engine.models.packing import FORMS, groups_uint4, packed, rows_int8

Matrix = npt.NDArray[np.float32]


@pytest.fixture
def weight() -> Matrix:
    """96 rows of 128, some of them larger than others, one of nothing."""
    chance = np.random.default_rng(5)
    found = chance.normal(size=(96, 128)) * chance.uniform(0.01, 4, size=(96, 1))
    found[7] = 0
    return found.astype(np.float32)


def unpacked(node: Any) -> Matrix:
    """What the graph multiplies with."""
    model = openvino.Model([node.output(0)], [])
    found = openvino.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})([])[0]
    return np.asarray(found, np.float32)


def test_a_row_in_int8_is_off_by_half_a_scale_at_the_most(weight: Matrix) -> None:
    values, scales = rows_int8(weight)
    assert values.dtype == np.int8
    assert (values.shape, scales.shape) == (weight.shape, (96, 1))
    off = np.abs(values * scales.astype(np.float32) - weight)
    # float16 rounds the scale itself, by 1 in 2,048; 127 of them are a sixteenth of it.
    assert (off <= scales.astype(np.float32) * (0.5 + 127 / 2048)).all()
    assert (values[7] == 0).all()


def test_a_group_in_int4_is_off_by_a_scale_at_the_most(weight: Matrix) -> None:
    values, zeros, scales = groups_uint4(weight)
    assert (values.shape, zeros.shape, scales.shape) == ((96, 2, 64), (96, 2, 1), (96, 2, 1))
    assert values.max() <= 15
    steps = scales.astype(np.float32)
    found = (values.astype(np.float32) - zeros) * steps
    assert (np.abs(found - weight.reshape(96, 2, 64)) <= steps * 1.01).all()


@pytest.mark.parametrize("form", FORMS)
def test_the_graph_unpacks_what_was_packed(weight: Matrix, form: str) -> None:
    found = unpacked(packed(weight, form, vocabulary=False))
    values, scales = rows_int8(weight)
    fours, zeros, steps = groups_uint4(weight)
    wanted = {
        "int8": values * scales.astype(np.float32),
        "int4": ((fours.astype(np.float32) - zeros) * steps.astype(np.float32)).reshape(weight.shape),
    }.get(form, weight)
    np.testing.assert_allclose(found, wanted, rtol=2e-3, atol=1e-6)


def test_int4_leaves_words_and_odd_widths_in_int8(weight: Matrix) -> None:
    eight = unpacked(packed(weight, "int8", vocabulary=False))
    np.testing.assert_array_equal(unpacked(packed(weight, "int4", vocabulary=True)), eight)
    odd = weight[:, :96]
    np.testing.assert_array_equal(
        unpacked(packed(odd, "int4", vocabulary=False)), unpacked(packed(odd, "int8", vocabulary=False))
    )
