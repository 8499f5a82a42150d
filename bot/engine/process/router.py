"""Several engines as one: a story goes back to the one that has its beginning in the cache."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import TypeVar

import structlog

from bot.engine import errors
from bot.engine.models.progress import Report, unheard
from bot.engine.process.beginnings import Beginnings
from bot.engine.protocol import Capacity, Chunk, Engine, GenerationRequest, Health, Stats
from bot.ids import RequestId

T = TypeVar("T")

KNOWN_WORTH = 4
"""How many texts more an engine may be writing before what it remembers of a story no longer makes up for them."""
OPENING_COST = 16
"""How many texts more an engine may be writing before opening a model in another one as well is better."""
ELSEWHERE = (
    errors.EngineBusyError,
    errors.EngineMemoryError,
    errors.EngineUnreachableError,
    errors.ModelTooLargeError,
)
"""What one engine may say while another can still do it."""

log = structlog.get_logger(__name__)


class Router:
    """Chooses among engines for each request.

    The rule is that of SGLang's cache-aware router in its simplest form: the one that knows most of the text, unless it
    is much busier than another.

    Args:
        engines: At least one, all of the same models.
    """

    def __init__(self, engines: Sequence[Engine]) -> None:
        self._engines = tuple(engines)
        self._gone: set[int] = set()
        self._writing: dict[RequestId, int] = {}
        self._beginnings = Beginnings()

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]:
        """Stream the continuation of a prompt; see `Engine.generate`."""
        asked = "\0".join((request.model, request.instruction, request.title, request.prompt))
        order = await self._order(request.model, self._beginnings.reader(asked))
        for at in order:
            written: list[str] = []
            self._writing[request.request_id] = at
            try:
                async with aclosing(self._engines[at].generate(request)) as chunks:
                    async for chunk in chunks:
                        written.append(chunk.text)
                        yield chunk
            except ELSEWHERE as error:
                self._note_end(at, error)
                if written or at == order[-1]:
                    raise
            else:
                return
            finally:
                self._writing.pop(request.request_id, None)
                if written:
                    self._beginnings.note(asked + "".join(written), at)

    async def cancel(self, request_id: RequestId) -> None:
        """End a stream soon; see `Engine.cancel`."""
        if (at := self._writing.get(request_id)) is not None:
            await self._engines[at].cancel(request_id)

    async def count_tokens(self, model: str, texts: Sequence[str]) -> list[int]:
        """Say how many tokens each text takes, without the frame."""
        return await self._ask(model, lambda engine: engine.count_tokens(model, texts))

    async def capacity(self, model: str) -> Capacity:
        """Say what a model has room for."""
        return await self._ask(model, lambda engine: engine.capacity(model))

    async def open(self, model: str, report: Report = unheard) -> None:
        """Open a model in each engine, one after another; see `Engine.open`.

        It is open when the first has opened it; another that cannot keeps what it had.
        """
        first, *others = await self._order(model, None)
        await self._engines[first].open(model, report)
        for at in others:
            try:
                await self._engines[at].open(model)
            except errors.EngineError as error:
                log.warning("model not opened in one of several engines", model=model, engine=at, reason=str(error))

    async def health(self) -> Health:
        """Say whether a request could be taken now."""
        found = [await engine.health() for engine in self._engines]
        return next((health for health in found if health.ready), found[0])

    async def stats(self) -> Stats:
        """Count what was done, by all together."""
        found = [await engine.stats() for engine in self._engines]
        return Stats(
            running=sum(stats.running for stats in found),
            finished=sum(stats.finished for stats in found),
            tokens=sum(stats.tokens for stats in found),
            restarts=sum(stats.restarts for stats in found),
            rss_bytes=sum(stats.rss_bytes for stats in found),
            models=tuple(dict.fromkeys(model for stats in found for model in stats.models)),
            pids=tuple(pid for stats in found for pid in stats.pids),
        )

    async def aclose(self) -> None:
        """End all at once."""
        await asyncio.gather(*(engine.aclose() for engine in self._engines))

    async def _ask(self, model: str, ask: Callable[[Engine], Awaitable[T]]) -> T:
        order = await self._order(model, None)
        for at in order[:-1]:
            try:
                return await ask(self._engines[at])
            except ELSEWHERE as error:
                self._note_end(at, error)
        return await ask(self._engines[order[-1]])

    async def _order(self, model: str, known: int | None) -> list[int]:
        """Give the engines that are there, the best first; all of them if none is, to say so.

        Args:
            model: What is asked of them.
            known: The one that remembers the text.
        """
        there = [at for at in range(len(self._engines)) if at not in self._gone] or range(len(self._engines))
        running = Counter(self._writing.values())
        costs = {at: running[at] - (KNOWN_WORTH if at == known else 0) for at in there}
        for at in there:
            if not await self._has_open(self._engines[at], model):
                costs[at] += OPENING_COST
        return sorted(costs, key=costs.__getitem__)

    @staticmethod
    async def _has_open(engine: Engine, model: str) -> bool:
        return (await engine.health()).ready and model in (await engine.stats()).models

    def _note_end(self, at: int, error: errors.EngineError) -> None:
        if isinstance(error, errors.EngineUnreachableError):
            self._gone.add(at)
