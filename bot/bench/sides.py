"""One of two sides that are compared, a model with a preset: its texts as people would see them, and unmended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from bot.engine.errors import EngineError
from bot.engine.models.library import ModelLibrary
from bot.engine.models.progress import Report, unheard
from bot.engine.protocol import Capacity, Chunk, Engine, GenerationRequest, Health, Stats
from bot.ids import RequestId
from bot.parts import process_engine
from bot.standalone import finish_all, open_alone, request_for
from bot.waiting import Wait
from bot.writing.postprocess import clean, trim
from bot.writing.presets import DEFAULT_PRESET
from bot.writing.requests import Outcome
from config.settings import Settings

Told = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Side:
    """A way of writing."""

    model: str
    """A name from the registry."""
    preset: str = DEFAULT_PRESET

    @property
    def name(self) -> str:
        """What it is called."""
        return f"{self.model}:{self.preset}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """What came of one prompt."""

    prompt: str
    seed: int
    shown: str
    """What people would see, with the space that parts it from the prompt; empty where it is nothing."""
    raw: str
    """What the model wrote by itself, without safety and without a second try, up to its last sentence."""
    tokens: int
    """Of what it wrote by itself, what was trimmed included."""
    first_word: float | None
    """Seconds from the request, among as many others as run at once; None where no word came."""


@dataclass(frozen=True, slots=True)
class Written:
    """All texts of a side, in the order of their prompts."""

    texts: tuple[Text, ...]
    seconds: float
    """What it took the model to write all of them by itself."""

    @property
    def tokens_per_second(self) -> float:
        """Tokens of all streams together."""
        return sum(text.tokens for text in self.texts) / self.seconds

    @property
    def first_word(self) -> float | None:
        """Mean seconds to the first word."""
        known = [text.first_word for text in self.texts if text.first_word is not None]
        return sum(known) / len(known) if known else None


async def write_all(settings: Settings, side: Side, prompts: Sequence[str], seed: int, told: Told) -> Written:
    """Write every prompt twice with the same seed: as `/write` does, and then what the model alone makes of it.

    Args:
        settings: Of the operator; the store is one that is forgotten.
        side: Who writes; the model is ready.
        prompts: One for each text.
        seed: Of the first text; the next have the next numbers.
        told: Called after each text of either kind, so twice as often as there are prompts.

    Raises:
        EngineError: the model cannot be used. That a single text came to nothing is none.
    """
    heard: dict[str, GenerationRequest] = {}

    def engine(library: ModelLibrary, settings: Settings, wait: Wait) -> Engine:
        return _Overheard(process_engine(library, settings, wait), heard)

    requests = [request_for(prompt, {"preset": side.preset}, seed + number) for number, prompt in enumerate(prompts)]
    shown: list[str] = []
    async with open_alone(settings, side.model, engine_factory=engine) as parts:
        async with aclosing(finish_all(parts.writer, requests)) as ends:
            async for _, end in ends:
                if isinstance(end, EngineError):
                    raise end
                shown.append(end.text.rstrip() if isinstance(end, Outcome) else "")
                told()
        started = time.perf_counter()
        alone = await _write_alone(
            parts.engine, [heard.get(request.request_id) for request in requests], settings.engine.max_streams, told
        )
        seconds = time.perf_counter() - started
    texts = (
        Text(
            prompt=prompt,
            seed=seed + number,
            shown=shown[number],
            raw=raw.text,
            tokens=raw.tokens,
            first_word=raw.first,
        )
        for number, (prompt, raw) in enumerate(zip(prompts, alone, strict=True))
    )
    return Written(tuple(texts), seconds)


@dataclass(frozen=True, slots=True)
class _Raw:
    text: str = ""
    tokens: int = 0
    first: float | None = None


async def _write_alone(
    engine: Engine, requests: Sequence[GenerationRequest | None], streams: int, told: Told
) -> list[_Raw]:
    """Repeat what the engine was first asked for each text; nothing comes of a prompt for which it was not asked."""
    places = asyncio.Semaphore(streams)

    async def one(request: GenerationRequest | None) -> _Raw:
        async with places:
            raw = await _stream(engine, request) if request else _Raw()
        told()
        return raw

    tasks = [asyncio.create_task(one(request)) for request in requests]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _stream(engine: Engine, request: GenerationRequest) -> _Raw:
    text, tokens, first, started = "", 0, None, time.perf_counter()
    async with aclosing(engine.generate(request)) as chunks:
        async for chunk in chunks:
            text, tokens = text + chunk.text, chunk.tokens
            if first is None and text.strip():
                first = time.perf_counter() - started
    return _Raw(trim(clean(text)).rstrip(), tokens, first)


class _Overheard:
    """An engine whose requests are kept: the first that it answered for each text.

    So what the model is asked is framed by nobody but the session, and the two ways differ in nothing else.

    Args:
        engine: What answers.
        heard: Takes the requests, by the name of the text's own request.
    """

    def __init__(self, engine: Engine, heard: dict[str, GenerationRequest]) -> None:
        self._engine = engine
        self._heard = heard

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]:
        """Hand a request on."""
        async with aclosing(self._engine.generate(request)) as chunks:
            async for chunk in chunks:
                # A session numbers what it asks for one text behind a full stop.
                self._heard.setdefault(request.request_id.partition(".")[0], request)
                yield chunk

    async def cancel(self, request_id: RequestId) -> None:
        """Hand it on."""
        await self._engine.cancel(request_id)

    async def count_tokens(self, model: str, texts: Sequence[str]) -> list[int]:
        """Hand it on."""
        return await self._engine.count_tokens(model, texts)

    async def capacity(self, model: str) -> Capacity:
        """Hand it on."""
        return await self._engine.capacity(model)

    async def open(self, model: str, report: Report = unheard) -> None:
        """Hand it on."""
        await self._engine.open(model, report)

    async def health(self) -> Health:
        """Hand it on."""
        return await self._engine.health()

    async def stats(self) -> Stats:
        """Hand it on."""
        return await self._engine.stats()

    async def aclose(self) -> None:
        """Hand it on."""
        await self._engine.aclose()
