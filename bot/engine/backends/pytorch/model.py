"""A transformers model that writes any number of texts at once, on the processor or a CUDA device."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from transformers import PreTrainedModel

from bot.engine.backends.base import require, require_room
from bot.engine.backends.pytorch.forward import PROMPT_TOKENS, Forward, device_of
from bot.engine.backends.pytorch.opening import (
    CannotOpenError,
    open_checkpoint,
    rooms_for_weights,
    without_stray_spaces,
)
from bot.engine.backends.pytorch.packing import pack
from bot.engine.backends.pytorch.quantizing import quantize
from bot.engine.backends.pytorch.sampling import Draw
from bot.engine.backends.pytorch.separately import Separately, goes_on
from bot.engine.backends.pytorch.together import Together, can_go_together
from bot.engine.backends.texts import News, Text, begun_with, pieces, put_in_front
from bot.engine.errors import BrokenNumbersError, OutOfMemoryError
from bot.engine.models.backend import calculated_in
from bot.engine.models.export import mended
from bot.engine.pieces import Failed, Piece
from bot.engine.protocol import Finish
from bot.engine.sampling import SamplingParams

CAPABILITIES = frozenset(
    {
        "max_new_tokens", "do_sample", "temperature", "top_k", "top_p", "min_p", "typical_p", "repetition_penalty",
        "presence_penalty", "frequency_penalty", "no_repeat_ngram_size", "stop", "bad_words", "seed", "ignore_eos",
    }
)  # fmt: skip


@dataclass(slots=True)
class _Stream:
    request_id: str
    unread: list[int]
    """Tokens of the prompt that the model has not read."""
    positions: int
    """That prompt and text may take together."""
    limit: int
    draw: Draw
    text: Text
    ends: frozenset[int]
    scored: bool
    begun: bool = False
    last: int | None = None
    """The token that was drawn last."""
    log_likelihood: float = 0.0
    """Of the new tokens, if it is scored."""
    new: list[int] = field(default_factory=list)
    finish: Finish | None = None


class TorchModel:
    """A checkpoint opened by transformers.

    Args:
        path: A folder with config, tokenizer and safetensors weights, or a GGUF file that transformers knows.
        context: Positions of the model.
        cache_bytes: The most memory that keys and values may take.
        threads: CPU threads; 0 leaves the choice to torch (all physical cores).
        max_streams: Sequences in one batch; more wait.
        dtype: What the weights are kept in: `float32`, `bfloat16`, `float16` or `int8`.
        device: `cpu`, `cuda` or `cuda:1`; `auto` spreads the layers over all CUDA devices and the main memory.
        reproducible: Give each stream the same numbers whoever else is writing.

    Raises:
        CannotOpenError: the files are damaged, or of a kind that transformers does not know.
    """

    backend = "torch"
    capabilities = CAPABILITIES

    def __init__(
        self,
        path: Path,
        *,
        context: int,
        cache_bytes: int,
        threads: int,
        max_streams: int,
        dtype: str,
        device: str = "cpu",
        reproducible: bool = False,
    ) -> None:
        if threads:
            torch.set_num_threads(threads)
        rooms = rooms_for_weights(cache_bytes) if device == "auto" else None
        model, self._tokenizer = open_checkpoint(path, getattr(torch, calculated_in(dtype, device)), rooms)
        without_stray_spaces(self._tokenizer)
        self._model = model.eval()
        apart = False
        if rooms is None:
            place = torch.device(device)
            apart = quantize(model, place) if dtype == "int8" else pack(model, place)
            model.to(place)
        self._device = device_of(model)
        ends = mended(model.generation_config.to_dict(), self._tokenizer)["eos_token_id"]
        self._ends = frozenset(ends if isinstance(ends, list) else [ends] if ends is not None else [])
        marked, plain = (self._tokenizer("a", add_special_tokens=special)["input_ids"] for special in (True, False))
        self._first = put_in_front(marked, plain, self._tokenizer.bos_token_id)
        self.context = context - len(self._first)
        self._max_streams = max_streams
        self._waiting: list[_Stream] = []
        self._streams: dict[str, _Stream] = {}
        with torch.inference_mode():
            self._forward = _forward(self._model, cache_bytes, apart=apart, reproducible=reproducible)

    @property
    def running(self) -> int:
        """Streams that are not finished."""
        return len(self._streams) + len(self._waiting)

    def start(self, request_id: str, prompt: str, sampling: SamplingParams, *, scored: bool = False) -> None:
        """Begin a stream; see `LoadedModel.start`."""
        require(CAPABILITIES, sampling)
        tokens = self._encode(prompt)
        require_room(len(tokens), self.context)
        limit = min(sampling.max_new_tokens, self.context - len(tokens))
        tokens = begun_with(self._first, tokens)
        positions = len(tokens) + limit
        draw = Draw(
            sampling,
            tokens,
            positions,
            bad_words=self._bad_words(sampling.bad_words),
            eos=sorted(self._ends),
            device=self._device,
        )
        ends = frozenset[int]() if sampling.ignore_eos else self._ends
        text = Text(tokens, sampling.stop, self._decode)
        self._waiting.append(_Stream(request_id, tokens, positions, limit, draw, text, ends, scored))

    def _encode(self, text: str) -> list[int]:
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"]) if text else []

    def _bad_words(self, words: Sequence[str]) -> list[list[int]]:
        """Give the tokens of words as they stand at the beginning of a text, and behind a space."""
        spelt = {tuple(self._encode(text)) for word in words for text in (word, f" {word}")}
        return [list(tokens) for tokens in sorted(spelt) if tokens]

    @torch.inference_mode()
    def cancel(self, request_id: str) -> Piece | None:
        """End a stream at once."""
        waiting = next((stream for stream in self._waiting if stream.request_id == request_id), None)
        if waiting is not None:
            self._waiting.remove(waiting)
        stream = waiting or self._streams.get(request_id)
        if stream is None:
            return None
        self._drop(request_id)
        return Piece(request_id, "", stream.text.tokens, Finish.CANCELLED)

    def _drop(self, request_id: str, *, broken: bool = False) -> None:
        self._streams.pop(request_id, None)
        self._forward.drop(request_id, broken=broken)

    @torch.inference_mode()
    def step(self) -> list[Piece | Failed]:
        """Write one token more of every stream, and read on in prompts that have not been read."""
        self._admit()
        failed: list[Piece | Failed] = []
        writing = [stream for stream in self._streams.values() if stream.last is not None]
        for newcomer in self._newcomers():
            failed += self._read(newcomer)
        failed += self._write(writing)
        news = [
            News(stream.request_id, stream.text, stream.new, stream.finish, stream.log_likelihood)
            for stream in self._streams.values()
            if stream.new or stream.finish
        ]
        found = pieces(news, self._decode)
        for stream in self._streams.values():
            stream.new, stream.log_likelihood = [], 0.0
        for piece in found:
            if piece.finish:
                self._drop(piece.request_id)
        return [*found, *failed]

    def _newcomers(self) -> list[_Stream]:
        """Give those whose prompts are read on in this step, a fixed number of tokens each, whoever else is there."""
        found: list[_Stream] = []
        tokens = 0
        for stream in self._streams.values():
            size = len(stream.unread[:PROMPT_TOKENS])
            if size and (not found or tokens + size <= PROMPT_TOKENS):
                found.append(stream)
                tokens += size
        return found

    def _admit(self) -> None:
        while self._waiting and len(self._streams) < self._max_streams:
            positions = [stream.positions for stream in (*self._streams.values(), self._waiting[0])]
            if not self._forward.room(positions):
                return
            stream = self._waiting.pop(0)
            self._streams[stream.request_id] = stream

    def _read(self, stream: _Stream) -> Iterator[Failed]:
        """Read on in a prompt; a stream that finds no memory for it fails."""
        try:
            if not stream.begun:
                stream.begun = True
                del stream.unread[: self._forward.begin(stream.request_id, stream.unread)]
            logits = self._forward.feed(stream.request_id, stream.unread[:PROMPT_TOKENS])
            del stream.unread[:PROMPT_TOKENS]
            if not stream.unread:
                yield from self._take(stream, logits)
        except torch.OutOfMemoryError as error:
            yield self._out_of_memory(stream, error)

    def _write(self, streams: Sequence[_Stream]) -> Iterator[Failed]:
        """Step streams; where the device's memory is short, in halves, and then without the one that finds none."""
        writing = {stream.request_id: stream for stream in streams}
        groups = deque(self._forward.groups([(name, stream.last or 0) for name, stream in writing.items()]))
        while groups:
            group = groups.popleft()
            try:
                logits = self._forward.step(group)
            except torch.OutOfMemoryError as error:
                if len(group) == 1:
                    yield self._out_of_memory(writing[str(group[0][0])], error)
                else:
                    half = len(group) // 2
                    groups.extendleft((group[half:], group[:half]))
                    self._give_back()
                continue
            for (name, _), each in zip(group, logits, strict=True):
                yield from self._take(writing[str(name)], each)

    def _out_of_memory(self, stream: _Stream, error: torch.OutOfMemoryError) -> Failed:
        """Let go of a stream that finds no memory."""
        self._drop(stream.request_id)
        self._give_back()
        return Failed(stream.request_id, OutOfMemoryError.__name__, {"detail": _first_sentence(error)})

    def _give_back(self) -> None:
        if self._device.type == "cuda":
            torch.cuda.empty_cache()

    def _take(self, stream: _Stream, logits: torch.Tensor) -> Iterator[Failed]:
        """Draw a stream's next token; one whose numbers have overflowed fails alone."""
        if not math.isfinite(float(logits.max())):
            self._drop(stream.request_id, broken=True)
            yield Failed(stream.request_id, BrokenNumbersError.__name__, {})
            return
        token = stream.draw.next(logits)
        stream.last = token
        if token in stream.ends:
            stream.finish = Finish.EOS
            return
        stream.new.append(token)
        if stream.scored:
            stream.log_likelihood += float(logits.float().log_softmax(-1)[token])
        if stream.text.tokens + 1 >= stream.limit:
            stream.finish = Finish.LENGTH

    def _decode(self, windows: list[list[int]]) -> list[str]:
        return [
            self._tokenizer.decode(window, skip_special_tokens=True, clean_up_tokenization_spaces=False)
            for window in windows
        ]

    def count(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text."""
        return [len(self._encode(text)) for text in texts]


def _forward(model: PreTrainedModel, cache_bytes: int, *, apart: bool, reproducible: bool) -> Forward:
    """Choose the fastest way to step a model that keeps what is asked for; `apart` says it of its layers.

    Raises:
        CannotOpenError: there is none.
    """
    if (apart or not reproducible) and can_go_together(model, exactly=reproducible):
        return Together(model, cache_bytes, exactly=reproducible)
    if not goes_on(model):
        raise CannotOpenError("a model of this kind keeps what it has read in a way that the bot cannot go on from.")
    return Separately(model, cache_bytes, exactly=reproducible)


def _first_sentence(error: Exception) -> str:
    return str(error).strip().partition(". ")[0]
