"""An engine without a model, for tests of what stands above it; it keeps the same contract as the real one."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import dataclass, field

from bot.engine import errors
from bot.engine.detokenizer import StopWatcher
from bot.engine.models.progress import Progress, Report, Stage, unheard
from bot.engine.protocol import Capacity, Chunk, Finish, GenerationRequest, Health, Stats
from bot.waiting import Wait, plain_wait

# Three sentences of the shortest words are enough letters for a text that counts as finished: whatever the seed, a
# request of 20 tokens is written in one try. Numbers keep any four words from coming back, which would be a loop.
NOUNS = ("beggar", "miller", "lantern", "river", "sailor", "witch", "clock", "heron", "tailor", "storm", "baker")
VERBS = ("followed", "forgave", "visited", "opened", "carried", "watched", "feared", "painted", "trusted")
SUPPORTED = frozenset(
    {
        "max_new_tokens", "do_sample", "temperature", "top_k", "top_p", "min_p", "repetition_penalty",
        "presence_penalty", "frequency_penalty", "stop", "seed", "ignore_eos",
    }
)  # fmt: skip

Script = Callable[[GenerationRequest], Sequence[str]]


@dataclass(slots=True)
class _Running:
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)


class FakeEngine:
    """Writes made-up sentences, or what a script says; a token is a word.

    `hold()` stops all streams before their next chunk until `go_on()`; `die()` ends those that run as a crash would.
    """

    def __init__(self, *, wait: Wait = plain_wait, context: int = 2000, script: Script | None = None) -> None:
        self.script = script
        self.requests: list[GenerationRequest] = []
        self.deaths_to_come = 0
        self.unopenable = ""
        self.steps: tuple[Progress, ...] = (Progress(Stage.OPEN),)
        """What is told while a model is opened."""
        self.likelihoods: dict[int | None, float] = {}
        """Of each token, by the seed; -3 for others."""
        self._wait = wait
        self._context = context
        self._running: dict[str, _Running] = {}
        self._going = asyncio.Event()
        self._going.set()
        self._closed = False
        self._open: dict[str, None] = {}
        self._finished = self._tokens = 0
        self._deaths = 0

    def hold(self) -> None:
        self._going.clear()

    def go_on(self) -> None:
        self._going.set()

    def die(self) -> None:
        self._deaths += 1
        self.go_on()

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]:
        if self._closed:
            raise errors.EngineClosedError
        if request.model == "unknown":
            raise errors.UnknownModelError(model=request.model, known="fake")
        for name in sorted(request.sampling.changed() - SUPPORTED):
            raise errors.UnsupportedSamplingError(name=name)
        length = len(request.prompt.split())
        if length >= self._context:
            raise errors.PromptTooLongError(tokens=length, room=self._context - 1)
        self.requests.append(request)
        self._open[request.model] = None
        running = self._running[request.request_id] = _Running()
        likely = self.likelihoods.get(request.sampling.seed, -3.0) if request.scored else 0.0
        born, tokens, stops = self._deaths, 0, StopWatcher(request.sampling.stop)
        limit = min(request.sampling.max_new_tokens, self._context - length)
        try:
            for piece in self._pieces(request):
                await self._wait(self._going.wait())
                await asyncio.sleep(0)
                if self.deaths_to_come and tokens:
                    self.deaths_to_come -= 1
                    raise errors.EngineDiedError
                if self._closed:
                    raise errors.EngineClosedError
                if born != self._deaths:
                    raise errors.EngineDiedError
                if running.cancelled.is_set():
                    yield Chunk(text="", tokens=tokens, finish=Finish.CANCELLED, log_likelihood=tokens * likely)
                    return
                tokens += 1
                self._tokens += 1
                shown = stops.push(piece, last=tokens >= limit)
                finish = Finish.STOP if stops.stopped else Finish.LENGTH if tokens >= limit else None
                yield Chunk(text=shown, tokens=tokens, finish=finish, log_likelihood=tokens * likely)
                if finish:
                    return
            end = stops.push("", last=True)
            yield Chunk(text=end, tokens=tokens, finish=Finish.EOS, log_likelihood=tokens * likely)
        finally:
            del self._running[request.request_id]
            self._finished += 1

    def _pieces(self, request: GenerationRequest) -> Iterator[str]:
        if self.script:
            yield from self.script(request)
            return
        chance = random.Random(f"{request.sampling.seed} {request.prompt}")
        while True:
            one, other = chance.choice(NOUNS), chance.choice(NOUNS)
            yield from (
                " The",
                f" {one}-{chance.randrange(10**6)}",
                f" {chance.choice(VERBS)}",
                " the",
                f" {other}",
                f" {chance.randrange(10**6)}.",
            )

    async def cancel(self, request_id: str) -> None:
        if request_id in self._running:
            self._running[request_id].cancelled.set()
            self.go_on()

    async def count_tokens(self, model: str, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    async def capacity(self, model: str) -> Capacity:
        if model in {"unknown", self.unopenable}:
            raise errors.UnknownModelError(model=model, known="fake")
        self._open[model] = None
        return Capacity(context=self._context, overhead=0)

    async def open(self, model: str, report: Report = unheard) -> None:
        for step in self.steps:
            report(step)
            await self._wait(self._going.wait())
        await self.capacity(model)

    async def health(self) -> Health:
        return Health(ready=not self._closed, detail="fake")

    async def stats(self) -> Stats:
        return Stats(
            running=len(self._running),
            finished=self._finished,
            tokens=self._tokens,
            restarts=self._deaths,
            rss_bytes=0,
            models=tuple(self._open),
        )

    async def aclose(self) -> None:
        self._closed = True
        self.go_on()
