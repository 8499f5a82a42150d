"""What a model takes of the memory, said before it is loaded: from its config where its files are not here.

Measured as the most that the engine process had resident, GPT-2's shapes with random weights, 32 streams that fill the
cache (`python -m bot bench memory` repeats it). OpenVINO GenAI 2026.4.1: the runtime alone takes 170 MB. Weights are
there twice, as they are mapped from their file and in the order in which the processor multiplies them. What 32 streams
calculate in takes 90 to 210 MB. torch 2.13: the runtime takes 485 MB, what streams calculate in 95. Weights are there
once, those of the last layer beside the vectors of the words, and while they are opened the whole file as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import psutil

from bot.engine.errors import ModelTooLargeError
from bot.engine.models.backend import Running
from bot.engine.models.folders import size_of
from bot.engine.models.gpus import free_gpu_bytes, visible_gpus
from bot.engine.models.profiles import ModelProfile
from bot.engine.models.shape import BYTES, Shape
from config.settings import SMALLEST_CACHE_MB, EngineSettings

MB = 1_000_000
MIB = 1024 * 1024
UNKNOWN_PARAMETERS = 125_000_000
UNPACKED = 2.4
"""How much larger a packed file's weights are in bfloat16."""
TEXT_TOKENS = 1024
"""Positions of a long text: what GPT-2 has room for."""
BLOCK_TOKENS = 32
"""Positions in one block of OpenVINO's paged cache on a processor."""
SMALLEST_CACHE = SMALLEST_CACHE_MB * MIB
CACHE_SHARE = 4
"""A cache that is chosen here takes at most one part in so many of what is free beside the weights."""


def free_bytes(settings: EngineSettings, running: Running, taken_bytes: int = 0, gpu: str = "") -> int:
    """Say what a model may take now: what is free, and within the limit of the engine process.

    Args:
        settings: Of the process.
        running: How it opens models: on a CUDA device the device's memory counts, which that limit is not about; where
            they are spread, that of all devices and the main memory.
        taken_bytes: What it has taken for other models.
        gpu: The device that is the process's own; empty for the first.
    """
    if running.device == "cuda" and (of_device := free_gpu_bytes(gpu)) is not None:
        return of_device
    free: int = psutil.virtual_memory().available
    if settings.memory_mb:
        free = min(free, settings.memory_mb * MIB - taken_bytes)
    if running.device == "auto":
        free += sum(free_gpu_bytes(each) or 0 for each in visible_gpus())
    return free


@dataclass(frozen=True, slots=True)
class Costs:
    """What a backend takes on a processor; torch is taken to need as much on a CUDA device (not measured)."""

    runtime: int
    """Bytes of the program, its libraries and its tokenizer."""
    workspace: int
    """Bytes that streams are calculated in."""
    copies: int
    """How often weights are there while the model writes."""


COSTS = {
    "openvino": Costs(170 * MB, 140 * MB, 2),
    "torch": Costs(485 * MB, 95 * MB, 1),
}


@dataclass(frozen=True, slots=True)
class MemoryEstimate:
    """What a model needs at the most, in bytes."""

    weights: int
    cache: int
    """The KV cache of all streams together, when it is full."""
    workspace: int
    """The runtime, and what streams are calculated in."""
    text: int = 0
    """What a text of `TEXT_TOKENS`, or one that fills the context, takes of the cache; 0 if that is not known."""

    opening: int = 0
    """What it takes while it is being opened."""

    @property
    def total(self) -> int:
        """The most that there is at once."""
        return max(self.weights + self.cache + self.workspace, self.opening)

    @property
    def texts(self) -> int:
        """How many long texts the cache holds."""
        return self.cache // self.text if self.text else 0


