"""The sizes of a decoder, as its config says them, and what follows from them before anything is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from bot.engine.models.packing import GROUP

KV_OVERHEAD = 12  # bytes beside the 8-bit values of one head at one position: scale and zero point, padded
GATED = frozenset({"silu", "swish"})
BYTES = {"int8": 1.0, "int4": 0.5, "bfloat16": 2.0, "float16": 2.0, "float32": 4.0}
"""What a weight takes, by dtype, without scales."""
SCALES = {"int4": 2.5 / GROUP}
"""What scale and zero point add to a weight; a scale a row adds nothing that counts."""
KV_BYTES = {"bfloat16": 2, "float16": 2, "float32": 4}


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """How large a decoder's parts are; all in numbers, not in bytes."""

    layers: int
    width: int
    kv_heads: int
    """Heads that keys and values are kept for."""
    head_size: int
    heads: int
    inner: int
    """Width between the two halves of a layer's feed-forward part."""
    gated: bool
    """That part has three matrices, as in Llama, and not two and biases, as in GPT-2."""
    vocabulary: int
    positions: int
    """Learned ones; 0 where they are calculated."""
    tied: bool
    """The last layer takes the vectors of the words."""

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Self | None:
        """Read it off a config, by any of the names that transformers' models have; None where it does not say."""

        def first(*names: str) -> int:
            return next((value for name in names if isinstance(value := config.get(name), int)), 0)

        layers, width = first("n_layer", "num_hidden_layers", "num_layers"), first("n_embd", "hidden_size")
        heads = first("n_head", "num_attention_heads", "num_heads")
        if not (layers and width and heads):
            return None
        gated = str(config.get("hidden_act")) in GATED or "hidden_activation" in config  # the latter in Gemma's alone
        return cls(
            layers=layers,
            width=width,
            heads=heads,
            kv_heads=first("num_key_value_heads") or heads,
            head_size=first("head_dim") or width // heads,
            inner=first("n_inner", "intermediate_size", "ffn_dim") or 4 * width,
            gated=gated,
            vocabulary=first("vocab_size"),
            positions=0 if gated else first("n_positions", "max_position_embeddings"),
            tied=bool(config.get("tie_word_embeddings", not gated)),
        )

    @property
    def words(self) -> int:
        """Weights of the vocabulary, those of the last layer included."""
        return self.vocabulary * self.width * (1 if self.tied else 2)

    @property
    def parameters(self) -> int:
        """All weights; exact for GPT-2 and Llama, and close for those that are built like them."""
        attention = 2 * self.width * self.head_size * (self.heads + self.kv_heads)
        matrices = attention + (3 if self.gated else 2) * self.width * self.inner
        small = 2 * self.width if self.gated else 9 * self.width + self.inner
        last = self.width if self.gated else 2 * self.width
        return self.words + self.positions * self.width + self.layers * (matrices + small) + last

    def weight_bytes(self, dtype: str) -> int:
        """Give what all weights take in a dtype; int4 keeps the vocabulary in int8."""
        words = self.words * (1.0 if dtype == "int4" else BYTES[dtype])
        return int(words + (self.parameters - self.words) * (BYTES[dtype] + SCALES.get(dtype, 0.0)))

    def kv_bytes(self, dtype: str) -> int:
        """Give what one position takes in the KV cache, a key and a value for each layer and head.

        Args:
            dtype: `int8`, with a scale and a zero point for each head, or as in `KV_BYTES`.
        """
        head = self.head_size * KV_BYTES[dtype] if dtype in KV_BYTES else self.head_size + KV_OVERHEAD
        return 2 * self.layers * self.kv_heads * head
