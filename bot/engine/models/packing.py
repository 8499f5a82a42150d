"""In which forms OpenVINO keeps weights.

int8: a scale for each row, symmetric, as llm.int8 and its like have it. int4: a scale and a zero point for each 64
columns of a row, asymmetric. Both round to the nearest; what is multiplied with them is rounded to 8 bits by OpenVINO
while it runs, in groups of 64 (see `bot.engine.backends.openvino`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

FORMS = ("int8", "int4", "bfloat16", "float32")
"""What `engine.dtype` may be for OpenVINO."""
GROUP = 64
LEVELS = 15
TINY = np.float32(1e-12)


def rows_int8(weight: Matrix) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Round each row to -127 … 127 and its scale.

    Returns:
        Values in the shape of `weight`, and scales in the shape (rows, 1): `values * scales` is `weight` to within half
        a scale.
    """
    scales = (np.abs(weight).max(axis=1, keepdims=True) / 127).astype(np.float16)
    values = np.round(weight / np.maximum(scales.astype(np.float32), TINY))
    return np.clip(values, -127, 127).astype(np.int8), scales


def groups_uint4(weight: Matrix) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float16]]:
    """Round each group of 64 columns to 0 … 15, its zero point and its scale.

    Args:
        weight: Its columns are a multiple of 64.

    Returns:
        Values in the shape (rows, groups, 64), zero points and scales in the shape (rows, groups, 1):
        `(values - zeros) * scales` is `weight` to within a scale.
    """
    grouped = weight.reshape(weight.shape[0], -1, GROUP)
    low = np.minimum(grouped.min(axis=2, keepdims=True), 0)
    high = np.maximum(grouped.max(axis=2, keepdims=True), 0)
    scales = ((high - low) / LEVELS).astype(np.float16)
    steps = np.maximum(scales.astype(np.float32), TINY)
    zeros = np.clip(np.round(-low / steps), 0, LEVELS)
    values = np.clip(np.round(grouped / steps) + zeros, 0, LEVELS)
    return values.astype(np.uint8), zeros.astype(np.uint8), scales


def packed(weight: Matrix, form: str, *, vocabulary: bool) -> Any:  # noqa: ANN401 - the library has no types
    """Give the node of a graph that unpacks a weight as it is multiplied.

    Args:
        weight: Rows (outputs) and columns (inputs).
        form: One of `FORMS`.
        vocabulary: It has a row for each token; int4 keeps it in int8, as it is what quality hangs on most.
    """
    from openvino import opset13  # noqa: PLC0415 - only the program that converts needs it

    if form in {"float32", "bfloat16"}:  # the latter is halved when the graph is saved
        return opset13.constant(np.asarray(weight, np.float32))
    if form == "int4" and not vocabulary and weight.shape[1] % GROUP == 0:
        values, zeros, scales = groups_uint4(weight)
        whole = opset13.subtract(_halves(values), _halves(zeros))
        scaled = opset13.multiply(whole, opset13.constant(scales))
        flat = opset13.reshape(scaled, opset13.constant(np.array(weight.shape, np.int64)), special_zero=False)
        return opset13.convert(flat, "f32")
    rows, scales = rows_int8(weight)
    return opset13.convert(
        opset13.multiply(opset13.convert(opset13.constant(rows), "f16"), opset13.constant(scales)), "f32"
    )


def _halves(values: NDArray[np.uint8]) -> Any:  # noqa: ANN401 - the library has no types
    """Give 4-bit values, two in a byte and the lower first, as a node of float16."""
    import openvino  # noqa: PLC0415 - see `packed`
    from openvino import opset13  # noqa: PLC0415

    flat = np.append(values.reshape(-1), np.zeros(values.size % 2, np.uint8))
    tensor = openvino.Tensor(openvino.Type.u4, openvino.Shape(list(values.shape)))
    tensor.data[:] = (flat[::2] | flat[1::2] << 4).reshape(tensor.data.shape)
    return opset13.convert(openvino.op.Constant(tensor), "f16")
