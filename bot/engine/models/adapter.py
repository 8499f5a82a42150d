"""A LoRA adapter as a file: what was trained beside a model, small enough to be kept in a repository.

One safetensors file, float16, named as peft names its tensors (`…layers.0.self_attn.q_proj.lora_A.weight`), whose own
metadata says what it belongs to. A layer's weight W becomes W + (alpha / r) B A
(LoRA: Hu et al. 2021, arXiv:2106.09685).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from bot.engine.models.problems import CannotPrepareError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.floating]

FORMAT = "taleloom-adapter-1"
_NAME = re.compile(r"(?:base_model\.model\.)?(?P<layer>.+)\.lora_(?P<side>[AB])(?:\.default)?\.weight")


@dataclass(frozen=True, slots=True)
class Factors:
    """What is added to one layer's weight: `scale * b @ a`."""

    a: Matrix
    """r × inputs."""
    b: Matrix
    """outputs × r."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Adapter:
    """An adapter, read."""

    base: str
    """The registered name, hub id or path of the model that it was trained beside."""
    base_sha256: str
    """Of that model's weights file: beside others its numbers mean nothing."""
    scale: float
    """alpha / r."""
    layers: Mapping[str, Factors]
    """By the layer's name in transformers, as `model.layers.0.self_attn.q_proj`."""

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read one.

        Raises:
            CannotPrepareError: it is no adapter, is damaged, or changes nothing.
        """
        try:
            with safe_open(path, framework="numpy") as file:
                said = file.metadata() or {}
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
        except (OSError, SafetensorError) as error:
            raise CannotPrepareError(f"its adapter {path.name} cannot be read ({error}).") from None
        if said.get("format") != FORMAT:
            raise CannotPrepareError(f"{path.name} is no adapter of this program: its metadata has no {FORMAT}.")
        layers = _layers(path, tensors)
        if not any(factors.b.any() and factors.a.any() for factors in layers.values()):
            raise CannotPrepareError(f"the adapter {path.name} changes nothing: all that it adds is zero.")
        return cls(base=said["base"], base_sha256=said["base_sha256"], scale=float(said["scale"]), layers=layers)


def write_adapter(
    path: Path, tensors: Mapping[str, Matrix], *, base: str, base_sha256: str, scale: float, notes: Mapping[str, str]
) -> None:
    """Write one, in float16.

    Args:
        path: The file.
        tensors: By peft's names.
        base: See `Adapter`.
        base_sha256: See `Adapter`.
        scale: See `Adapter`.
        notes: What else a reader may want to know of it.
    """
    said = {**notes, "format": FORMAT, "base": base, "base_sha256": base_sha256, "scale": repr(scale)}
    save_file({name: tensor.astype("float16") for name, tensor in tensors.items()}, path, metadata=said)


def _layers(path: Path, tensors: Mapping[str, Matrix]) -> Mapping[str, Factors]:
    found: dict[str, dict[str, Matrix]] = {}
    for name, tensor in tensors.items():
        match = _NAME.fullmatch(name)
        if match is None:
            raise CannotPrepareError(f"{path.name} has a tensor that is no part of an adapter: {name}.")
        found.setdefault(match["layer"], {})[match["side"]] = tensor
    for layer, sides in found.items():
        if sides.keys() != {"A", "B"} or sides["A"].shape[0] != sides["B"].shape[1]:
            raise CannotPrepareError(f"{path.name} is damaged: what it adds to {layer} does not fit together.")
    return {layer: Factors(sides["A"], sides["B"]) for layer, sides in found.items()}
