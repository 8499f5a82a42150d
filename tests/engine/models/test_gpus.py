from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pynvml
import pytest

from bot.engine.models import gpus


def test_a_torch_that_was_built_for_processors_finds_no_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda _: "2.13.0+cpu")
    assert gpus.cuda_devices() == 0


def test_without_a_driver_there_is_no_device(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> None:
        raise OSError("libcuda.so.1: cannot open shared object file")

    monkeypatch.setattr("importlib.metadata.version", lambda _: "2.13.0+cu130")
    monkeypatch.setattr("ctypes.CDLL", missing)
    assert gpus.cuda_devices() == 0


class Driver:
    """CUDA's, as far as counting goes."""

    def __init__(self, devices: int) -> None:
        self.devices = devices

    def cuInit(self, flags: int) -> int:  # noqa: N802 - as the driver calls it
        return flags

    def cuDeviceGetCount(self, count: Any) -> int:  # noqa: N802
        count._obj.value = self.devices
        return 0


@pytest.mark.parametrize(
    ("devices", "chosen", "names"),
    [
        (0, "", ()),
        (2, "", ("0", "1")),
        (2, "3, GPU-8932f937", ("3", "GPU-8932f937")),
        (1, "3,-1,0", ("3",)),
    ],
)
def test_a_driver_says_how_many_devices_there_are_and_the_operator_which(
    monkeypatch: pytest.MonkeyPatch, devices: int, chosen: str, names: tuple[str, ...]
) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda _: "2.13.0+cu130")
    monkeypatch.setattr("ctypes.CDLL", lambda _: Driver(devices))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", chosen)
    assert gpus.cuda_devices() == devices
    assert gpus.visible_gpus() == names


def test_what_is_free_is_asked_of_the_very_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpus, "visible_gpus", lambda: ("1", "GPU-8932f937"))
    monkeypatch.setattr(pynvml, "nvmlInit", lambda: None)
    monkeypatch.setattr(pynvml, "nvmlDeviceGetHandleByIndex", lambda number: 100 + number)
    monkeypatch.setattr(pynvml, "nvmlDeviceGetHandleByUUID", lambda name: {"GPU-8932f937": 7}[name])
    monkeypatch.setattr(pynvml, "nvmlDeviceGetMemoryInfo", lambda handle: SimpleNamespace(free=handle))
    assert [gpus.free_gpu_bytes(gpu) for gpu in ("", "3", "GPU-8932f937")] == [101, 103, 7]


@pytest.mark.parametrize("devices", [(), ("0",)], ids=["no device", "no driver"])
def test_where_nobody_says_what_is_free_it_is_not_known(
    monkeypatch: pytest.MonkeyPatch, devices: tuple[str, ...]
) -> None:
    def none_there() -> None:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)

    monkeypatch.setattr(gpus, "visible_gpus", lambda: devices)
    monkeypatch.setattr(pynvml, "nvmlInit", none_there)
    assert gpus.free_gpu_bytes() is None
