"""OpenVINO GenAI's continuous batching: the default on CPUs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import openvino
import openvino_genai

from bot.engine.backends.base import require, require_room
from bot.engine.backends.texts import News, Text, begun_with, pieces, put_in_front
from bot.engine.models.memory import BLOCK_TOKENS
from bot.engine.pieces import Piece
from bot.engine.protocol import Finish
from bot.engine.sampling import SamplingParams

BATCHED_TOKENS = 256  # prompt tokens that one step may take: more would let running streams wait
# Kernels are compiled for each shape of a batch and kept in two places, OpenVINO's and oneDNN's. With their defaults,
# 5,000 and 1,024, memory grows by 60 KB with each story for hours; these are as fast, and it stands still.
SHAPES = 16
PRIMITIVES = 64
# Where a processor has bfloat16 OpenVINO takes it, and then multiplies packed weights in it too, which costs a single
# stream of GPT-2 nearly half of its speed and 32 streams a tenth. In float32 it rounds what is multiplied to 8 bits, in
# groups of so many: 32, its default, is slower; larger ones are a little faster and further from the exact result (of
# SmolLM2's perplexity 0.4 % with 64, 1.5 % with 192).
# Left to itself OpenVINO keeps keys and values in 16 bits on processors without AVX-512, where the cache then takes 1.7
# times what it was given; 8 bits are as fast there.
FAST = {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": 64, "KV_CACHE_PRECISION": "u8"}
WHOLE = {"INFERENCE_PRECISION_HINT": "bf16", "KV_CACHE_PRECISION": "u8"}
EXACT = {"DYNAMIC_QUANTIZATION_GROUP_SIZE": 0, "INFERENCE_PRECISION_HINT": "f32", "KV_CACHE_PRECISION": "f16"}
CAPABILITIES = frozenset(
    {
        "max_new_tokens", "do_sample", "temperature", "top_k", "top_p", "min_p", "repetition_penalty",
        "presence_penalty", "frequency_penalty", "stop", "seed", "ignore_eos",
    }
)  # fmt: skip


@dataclass(slots=True)
class _Stream:
    handle: Any
    text: Text
    scored: bool


class OpenVINOModel:
    """A pipeline over a folder that was exported or converted.

    Args:
        path: The folder.
        context: Positions of the model.
        kv_bytes_per_token: Size of one position in the KV cache, from which the number of blocks follows; 0 if it is
            not known, and then the cache is counted in whole GiB.
        cache_bytes: The most memory that the KV cache may take.
        threads: CPU threads; 0 leaves the choice to OpenVINO (all physical cores).
        max_streams: Sequences in one batch.
        dtype: What the weights are kept in, one of `bot.engine.models.packing.FORMS`; bfloat16 is also calculated in,
            the others in float32.
        reproducible: Calculate each stream in the same numbers whoever else is writing, as nearly as OpenVINO can: with
            any of these three properties left out texts part within a few tokens, with all of them one in eight does
            where the likeliest tokens nearly tie. Most of their price is the first's, without which activations are
            multiplied in 8 bits.
    """

    backend = "openvino"
    capabilities = CAPABILITIES

    def __init__(
        self,
        path: Path,
        *,
        context: int,
        kv_bytes_per_token: int,
        cache_bytes: int,
        threads: int,
        max_streams: int,
        dtype: str = "int8",
        reproducible: bool = False,
    ) -> None:
        scheduler = openvino_genai.SchedulerConfig()
        if kv_bytes_per_token:
            blocks = cache_bytes // (kv_bytes_per_token * BLOCK_TOKENS)
            scheduler.cache_size = 0
            scheduler.num_kv_blocks = max(blocks, context // BLOCK_TOKENS + max_streams)
        else:
            scheduler.cache_size = max(1, round(cache_bytes / 2**30))
        scheduler.max_num_seqs = max_streams
        scheduler.max_num_batched_tokens = BATCHED_TOKENS
        scheduler.enable_prefix_caching = True
        cache = {"CPU_RUNTIME_CACHE_CAPACITY": SHAPES}
        os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", str(PRIMITIVES))  # read when the first one is made
        properties: dict[str, Any] = cache | ({"INFERENCE_NUM_THREADS": threads} if threads else {})
        properties |= EXACT if reproducible else WHOLE if dtype == "bfloat16" else FAST
        self._pipeline = openvino_genai.ContinuousBatchingPipeline(str(path), scheduler, "CPU", properties, cache)
        self._tokenizer = self._pipeline.get_tokenizer()
        self._streams: dict[str, _Stream] = {}
        self._next_id = 0
        marked, plain = self._encode("a", special=True), self._encode("a")
        self._first = put_in_front(marked, plain, self._tokenizer.get_bos_token_id())
        self.context = context - len(self._first)

    @property
    def running(self) -> int:
        """Streams that are not finished."""
        return len(self._streams)

    def start(self, request_id: str, prompt: str, sampling: SamplingParams, *, scored: bool = False) -> None:
        """Begin a stream; see `LoadedModel.start`."""
        require(CAPABILITIES, sampling)
        tokens = self._encode(prompt)
        require_room(len(tokens), self.context)
        limit = min(sampling.max_new_tokens, self.context - len(tokens))
        tokens = begun_with(self._first, tokens)
        self._next_id += 1
        config = self._config(sampling, limit)
        config.logprobs = int(scored)
        handle = self._pipeline.add_request(self._next_id, openvino.Tensor(np.array([tokens], np.int64)), config)
        self._streams[request_id] = _Stream(handle, Text(tokens, sampling.stop, self._decode), scored)

    def _encode(self, text: str, *, special: bool = False) -> list[int]:
        if not text:
            return []
        return list(self._tokenizer.encode(text, add_special_tokens=special).input_ids.data[0].tolist())

    def _config(self, sampling: SamplingParams, limit: int) -> Any:  # noqa: ANN401 - the library has no types
        config = openvino_genai.GenerationConfig(
            max_new_tokens=limit,
            do_sample=sampling.do_sample,
            repetition_penalty=sampling.repetition_penalty,
            presence_penalty=sampling.presence_penalty,
            frequency_penalty=sampling.frequency_penalty,
            ignore_eos=sampling.ignore_eos,
            apply_chat_template=False,
        )
        if sampling.do_sample:
            config.temperature = sampling.temperature
            config.top_p = sampling.top_p
            config.min_p = sampling.min_p
            if sampling.top_k:
                config.top_k = sampling.top_k
            config.rng_seed = sampling.seed or 0
        config.eos_token_id = self._tokenizer.get_eos_token_id()
        return config

    def cancel(self, request_id: str) -> Piece | None:
        """End a stream within one step."""
        stream = self._streams.pop(request_id, None)
        if stream is None:
            return None
        stream.handle.cancel()
        return Piece(request_id, "", stream.text.tokens, Finish.CANCELLED)

    def step(self) -> list[Piece]:
        """Write one token more of every stream; holds the GIL, hence the process of its own."""
        self._pipeline.step()
        news = []
        for request_id, stream in self._streams.items():
            tokens, finish, log_likelihood = _read(stream)
            if tokens or finish:
                news.append(News(request_id, stream.text, tokens, finish, log_likelihood))
        found = pieces(news, self._decode)
        for piece in found:
            if piece.finish:
                stream = self._streams.pop(piece.request_id)
                if piece.finish is Finish.STOP:
                    stream.handle.cancel()
        return found

    def _decode(self, windows: list[list[int]]) -> list[str]:
        # The tokenizer refuses to decode nothing.
        return list(self._tokenizer.decode(windows)) if windows else []

    def count(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text."""
        return [len(self._encode(text)) for text in texts]


def _read(stream: _Stream) -> tuple[list[int], Finish | None, float]:
    """Take what a step has added to a stream: tokens, an end, and how likely they are (0 unless it is scored)."""
    tokens: list[int] = []
    log_likelihood = 0.0
    finish: Finish | None = None
    while stream.handle.can_read():
        for output in stream.handle.read().values():
            tokens += output.generated_ids
            log_likelihood += sum(output.generated_log_probs) if stream.scored else 0.0
            if output.finish_reason == openvino_genai.GenerationFinishReason.LENGTH:
                finish = Finish.LENGTH
            elif output.finish_reason == openvino_genai.GenerationFinishReason.STOP:
                finish = Finish.EOS
    status = stream.handle.get_status()
    if finish is None and status in {openvino_genai.GenerationStatus.FINISHED, openvino_genai.GenerationStatus.IGNORED}:
        # A stream may end with no last output; IGNORED is one that found no room in the cache.
        finish = Finish.LENGTH
    return tokens, finish, log_likelihood
