"""What runs a model: as the operator says, or as the machine allows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.engine.errors import ModelUnavailableError
from bot.engine.models import backend
from bot.engine.models.backend import OPENVINO, Running, running
from bot.engine.models.library import ModelLibrary
from bot.engine.models.memory import COSTS, Memory
from config.settings import EngineSettings
from tests.conftest import CHECKPOINTS


@pytest.mark.parametrize(
    ("settings", "cuda", "wanted"),
    [
        ({}, False, OPENVINO),
        ({}, True, Running("torch", "bfloat16", "cuda")),
        ({"backend": "openvino"}, True, OPENVINO),
        ({"backend": "torch"}, False, Running("torch", "bfloat16", "cpu")),
        ({"backend": "torch", "dtype": "float32"}, True, Running("torch", "float32", "cuda")),
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
    monkeypatch.setattr(backend, "has_cuda", lambda: cuda)
    assert running(EngineSettings(**settings)) == wanted


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


def test_a_torch_that_was_built_for_processors_finds_no_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda _: "2.13.0+cpu")
    assert not backend.has_cuda()


def test_without_a_driver_there_is_no_device(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> None:
        raise OSError("libcuda.so.1: cannot open shared object file")

    monkeypatch.setattr("importlib.metadata.version", lambda _: "2.13.0+cu130")
    monkeypatch.setattr("ctypes.CDLL", missing)
    assert not backend.has_cuda()


@pytest.mark.parametrize(("devices", "found"), [(0, False), (2, True)])
def test_a_driver_says_how_many_devices_there_are(monkeypatch: pytest.MonkeyPatch, devices: int, found: bool) -> None:
    class Driver:
        def cuInit(self, flags: int) -> int:  # noqa: N802 - as the driver calls it
            return flags

        def cuDeviceGetCount(self, count: Any) -> int:  # noqa: N802
            count._obj.value = devices
            return 0

    monkeypatch.setattr("importlib.metadata.version", lambda _: "2.13.0+cu130")
    monkeypatch.setattr("ctypes.CDLL", lambda _: Driver())
    assert backend.has_cuda() is found


def test_torch_opens_a_checkpoint_as_it_is_and_a_packed_model_as_it_was_fetched(tmp_path: Path, shelf: Any) -> None:
    library = ModelLibrary(tmp_path / "models", running=Running("torch", "bfloat16"))
    tiny = CHECKPOINTS / "gpt2-tiny"
    assert library.ready(str(tiny)) == library.prepare(str(tiny), lambda _: None) == tiny
    assert not (tmp_path / "models").exists(), "nothing was exported"
    memory, stored = Memory(library.running, EngineSettings(), 10**12), (tiny / "model.safetensors").stat().st_size
    half, whole = (memory.of(dtype).estimate(library.profile(str(tiny)), tiny) for dtype in ("float16", "float32"))
    assert half.weights == pytest.approx(stored, rel=0.02), "it is stored in two bytes a weight"
    assert (half.opening, whole.opening) == (
        COSTS["torch"].runtime + half.weights, COSTS["torch"].runtime + whole.weights + stored,
    )  # fmt: skip
    assert shelf.library(tmp_path / "cache").prepare("tiny", lambda _: None).suffix == ".gguf"


def test_torch_refuses_what_has_no_checkpoint(tmp_path: Path, exported_tiny: Path) -> None:
    library = ModelLibrary(tmp_path, running=Running("torch", "bfloat16"))
    with pytest.raises(ModelUnavailableError, match="no safetensors weights"):
        library.prepare(str(exported_tiny), lambda _: None)
