"""llama.cpp by its C interface: many sequences in one batch, which its Python class does not offer."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import llama_cpp

SEQUENCES = 64
POSITIONS = SEQUENCES * 192
"""Room for all prompts and texts together."""


class Llama:
    """A GGUF file, opened.

    Args:
        path: The file.
        threads: CPU threads.
        top_k: See `SamplingParams`.
        top_p: See `SamplingParams`.

    Raises:
        ValueError: it is none, or cannot be read.
    """

    def __init__(self, path: Path, threads: int, *, top_k: int, top_p: float) -> None:
        if path.suffix != ".gguf":
            raise ValueError("it reads GGUF files alone: name a model that has one, such as storyteller")
        self._top_k, self._top_p = top_k, top_p
        logging.getLogger("llama-cpp-python").setLevel(logging.ERROR)
        llama_cpp.llama_backend_init()
        how = llama_cpp.llama_model_default_params()
        how.use_extra_bufts = False  # its kernels for AMX end the process where the system does not let it use them
        self._model = llama_cpp.llama_model_load_from_file(str(path).encode(), how)
        if not self._model:
            raise ValueError(f"{path.name} cannot be read")
        self._vocabulary = llama_cpp.llama_model_get_vocab(self._model)
        options = llama_cpp.llama_context_default_params()
        options.n_ctx, options.n_batch, options.n_seq_max = POSITIONS, POSITIONS, SEQUENCES
        options.n_threads = options.n_threads_batch = threads
        options.kv_unified = True
        self._context = llama_cpp.llama_init_from_model(self._model, options)
        self._rows = llama_cpp.llama_batch_init(POSITIONS, 0, 1)

    def batch(self, prompts: Sequence[str], new_tokens: int, seed: int) -> dict[str, Any]:
        """Write; see `references.Batch`."""
        begun = time.perf_counter()
        news = [self._tokens(prompt) for prompt in prompts]
        length = min(map(len, news))  # one length, as `generate` has it
        news = [tokens[:length] for tokens in news]
        samplers = [self._sampler(seed + at) for at in range(len(prompts))]
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self._context), 0)
        first, at = 0.0, 0
        for _ in range(new_tokens):
            rows = self._decode(news, at)
            at += len(news[0])
            drawn = zip(samplers, rows, strict=True)
            news = [[llama_cpp.llama_sampler_sample(sampler, self._context, row)] for sampler, row in drawn]
            first = first or time.perf_counter() - begun
        seconds = time.perf_counter() - begun
        for sampler in samplers:
            llama_cpp.llama_sampler_free(sampler)
        return {"seconds": seconds, "tokens": new_tokens * len(prompts), "first": (first,) * len(prompts)}

    def _tokens(self, text: str) -> list[int]:
        found, encoded = (llama_cpp.llama_token * POSITIONS)(), text.encode()
        added = parsed = 0  # no token at the ends, and markers are letters
        count = llama_cpp.llama_tokenize(self._vocabulary, encoded, len(encoded), found, len(found), added, parsed)
        return list(found[:count])

    def _sampler(self, seed: int) -> Any:  # noqa: ANN401 - a pointer of the library's
        chain = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
        llama_cpp.llama_sampler_chain_add(chain, llama_cpp.llama_sampler_init_top_k(self._top_k))
        llama_cpp.llama_sampler_chain_add(chain, llama_cpp.llama_sampler_init_top_p(self._top_p, 1))
        llama_cpp.llama_sampler_chain_add(chain, llama_cpp.llama_sampler_init_dist(seed))
        return chain

    def _decode(self, news: Sequence[Sequence[int]], at: int) -> list[int]:
        """Put tokens behind each sequence, from a position on; give the rows that tell what comes next."""
        rows, last = self._rows, []
        rows.n_tokens = 0
        for sequence, tokens in enumerate(news):
            for offset, token in enumerate(tokens):
                row = rows.n_tokens
                rows.token[row], rows.pos[row] = token, at + offset
                rows.n_seq_id[row], rows.seq_id[row][0] = 1, sequence
                rows.logits[row] = offset == len(tokens) - 1
                rows.n_tokens += 1
            last.append(rows.n_tokens - 1)
        if code := llama_cpp.llama_decode(self._context, rows):
            raise RuntimeError(f"llama_decode says {code}")
        return last
