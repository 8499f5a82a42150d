"""Packed weights, in the numbers that the fast mode calculates in, tell a text nearly as well as whole ones."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import openvino
import openvino_genai
import pytest

from bot.engine.backends.openvino import FAST

WINDOW = 256
EXACT = {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": 0}


def perplexity(folder: Path, properties: Mapping[str, Any], text: str) -> float:
    """Of a text, in windows that know nothing of each other."""
    tokens = openvino_genai.Tokenizer(folder).encode(text, add_special_tokens=False).input_ids.data[0].astype(np.int64)
    model = openvino.Core().compile_model(folder / "openvino_model.xml", "CPU", dict(properties))
    request, losses = model.create_infer_request(), []
    for begin in range(0, len(tokens) - WINDOW, WINDOW):
        ids = tokens[begin : begin + WINDOW][None]
        places = np.arange(WINDOW, dtype=np.int64)[None]
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "position_ids": places}
        known = {value.get_any_name() for value in model.inputs}
        inputs = {
            name: value for name, value in (inputs | {"beam_idx": np.zeros(1, np.int32)}).items() if name in known
        }
        request.reset_state()
        logits = np.asarray(request.infer(inputs)[0][0], np.float64)
        likely = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
        losses.append(-likely[np.arange(WINDOW - 1), ids[0, 1:]].mean())
    assert len(losses) >= 8
    return math.exp(np.mean(losses))


def test_int8_stays_within_two_per_cent_of_the_perplexity(text: str, uncompressed: Path, exported_tiny: Path) -> None:
    whole, packed = perplexity(uncompressed, EXACT, text), perplexity(exported_tiny, FAST, text)
    assert packed == pytest.approx(whole, rel=0.02)
    assert packed != whole
