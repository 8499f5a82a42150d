"""The CUDA devices of this machine, found without importing torch."""

from __future__ import annotations

import ctypes
import importlib.metadata
import os

import pynvml


def cuda_devices() -> int:
    """Count the CUDA devices that the torch that is installed can use."""
    try:
        if importlib.metadata.version("torch").endswith("+cpu"):
            return 0
        driver = ctypes.CDLL("libcuda.so.1")
    except (importlib.metadata.PackageNotFoundError, OSError):
        return 0
    count = ctypes.c_int()
    return count.value if driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 else 0


def visible_gpus() -> tuple[str, ...]:
    """Name the CUDA devices that torch can use, as `CUDA_VISIBLE_DEVICES` does."""
    count = cuda_devices()  # of those that the operator has chosen, where they have
    chosen = [name.strip() for name in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if name.strip()]
    return tuple(chosen[:count] or map(str, range(count)))


def free_gpu_bytes(gpu: str = "") -> int | None:
    """Say what is free on a device, as the driver counts it (NVML).

    Args:
        gpu: One of `visible_gpus`; empty for the first, which is torch's own choice.

    Returns:
        None where there is no device, or the driver does not say.
    """
    try:
        gpu = gpu or visible_gpus()[0]
        pynvml.nvmlInit()
        handle = pynvml.nvmlDeviceGetHandleByIndex(int(gpu)) if gpu.isdigit() else pynvml.nvmlDeviceGetHandleByUUID(gpu)
        return int(pynvml.nvmlDeviceGetMemoryInfo(handle).free)
    except (IndexError, pynvml.NVMLError):
        return None
