"""What every engine keeps to, the made-up one of the tests included."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from bot.engine import errors
from bot.engine.models.backend import running
from bot.engine.models.library import ModelLibrary
from bot.engine.process.local import start_local
from bot.engine.process.source import LibraryModels
from bot.engine.protocol import Chunk, Engine, Finish, GenerationRequest
from bot.engine.sampling import SamplingParams
from bot.ids import RequestId
from config.settings import EngineSettings
from tests.conftest import CHECKPOINTS
from tests.fake_engine import FakeEngine

numbers = itertools.count()


@pytest.fixture(params=["fake", "openvino", "torch", "two processes"])
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Engine]:
    if request.param == "fake":
        fake = FakeEngine(context=512)
        yield fake
        await fake.aclose()
        return
    two = request.param == "two processes"
    values = {"backend": "openvino", "processes": 2} if two else {"backend": request.param}
    settings = EngineSettings(**values, dtype="float32", cache_mb=64, max_streams=16)
    library = ModelLibrary(tmp_path, running=running(settings))
    real = start_local(LibraryModels(library, settings), settings, library.running)
    yield real
    await real.aclose()


@pytest.fixture
def model(request: pytest.FixtureRequest, exported_tiny: Path) -> str:
    """The small model, as a backend opens it: exported, or the checkpoint itself."""
    return str(CHECKPOINTS / "gpt2-tiny") if "torch" in request.node.callspec.params.values() else str(exported_tiny)


def asking(model: str, prompt: str = "Once upon a time", **sampling: Any) -> GenerationRequest:
    values = {"max_new_tokens": 24, "seed": 5} | sampling
    return GenerationRequest(
        request_id=RequestId(f"r{next(numbers)}"), model=model, prompt=prompt, sampling=SamplingParams(**values)
    )


async def stream(engine: Engine, request: GenerationRequest) -> list[Chunk]:
    return [chunk async for chunk in engine.generate(request)]


def text_of(chunks: list[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks)


async def test_a_stream_gives_text_counts_tokens_and_ends_once(engine: Engine, model: str) -> None:
    chunks = await stream(engine, asking(model))

    assert len(text_of(chunks)) > 20
    assert [chunk.finish for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert chunks[-1].finish is Finish.LENGTH
    assert chunks[-1].tokens == 24
    assert sorted(chunk.tokens for chunk in chunks) == [chunk.tokens for chunk in chunks]


async def test_the_same_seed_gives_the_same_text_and_another_seed_another(engine: Engine, model: str) -> None:
    one, same, other = [text_of(await stream(engine, asking(model, seed=seed))) for seed in (3, 3, 4)]
    assert one == same
    assert one != other


async def test_a_stop_text_ends_the_stream_and_is_not_part_of_it(engine: Engine, model: str) -> None:
    whole = text_of(await stream(engine, asking(model)))
    stop = whole[8:14]
    chunks = await stream(engine, asking(model, stop=(stop,)))
    assert chunks[-1].finish is Finish.STOP
    assert text_of(chunks) == whole[: whole.index(stop)]


async def test_a_cancelled_stream_ends_soon_and_says_so(engine: Engine, model: str) -> None:
    request = asking(model, max_new_tokens=400)
    chunks: list[Chunk] = []
    async with aclosing(engine.generate(request)) as streaming:
        async for chunk in streaming:
            chunks.append(chunk)
            if len(chunks) == 2:
                await engine.cancel(request.request_id)
    assert chunks[-1].finish is Finish.CANCELLED
    assert chunks[-1].tokens < 400


async def test_cancelling_what_is_not_there_does_nothing(engine: Engine) -> None:
    await engine.cancel(RequestId("nobody"))


async def test_leaving_early_frees_the_place(engine: Engine, model: str) -> None:
    async with aclosing(engine.generate(asking(model, max_new_tokens=400))) as streaming:
        async for _ in streaming:
            break
    assert (await engine.stats()).running == 0
    assert text_of(await stream(engine, asking(model)))


async def test_many_streams_at_once_all_end(engine: Engine, model: str) -> None:
    results = await asyncio.gather(*(stream(engine, asking(model, seed=seed)) for seed in range(16)))
    assert {chunks[-1].finish for chunks in results} == {Finish.LENGTH}
    assert len({text_of(chunks) for chunks in results}) > 8


async def test_a_knob_that_the_backend_lacks_is_refused_by_name(engine: Engine, model: str) -> None:
    with pytest.raises(errors.UnsupportedSamplingError, match="cannot write with num_return_sequences"):
        await stream(engine, asking(model, num_return_sequences=2))


async def test_a_prompt_that_leaves_no_room_is_refused_with_the_figures(engine: Engine, model: str) -> None:
    with pytest.raises(errors.PromptTooLongError, match=r"\d+ tokens long and the model has room for 511"):
        await stream(engine, asking(model, prompt="the " * 600))


async def test_an_unknown_model_is_refused(engine: Engine) -> None:
    with pytest.raises(errors.UnknownModelError, match="unknown"):
        await stream(engine, asking("unknown"))


async def test_tokens_are_counted_and_capacity_is_told(engine: Engine, model: str) -> None:
    counts = await engine.count_tokens(model, ["Once upon a time", "", "Once"])
    assert counts[0] > counts[2] > counts[1] == 0
    capacity = await engine.capacity(model)
    assert (capacity.context, capacity.overhead) == (512, 0)


async def test_health_and_stats_say_what_is_there(engine: Engine, model: str) -> None:
    await stream(engine, asking(model))
    assert (await engine.health()).ready
    stats = await engine.stats()
    assert (stats.running, stats.finished, stats.tokens, stats.models) == (0, 1, 24, (model,))


async def test_a_closed_engine_takes_nothing_and_ends_what_runs(engine: Engine, model: str) -> None:
    async def closing() -> None:
        async for _ in engine.generate(asking(model, max_new_tokens=400)):
            await engine.aclose()

    with pytest.raises(errors.EngineClosedError):
        await closing()
    with pytest.raises(errors.EngineClosedError):
        await stream(engine, asking(model))
    await engine.aclose()
    assert not (await engine.health()).ready
