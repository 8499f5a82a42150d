"""Tiny GGUF files of Llama models, and adapters beside them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import gguf
import numpy as np
import numpy.typing as npt

from bot.engine.models.adapter import write_adapter

WIDTH, HEADS, KV_HEADS, INNER, WORDS, RANK = 64, 4, 2, 96, 32, 3
SHAPES = {
    "self_attn.q_proj": (WIDTH, WIDTH),
    "self_attn.k_proj": (WIDTH // 2, WIDTH),
    "self_attn.v_proj": (WIDTH // 2, WIDTH),
    "self_attn.o_proj": (WIDTH, WIDTH),
    "mlp.gate_proj": (INNER, WIDTH),
    "mlp.up_proj": (INNER, WIDTH),
    "mlp.down_proj": (WIDTH, INNER),
}
"""Rows (outputs) and columns (inputs) of a block's layers, by their names in transformers."""

Matrix = npt.NDArray[np.float32]


def write_gguf(path: Path, weights: Mapping[str, Matrix], architecture: str = "llama") -> None:
    """Write one with weights by their names in the file."""
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_token_list(["a", "b"])
    for name, weight in weights.items():
        writer.add_tensor(name, weight)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def adapter_tensors(seed: int = 0, layers: int = 1) -> dict[str, Matrix]:
    """Give what peft would save for every layer of some blocks."""
    chance = np.random.default_rng(seed)
    found = {}
    for number in range(layers):
        for name, (rows, columns) in SHAPES.items():
            prefix = f"base_model.model.model.layers.{number}.{name}"
            found[f"{prefix}.lora_A.weight"] = chance.normal(size=(RANK, columns)).astype(np.float32)
            found[f"{prefix}.lora_B.weight"] = chance.normal(size=(rows, RANK)).astype(np.float32)
    return found


def save_adapter(path: Path, tensors: Mapping[str, Matrix], scale: float = 2.0, base_sha256: str = "0" * 64) -> Path:
    """Write an adapter for the base `tiny`."""
    write_adapter(path, tensors, base="tiny", base_sha256=base_sha256, scale=scale, notes={"made": "today"})
    return path
