"""What models are said to take of the memory, beside what the engine process then takes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from bot.bench.engine import shapes
from bot.bench.engine.contestants import NEW_TOKENS, Ours
from bot.bench.engine.table import PROMPT_TOKENS, prompts
from bot.engine.models.backend import running
from bot.engine.models.library import ModelLibrary
from bot.engine.models.memory import MB, Memory, MemoryEstimate
from bot.engine.models.shape import Shape
from bot.engine.process.source import LibraryModels
from config.settings import EngineSettings, Settings

CACHE_MB = 256
"""Unless the operator has set another size: one that is filled within seconds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MemoryRow:
    """A model in one dtype."""

    model: str
    backend: str
    dtype: str
    said: MemoryEstimate
    measured_mb: float
    """The most that the process has had resident, with all streams writing and its cache full."""

    @property
    def ratio(self) -> float:
        """How much of what was said was taken."""
        return self.measured_mb * MB / self.said.total


async def measure(
    settings: Settings, models: Sequence[tuple[str, Shape]], dtypes: Sequence[str], told: Callable[[str], None]
) -> AsyncIterator[MemoryRow]:
    """Make each model with random weights, open it in each dtype, and let it fill its cache.

    Args:
        settings: Where models are; limits of the engine.
        models: Names and shapes, which are GPT-2's in all but their sizes.
        dtypes: What `engine.dtype` may be.
        told: Hears what is being done.
    """
    for name, shape in models:
        told(f"making a model of the shapes of {name}")
        folder = settings.cache_dir / "bench" / f"{name}-random"
        path = str(shapes.random_gpt2(folder, shape.layers, shape.width))
        for dtype in dtypes:
            told(f"{name}, {dtype}")
            cache = settings.engine.cache_mb or CACHE_MB
            values = settings.engine.model_dump() | {"dtype": dtype, "cache_mb": cache}
            yield await _measured(name, path, settings, EngineSettings.model_validate(values))


async def _measured(name: str, path: str, settings: Settings, engine: EngineSettings) -> MemoryRow:
    library = ModelLibrary.of(settings.model_copy(update={"engine": engine}))
    run = running(engine)
    library.prepare(path, lambda _: None)
    profile, memory = library.profile(path), Memory.here(run, engine)
    said = memory.estimate(profile, None)
    ours = Ours(run.backend, run.dtype, LibraryModels(library, engine), path, engine)
    try:
        await ours.load()
        texts = engine.max_streams
        full = said.cache // memory.kv_bytes(profile)
        for turn in range(1 + full // (texts * (PROMPT_TOKENS + NEW_TOKENS))):
            await ours.run(prompts(texts, 1_000 * turn, letters=True), 1_000 * turn)
        measured = await ours.peak_mb()
    finally:
        await ours.aclose()
    return MemoryRow(model=name, backend=run.backend, dtype=run.dtype, said=said, measured_mb=measured)
