"""Whether a model fits the free memory, said before it is loaded.

Measured with OpenVINO GenAI 2026.4.1: the runtime alone takes 130 MB; a folder takes 1.2 times the size of its
weights; buffers for 32 streams take up to 200 MB. With torch 2.13, 200 MB more; weights in float32 on the disk are read
and packed in bfloat16, which takes their size at the most, and a GGUF file is unpacked, to 2.4 times its size.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.engine.errors import ModelTooLargeError
from bot.engine.models.folders import size_of
from bot.engine.models.profiles import ModelProfile

MB = 1_000_000
RUNTIME = 130 * MB
WORKSPACE = 200 * MB
TORCH = 200 * MB
GGUF_FACTOR = 2.4
FOLDER_FACTOR = 1.2
UNKNOWN_PARAMETERS = 125_000_000


@dataclass(frozen=True, slots=True)
class MemoryEstimate:
    """What a loaded model needs at the most, in bytes."""

    weights: int
    cache: int
    """The KV cache of all streams together, when it is full."""
    workspace: int
    """The runtime and its buffers."""

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.cache + self.workspace


def estimate(profile: ModelProfile, path: Path | None, cache_mb: int) -> MemoryEstimate:
    """Estimate from sizes alone, without opening the model.

    Args:
        profile: The model.
        path: What the engine opens, or None while it is not here; then the number of parameters counts.
        cache_mb: The size of the KV cache in MB.
    """
    if path is None:
        weights = (profile.parameters or UNKNOWN_PARAMETERS) * FOLDER_FACTOR
    elif path.suffix == ".gguf":
        weights = size_of(path) * GGUF_FACTOR
    elif checkpoint := sum(file.stat().st_size for file in path.glob("*.safetensors")):
        return MemoryEstimate(weights=checkpoint, cache=cache_mb * MB, workspace=RUNTIME + WORKSPACE + TORCH)
    else:
        weights = sum(file.stat().st_size for file in path.glob("*.bin")) * FOLDER_FACTOR
    return MemoryEstimate(weights=int(weights), cache=cache_mb * MB, workspace=RUNTIME + WORKSPACE)


def check(
    profile: ModelProfile,
    path: Path | None,
    cache_mb: int,
    free_bytes: int,
    others: Iterable[ModelProfile] = (),
) -> MemoryEstimate:
    """Refuse a model that does not fit.

    Args:
        profile: The model.
        path: What the engine opens, or None while it is not here.
        cache_mb: The size of the KV cache in MB.
        free_bytes: What is free now.
        others: Models to name instead, if one of them is smaller and fits.

    Raises:
        ModelTooLargeError: with what is needed, what is free, and what to do.
    """
    needed = estimate(profile, path, cache_mb)
    if needed.total > free_bytes:
        raise ModelTooLargeError(
            model=profile.name,
            needed=f"{needed.total / MB:,.0f}",
            free=f"{free_bytes / MB:,.0f}",
            advice=_advice(needed, cache_mb, free_bytes, others),
        )
    return needed


def _advice(needed: MemoryEstimate, cache_mb: int, free_bytes: int, others: Iterable[ModelProfile]) -> str:
    sizes = [(estimate(other, None, cache_mb).total, other.name) for other in others]
    fitting = [(size, name) for size, name in sizes if size <= free_bytes and size < needed.total]
    if fitting:
        size, name = max(fitting)
        return f"{name} needs {size / MB:,.0f} MB and fits: set TALELOOM_MODEL={name}."
    spare = (free_bytes - needed.weights - needed.workspace) // MB
    if spare >= 64:
        return f"It fits with a smaller cache: set TALELOOM_ENGINE__CACHE_MB={spare} or less."
    return "Free some memory, or run it on a machine with more."
