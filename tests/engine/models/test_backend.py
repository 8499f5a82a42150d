"""What runs a model: as the operator says, or as the machine allows."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from bot.engine.models import backend
from bot.engine.models.backend import OPENVINO, Running, running
from config.settings import EngineSettings


@pytest.mark.parametrize(
    ("settings", "cuda", "wanted"),
    [
        ({}, False, OPENVINO),
        ({}, True, Running("torch", "bfloat16", "cuda")),
        ({"backend": "openvino"}, True, OPENVINO),
        ({"backend": "torch"}, False, Running("torch", "bfloat16", "cpu")),
        ({"backend": "torch", "dtype": "float32"}, True, Running("torch", "float32", "cuda")),
        ({"device_map": "auto"}, True, Running("torch", "bfloat16", "auto")),
        ({"device_map": "auto"}, False, OPENVINO),
        ({"dtype": "int4"}, True, Running("openvino", "int4")),
        ({"dtype": "float16"}, False, Running("torch", "float16", "cpu")),
        ({"backend": "openvino", "dtype": "bfloat16"}, False, Running("openvino", "bfloat16")),
        ({"mode": "reproducible"}, False, Running("torch", "bfloat16", "cpu")),
        ({"mode": "reproducible", "backend": "openvino"}, False, OPENVINO),
    ],
    ids=[
        "a processor",
        "a CUDA device",
        "openvino is asked for",
        "torch is asked for",
        "with a dtype",
        "spread over devices",
        "no devices to spread over",
        "a dtype of openvino's alone",
        "a dtype of torch's alone",
        "openvino with a dtype",
        "reproducible",
        "reproducible by openvino",
    ],
)
def test_what_runs_a_model(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], cuda: bool, wanted: Running
) -> None:
    monkeypatch.setattr(backend, "cuda_devices", lambda: int(cuda))
    monkeypatch.setattr(backend, "multiplies_bfloat16", lambda: True)
    assert running(EngineSettings(**settings)) == wanted


@pytest.mark.parametrize(("cuda", "dtype"), [(False, "float32"), (True, "bfloat16")], ids=["processor", "CUDA device"])
def test_torch_calculates_in_float32_where_a_processor_does_not_multiply_bfloat16(
    monkeypatch: pytest.MonkeyPatch, cuda: bool, dtype: str
) -> None:
    monkeypatch.setattr(backend, "cuda_devices", lambda: int(cuda))
    monkeypatch.setattr(backend, "multiplies_bfloat16", lambda: False)
    assert running(EngineSettings(backend="torch")).dtype == dtype
    assert running(EngineSettings(backend="torch", dtype="bfloat16")).dtype == "bfloat16"


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({"mode": "reproducible", "backend": "torch"}, True),
        ({"mode": "reproducible", "backend": "openvino"}, False),
        ({"backend": "torch"}, False),
    ],
    ids=["torch", "openvino", "the fast mode"],
)
def test_who_keeps_seeds(settings: dict[str, Any], kept: bool) -> None:
    assert backend.keeps_seeds(EngineSettings(**settings)) is kept


def test_a_dtype_that_a_backend_does_not_have_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="dtype int4 needs backend openvino, or auto"):
        EngineSettings(backend="torch", dtype="int4")


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"backend": "openvino"}, "needs backend torch"),
        ({"dtype": "int4"}, "needs backend torch"),
        ({"dtype": "int8"}, "a dtype other than int8"),
        ({"processes": 2}, "leave processes at 0"),
    ],
)
def test_what_cannot_be_spread_over_devices_is_refused(settings: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        EngineSettings(device_map="auto", **settings)
