"""What takes part in the comparison of engines: each gets the same prompts, and says how long it took."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

import psutil

from bot.bench.engine import references
from bot.engine.process.client import ProcessEngine
from bot.engine.process.opened import ModelSource
from bot.engine.protocol import GenerationRequest
from bot.engine.sampling import SamplingParams
from bot.ids import RequestId
from config.settings import EngineSettings

NEW_TOKENS = 64


@dataclass(frozen=True, slots=True)
class Run:
    """One batch."""

    seconds: float
    """From the requests to the last token."""
    tokens: int
    """New ones, of all streams together."""
    first: tuple[float, ...]
    """Seconds until the first token of each stream."""


class Contestant(Protocol):
    """An engine that is open."""

    @property
    def engine(self) -> str:
        """What it is called in the table."""
        ...

    @property
    def dtype(self) -> str:
        """What it calculates in."""
        ...

    @property
    def reproducible(self) -> bool:
        """Whether a seed gives the same text whoever else writes."""
        ...

    async def run(self, prompts: Sequence[str], seed: int) -> Run:
        """Write 64 tokens on from each prompt, all at once.

        Raises:
            CannotTakePartError, EngineError: it cannot any more.
        """
        ...

    async def peak_mb(self) -> float:
        """Give the most memory that its process has taken, in MB."""
        ...

    async def aclose(self) -> None:
        """End it."""
        ...


class Ours:
    """An engine process of this project, through the pipe.

    Args:
        engine: What it is called in the table.
        dtype: What it calculates in.
        source: Knows the model.
        model: Its name.
        settings: Of the process.
    """

    def __init__(self, engine: str, dtype: str, source: ModelSource, model: str, settings: EngineSettings) -> None:
        self.engine, self.dtype = engine, dtype
        self.reproducible = settings.mode == "reproducible"
        self._process = ProcessEngine(source, settings)
        self._process.start()
        self._model = model

    async def load(self) -> None:
        """Open the model.

        Raises:
            EngineError: it cannot be opened.
        """
        await self._process.load(self._model)

    async def run(self, prompts: Sequence[str], seed: int) -> Run:
        """See `Contestant.run`."""
        begun = time.perf_counter()
        streams = await asyncio.gather(*(self._stream(prompt, seed + at, begun) for at, prompt in enumerate(prompts)))
        seconds = time.perf_counter() - begun
        return Run(seconds, sum(tokens for tokens, _ in streams), tuple(first for _, first in streams))

    async def _stream(self, prompt: str, seed: int, begun: float) -> tuple[int, float]:
        sampling = SamplingParams(max_new_tokens=NEW_TOKENS, temperature=1.0, seed=seed, ignore_eos=True)
        request = GenerationRequest(
            request_id=RequestId(f"bench-{seed}"), model=self._model, prompt=prompt, sampling=sampling
        )
        first, tokens = 0.0, 0
        async for chunk in self._process.generate(request):
            first = first or time.perf_counter() - begun
            tokens = chunk.tokens
        return tokens, first

    async def peak_mb(self) -> float:
        """See `Contestant.peak_mb`."""
        return sum(references.peak_mb(pid) for pid in (await self._process.stats()).pids)

    async def aclose(self) -> None:
        """See `Contestant.aclose`."""
        await self._process.aclose()


class Reference:
    """What people would use instead, in a process of its own.

    Args:
        engine: One of `references.OPENERS`.
        dtype: What it calculates in.
        path: The model, as it opens it.
        threads: CPU threads; 0 is all physical cores.
    """

    reproducible = False

    def __init__(self, engine: str, dtype: str, path: Path, threads: int) -> None:
        self.engine, self.dtype = engine, dtype
        spawn = multiprocessing.get_context("spawn")
        self._pipe: Connection[Any, Any]
        self._pipe, theirs = spawn.Pipe()
        cores = threads or psutil.cpu_count(logical=False) or 1
        self._child = spawn.Process(target=references.main, args=(theirs, engine, dtype, path, cores), daemon=True)
        self._child.start()
        theirs.close()

    async def load(self) -> None:
        """Wait until it is open.

        Raises:
            CannotTakePartError: it is not installed, or cannot open the model; says why.
        """
        await self._answer()

    async def run(self, prompts: Sequence[str], seed: int) -> Run:
        """See `Contestant.run`.

        Raises:
            CannotTakePartError: its process ended.
        """
        with suppress(OSError):  # of a process that is gone the answer tells
            self._pipe.send((list(prompts), NEW_TOKENS, seed))
        return Run(**await self._answer())

    async def _answer(self) -> dict[str, Any]:
        try:
            said: dict[str, Any] = await asyncio.to_thread(self._pipe.recv)
        except (EOFError, OSError):
            raise CannotTakePartError("its process ended") from None
        if "error" in said:
            raise CannotTakePartError(said["error"])
        return said

    async def peak_mb(self) -> float:
        """See `Contestant.peak_mb`."""
        return references.peak_mb(self._child.pid or 0)

    async def aclose(self) -> None:
        """See `Contestant.aclose`."""
        with suppress(OSError):
            self._pipe.send(None)
        await asyncio.to_thread(self._child.join, 10)
        self._child.kill()


class CannotTakePartError(Exception):
    """Why an engine is left out of the table."""