class Memory:
    """Estimates for one way of opening models, and what is free.

    Args:
        running: How models are opened.
        settings: What the cache may take, and how many texts there may be.
        free_bytes: What is free now.
    """

    def __init__(self, running: Running, settings: EngineSettings, free_bytes: int) -> None:
        self._running = running
        self._settings = settings
        self.free = free_bytes
        """What is free now, in bytes."""

    @classmethod
    def here(cls, running: Running, settings: EngineSettings, taken_bytes: int = 0, gpu: str = "") -> Self:
        """Give what is true on this machine now; the arguments are those of `free_bytes`."""
        return cls(running, settings, free_bytes(settings, running, taken_bytes, gpu))

    def of(self, dtype: str) -> Self:
        """Give the same for another dtype."""
        return type(self)(replace(self._running, dtype=dtype), self._settings, self.free)

    def fits(self, needed: MemoryEstimate) -> bool:
        """Tell whether there is so much."""
        return needed.total <= self.free

    def estimate(self, profile: ModelProfile, path: Path | None) -> MemoryEstimate:
        """Estimate from sizes alone, without opening the model.

        Args:
            profile: The model.
            path: What the engine opens, or None while it is not here; then its shape counts.
        """
        costs = COSTS[self._running.backend]
        weights = self._weights(profile, path) * costs.copies
        workspace = costs.runtime + costs.workspace
        text = min(self.context(profile), TEXT_TOKENS) * self.kv_bytes(profile)
        cache = self._settings.cache_mb * MIB or self._chosen_cache(text, self.free - weights - workspace)
        cache = max(cache, self._least_positions(profile) * self.kv_bytes(profile))
        stored = self._stored(profile, path)
        opening = costs.runtime + max(weights, self._unpacked(profile, stored)) + stored
        return MemoryEstimate(weights=weights, cache=cache, workspace=workspace, text=text, opening=opening)

    def context(self, profile: ModelProfile) -> int:
        """Give the positions that a model is given: all that it has room for, up to what is set."""
        return min(profile.context or TEXT_TOKENS, self._settings.context)

    def kv_bytes(self, profile: ModelProfile) -> int:
        """Give what one position takes in the KV cache; 0 if the model's shape is not known."""
        reproducible = self._settings.mode == "reproducible"
        own = "float16" if reproducible else "int8"
        dtype = self._running.calculates_in if self._running.backend == "torch" else own
        return profile.shape.kv_bytes(dtype) if profile.shape else 0

    def _least_positions(self, profile: ModelProfile) -> int:
        """Give what the cache must hold: one text that fills the context, and a block of each stream."""
        return self.context(profile) + self._settings.max_streams * BLOCK_TOKENS

    def _weights(self, profile: ModelProfile, path: Path | None) -> int:
        """Give what weights take in the dtype that they are calculated in."""
        if path is not None and (exported := path / "openvino_model.bin").is_file():
            return exported.stat().st_size
        if profile.shape is not None:
            return profile.shape.weight_bytes(self._running.dtype) + self._words(profile.shape)
        if path is None:
            return UNKNOWN_PARAMETERS
        return int(size_of(path) * UNPACKED) if path.suffix == ".gguf" else _checkpoint_bytes(path)

    def _words(self, shape: Shape) -> int:
        """Give what the vectors of words take where the last layer has a packed form of its own."""
        packed = self._running.device == "cpu" or self._running.dtype == "int8"
        own = packed and self._running.backend == "torch" and shape.tied
        return int(shape.words * BYTES[self._running.calculates_in]) if own else 0

    def _stored(self, profile: ModelProfile, path: Path | None) -> int:
        """Give the size of the file that torch maps into main memory while it opens a model."""
        if self._running.backend != "torch" or self._running.device != "cpu":
            return 0
        if path is not None:
            return size_of(path) if path.suffix == ".gguf" else _checkpoint_bytes(path)
        return profile.shape.weight_bytes("float32") if profile.shape else 0

    def _unpacked(self, profile: ModelProfile, stored: int) -> int:
        """Give what weights take before torch puts them into 8 bits, where their file has them in less than that."""
        if self._running.dtype != "int8" or not stored or profile.shape is None:
            return 0
        whole = profile.shape.weight_bytes(self._running.calculates_in)
        return whole if stored < whole else 0

    def _chosen_cache(self, text: int, spare: int) -> int:
        """Give room for a long text of each stream, if that is not too much of what is free."""
        wanted = self._settings.max_streams * (text or SMALLEST_CACHE // 4)
        return max(min(wanted, spare // CACHE_SHARE), SMALLEST_CACHE)

    def check(self, profile: ModelProfile, path: Path | None, others: Iterable[ModelProfile] = ()) -> MemoryEstimate:
        """Refuse a model that does not fit.

        Args:
            profile: The model.
            path: What the engine opens, or None while it is not here.
            others: Models to name instead, if one of them is smaller and fits.

        Raises:
            ModelTooLargeError: with what is needed, what is free, and what to do.
        """
        needed = self.estimate(profile, path)
        if not self.fits(needed):
            raise ModelTooLargeError(
                model=profile.name,
                needed=f"{needed.total / MB:,.0f}",
                free=f"{max(self.free, 0) / MB:,.0f}",
                advice=self._advice(needed, others),
            )
        return needed

    def _advice(self, needed: MemoryEstimate, others: Iterable[ModelProfile]) -> str:
        sizes = [(self.estimate(other, None).total, other.name) for other in others]
        fitting = [(size, name) for size, name in sizes if size <= self.free and size < needed.total]
        if fitting:
            size, name = max(fitting)
            return f"{name} needs {size / MB:,.0f} MB and fits: set TALELOOM_MODEL={name}."
        spare = (self.free - needed.weights - needed.workspace) // MIB
        if spare >= SMALLEST_CACHE // MIB and needed.cache > SMALLEST_CACHE:
            return f"It fits with a smaller cache: set TALELOOM_ENGINE__CACHE_MB={spare} or less."
        return "Free some memory, or run it on a machine with more."


def _checkpoint_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("*.safetensors"))
