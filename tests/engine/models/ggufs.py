"""Tiny GGUF files of Llama models, and adapters beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import gguf
import numpy as np
import numpy.typing as npt

from bot.engine.models.adapter import write_adapter
from bot.engine.models.merge import LAYERS
from tests.conftest import CHECKPOINTS

BLOCKS = 2
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
    _write(writer)


def write_llama(path: Path, context: int = 256) -> Path:
    """Write a whole model of two blocks with random weights, whose words are those of the tests' GPT-2."""
    vocabulary = json.loads((CHECKPOINTS / "gpt2-tiny" / "tokenizer.json").read_text(encoding="utf-8"))["model"]
    words = sorted(vocabulary["vocab"], key=vocabulary["vocab"].get)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(context)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(BLOCKS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_rope_freq_base(10_000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(words))
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(words)
    writer.add_token_types([3 if word == "<|endoftext|>" else 1 for word in words])
    writer.add_token_merges([" ".join(pair) for pair in vocabulary["merges"]])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)
    writer.add_pad_token_id(0)
    chance = np.random.default_rng(3)
    shapes = {"token_embd.weight": (len(words), WIDTH)} | {
        f"blk.{number}.{name}.weight": SHAPES[layer] for number in range(BLOCKS) for name, layer in LAYERS.items()
    }
    kind = gguf.GGMLQuantizationType.Q8_0
    for name, shape in shapes.items():
        weight = chance.normal(scale=0.3, size=shape).astype(np.float32)
        writer.add_tensor(name, gguf.quants.quantize(weight, kind), raw_dtype=kind)
    norms = [f"blk.{number}.{name}_norm.weight" for number in range(BLOCKS) for name in ("attn", "ffn")]
    for name in ("output_norm.weight", *norms):
        writer.add_tensor(name, np.ones(WIDTH, np.float32))
    _write(writer)
    return path


def _write(writer: gguf.GGUFWriter) -> None:
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
