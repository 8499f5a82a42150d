"""Engines side by side: the same prompts, in turns, so that a machine that slows down slows all of them."""

from __future__ import annotations

import random
import statistics
import string
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from bot.bench.engine import shapes
from bot.bench.engine.contestants import CannotTakePartError, Contestant, Ours, Reference, Run
from bot.engine.errors import EngineError
from bot.engine.models.backend import running
from bot.engine.models.library import ModelLibrary
from bot.engine.process.source import LibraryModels
from config.settings import EngineSettings, Settings

PROMPT_TOKENS = 64
OWN = ("openvino", "torch")
STREAMS = (1, 4, 8, 16, 32)
ENGINES = (
    "openvino", "openvino-raw", "torch", "generate-float32", "generate-bfloat16", "ctranslate2", "llama.cpp",
)  # fmt: skip
DTYPES = {"openvino-raw": "int8", "ctranslate2": "int8", "llama.cpp": "gguf"}
WORDS = ("the", "of", "and", "to", "in", "that", "for", "it", "as", "was", "with", "be", "by", "on", "not", "he")

Told = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """An engine with so many streams."""

    engine: str
    dtype: str
    model: str
    streams: int
    tokens_per_s: float
    """Of all streams together; the median of the runs."""
    ttft_ms_p50: float
    """From the request to the first token, over all streams of all runs."""
    ttft_ms_p95: float
    peak_mb: float
    """The most memory that its process has taken so far."""


@dataclass(frozen=True, slots=True)
class Table:
    """What came of it."""

    rows: tuple[Row, ...]
    reproducible: tuple[Row, ...]
    """The bot's own engines in that mode."""
    left_out: tuple[str, ...]
    """Why each engine that is missing is missing."""

    def speed(self, engine: str, streams: int, *, reproducible: bool = False) -> float | None:
        """Give an engine's tokens a second; None if it is not there."""
        rows = self.reproducible if reproducible else self.rows
        found = (row.tokens_per_s for row in rows if row.engine == engine and row.streams == streams)
        return next(found, None)

    def ratios(self) -> dict[str, dict[str, float]]:
        """Give how many times as fast the bot's engines are, by what they are compared with and the streams."""
        pairs = [("openvino", other) for other in ENGINES if other not in OWN]
        pairs += [("torch", "generate-float32"), ("torch", "generate-bfloat16")]
        found = {f"{one} / {other}": self._ratio(one, other) for one, other in pairs}
        for engine in OWN:
            found[f"{engine} reproducible / fast"] = self._ratio(engine, engine, reproducible=True)
        return {name: values for name, values in found.items() if values}

    def _ratio(self, one: str, other: str, *, reproducible: bool = False) -> dict[str, float]:
        counts = sorted({row.streams for row in self.rows})
        speeds = {
            count: (self.speed(one, count, reproducible=reproducible), self.speed(other, count)) for count in counts
        }
        return {str(count): round(mine / its, 2) for count, (mine, its) in speeds.items() if mine and its}

    def as_json(self) -> dict[str, Any]:
        """Give it for a file."""
        return {
            "rows": [asdict(row) for row in self.rows],
            "reproducible": [asdict(row) for row in self.reproducible],
            "ratios": self.ratios(),
            "left_out": list(self.left_out),
        }


async def measure(
    settings: Settings, model: str | None, streams: Sequence[int], repeats: int, engines: Sequence[str], told: Told
) -> Table:
    """Open the engines, all at once, and let them write in turns. 6 GB of memory with GPT-2 124M and all engines.

    Args:
        settings: Where models are; limits of the bot's own engines.
        model: A registered name, a hub id or a path; GPT-2 with random weights unless given.
        streams: How many texts at once.
        repeats: Runs of each, of which the median counts.
        engines: Names among `ENGINES`.
        told: Hears what is being done.

    Raises:
        UnknownModelError: there is no such model.
    """
    library = ModelLibrary(settings.cache_dir, settings.own_models_dir)
    if model is None:
        told("making a model of GPT-2's shapes")
        model = str(shapes.random_gpt2(settings.cache_dir / "bench" / shapes.MODEL))
    library.profile(model)  # a wrong name is no fault of the engines
    # Theirs is to be the load that the table names: the others write all texts at once, too.
    wide = settings.engine.model_copy(update={"max_streams": max(settings.engine.max_streams, *streams)})
    settings = settings.model_copy(update={"engine": wide})
    left_out: list[str] = []
    async with AsyncExitStack() as stack:
        contestants: list[Contestant] = []
        for engine in engines:
            for mode in ("fast", "reproducible") if engine in OWN else ("fast",):
                name = _name(engine, reproducible=mode == "reproducible")
                told(f"opening {name}")
                try:
                    opened = _open(engine, mode, settings, library, model)
                    contestants.append(await stack.enter_async_context(opened))
                except (CannotTakePartError, EngineError) as error:
                    left_out.append(f"{name} is left out: {error}")
        rows = []
        for count in streams:
            rows += await turns(contestants, count, repeats, Path(model).name, told, left_out)
    return Table(
        tuple(row for contestant, row in rows if not contestant.reproducible),
        tuple(row for contestant, row in rows if contestant.reproducible),
        tuple(left_out),
    )


