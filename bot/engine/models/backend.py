"""Which backend runs a model on this machine, and in what numbers."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass

from bot.engine.models.gpus import cuda_devices
from bot.engine.models.processor import multiplies_bfloat16
from config.settings import ONLY, EngineSettings


@dataclass(frozen=True, slots=True)
class Running:
    """How the engine process opens a model."""

    backend: str = "openvino"
    dtype: str = "int8"
    """What weights are kept in; see `bot.engine.models.packing.FORMS` for OpenVINO, else as torch calls it."""
    device: str = "cpu"
    """What torch calls it; `auto` for as many CUDA devices as there are, and the main memory behind them."""

    @property
    def calculates_in(self) -> str:
        """What torch multiplies, and keeps keys and values and the vectors of words in."""
        return calculated_in(self.dtype, self.device)


TORCH_DTYPES = ("int8", "bfloat16", "float16", "float32")
"""What `engine.dtype` may be for torch."""

OPENVINO = Running()
"""The default on processors."""


def running(settings: EngineSettings) -> Running:
    """Choose: what is set, else torch where there is a CUDA device that it can use, and OpenVINO everywhere else.

    In the reproducible mode torch is chosen wherever it is installed: OpenVINO comes close to keeping that promise
    (measured: 7 of 8 texts in a batch of 16, GPT-2 124M with random weights, whose likeliest tokens nearly tie), and
    torch keeps it. A dtype that one backend alone has chooses that one. torch calculates in bfloat16, but in float32 on
    a processor that does not multiply that itself: a prompt of 700 tokens took it a minute instead of 2 s (GPT-2 124M).
    """
    backend: str = settings.backend
    if backend == "auto" and settings.dtype in ONLY:
        backend = ONLY[settings.dtype]
    cuda = backend != "openvino" and cuda_devices() > 0
    exact = settings.mode == "reproducible" and importlib.util.find_spec("transformers") is not None
    chosen = None if settings.dtype == "auto" else settings.dtype
    if backend == "openvino" or (backend == "auto" and not cuda and not exact):
        return Running("openvino", chosen or OPENVINO.dtype)
    own = "bfloat16" if cuda or multiplies_bfloat16() else "float32"
    on_cuda = "auto" if settings.device_map == "auto" else "cuda"
    return Running("torch", chosen or own, on_cuda if cuda else "cpu")


def calculated_in(dtype: str, device: str) -> str:
    """Say what torch calculates in where weights are kept in a dtype; with int8 the device says it."""
    if dtype != "int8":
        return dtype
    return "float32" if device == "cpu" else "bfloat16"


def keeps_seeds(settings: EngineSettings) -> bool:
    """Tell whether a seed gives the same text again whoever else is writing: OpenVINO only comes close."""
    return settings.mode == "reproducible" and running(settings).backend == "torch"
