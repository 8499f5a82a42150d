"""Gives the engine the files of a model, or the reason why it cannot have them."""

from __future__ import annotations

import psutil

from bot.engine.models.description import read_json
from bot.engine.models.library import ModelLibrary
from bot.engine.models.memory import check
from bot.engine.process.opened import OpenableModel

CONTEXT = 1024  # where a file does not say: every GPT-2 has it
KV_OVERHEAD = 12  # bytes beside the 8-bit values of one head at one position: scale and zero point, padded


class LibraryModels:
    """The models of a library, checked against the free memory.

    Args:
        library: Where models are.
        cache_mb: The KV cache that goes with each.
    """

    def __init__(self, library: ModelLibrary, cache_mb: int) -> None:
        self._library = library
        self._cache_mb = cache_mb

    def openable(self, name: str) -> OpenableModel:
        """Give a model's files, fetched and exported first where needed; see `ModelSource.openable`."""
        path = self._library.prepare(name, lambda _: None)
        profile = self._library.profile(name)
        others = [registered.profile for registered in self._library.registry.values()]
        check(profile, path, self._cache_mb, psutil.virtual_memory().available, others)
        return OpenableModel(
            profile=profile,
            path=path,
            context=profile.context or CONTEXT,
            kv_bytes_per_token=profile.kv_bytes_per_token or kv_bytes_per_token(read_json(path / "config.json")),
            running=self._library.running,
        )


def kv_bytes_per_token(config: dict[str, object]) -> int:
    """Compute the size of one position in an 8-bit KV cache from a model's config; 0 where that does not say.

    Two entries (key and value) for each layer and key-value head, each a head's size of bytes and their scale.
    """

    def first(*names: str) -> int:
        return next((value for name in names if isinstance(value := config.get(name), int)), 0)

    layers = first("n_layer", "num_hidden_layers")
    heads = first("n_head", "num_attention_heads")
    width = first("n_embd", "hidden_size")
    kv_heads = first("num_key_value_heads") or heads
    if not (layers and heads and width):
        return 0
    head_size = first("head_dim") or width // heads
    return 2 * layers * kv_heads * (head_size + KV_OVERHEAD)