@asynccontextmanager
async def _open(
    engine: str, mode: str, settings: Settings, library: ModelLibrary, model: str
) -> AsyncIterator[Contestant]:
    contestant: Ours | Reference
    if engine in OWN:
        try:
            own = EngineSettings.model_validate(settings.engine.model_dump() | {"backend": engine, "mode": mode})
        except ValidationError as error:
            raise CannotTakePartError(error.errors()[0]["msg"]) from None
        source = LibraryModels(ModelLibrary.of(settings.model_copy(update={"engine": own})), own)
        dtype = running(own).dtype
        contestant = Ours(engine, dtype, source, model, own)
    else:
        give = library.prepare if engine == "openvino-raw" else library.weights
        path = give(model, lambda _: None)
        dtype = DTYPES.get(engine, engine.rpartition("-")[2])
        contestant = Reference(engine, dtype, path, settings.engine.threads)
    try:
        await contestant.load()
        letters = Path(model).name == shapes.MODEL
        await contestant.run(prompts(1, 0, letters=letters), 0)  # the first text compiles what it needs
        yield contestant
    finally:
        await contestant.aclose()


async def turns(
    contestants: list[Contestant], count: int, repeats: int, model: str, told: Told, left_out: list[str]
) -> list[tuple[Contestant, Row]]:
    """Let each write so many texts in turns; one that fails meanwhile takes part no more."""
    runs: dict[Contestant, list[Run]] = {contestant: [] for contestant in contestants}
    for turn in range(repeats):
        for contestant in tuple(contestants):
            told(f"{count} at once, {turn + 1} of {repeats}: {contestant.engine}")
            seed = 1_000 * count + 100_000 * turn
            try:
                run = await contestant.run(prompts(count, seed, letters=model == shapes.MODEL), seed)
            except (CannotTakePartError, EngineError) as error:
                name = _name(contestant.engine, reproducible=contestant.reproducible)
                left_out.append(f"{name} is left out: {error}")
                contestants.remove(contestant)
                del runs[contestant]
                await contestant.aclose()  # what it is still at would slow the others
            else:
                runs[contestant].append(run)
    return [
        (contestant, _row(contestant, count, its, model, await contestant.peak_mb()))
        for contestant, its in runs.items()
    ]


def _name(engine: str, *, reproducible: bool) -> str:
    return f"{engine}, reproducible" if reproducible else engine


def _row(contestant: Contestant, streams: int, runs: Sequence[Run], model: str, peak_mb: float) -> Row:
    first = [1000 * seconds for run in runs for seconds in run.first]
    return Row(
        engine=contestant.engine,
        dtype=contestant.dtype,
        model=model,
        streams=streams,
        tokens_per_s=round(statistics.median(run.tokens / run.seconds for run in runs), 1),
        ttft_ms_p50=round(float(np.percentile(first, 50)), 1),
        ttft_ms_p95=round(float(np.percentile(first, 95)), 1),
        peak_mb=round(peak_mb),
    )


def prompts(count: int, seed: int, *, letters: bool) -> list[str]:
    """Give prompts of 64 tokens, no two of which begin alike.

    Args:
        count: How many.
        seed: Of the draw.
        letters: For a tokenizer whose tokens are letters; else words that are a token of their own nearly everywhere.
    """
    dice = random.Random(seed)  # noqa: S311 - the same every time
    if letters:
        return ["".join(dice.choices(string.ascii_lowercase, k=PROMPT_TOKENS)) for _ in range(count)]
    return [" ".join(dice.choices(WORDS, k=PROMPT_TOKENS)) for _ in range(count)]
