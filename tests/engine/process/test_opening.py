"""Models are opened and closed in the engine process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from bot.engine import errors
from bot.engine.models.progress import Report, Stage, unheard
from bot.engine.process.client import ProcessEngine
from bot.engine.process.opened import OpenableModel
from tests.engine.process.conftest import SETTINGS, OneModel, pid_of, until
from tests.engine.test_contract import asking, stream, text_of


class RoomFor:
    """A source whose models are one by other names, of which only so many find room."""

    def __init__(self, openable: OpenableModel, models: int) -> None:
        self.model, self.models, self.missing = openable, models, ""
        self.paths: dict[str, Path] = {}
        self.engine: ProcessEngine | None = None

    def openable(self, name: str, taken_bytes: int = 0, report: Report = unheard, *, gpu: str = "") -> OpenableModel:
        assert self.engine is not None
        if name == self.missing:
            raise errors.ModelUnavailableError(model=name, reason="it is not there.", ready="none")
        if len(self.engine._models.open_names) >= self.models:
            raise errors.ModelTooLargeError(model=name, needed="900", free="10", advice="Free some memory.")
        return replace(self.model, path=self.paths.get(name, self.model.path))


@pytest.fixture
async def crowded(source: OneModel) -> AsyncIterator[ProcessEngine]:
    room = RoomFor(source.model, 2)
    room.engine = ProcessEngine(room, SETTINGS)
    room.engine.start()
    yield room.engine
    await room.engine.aclose()


async def open_in(engine: ProcessEngine) -> set[str]:
    return set((await engine.stats()).models)


async def test_where_memory_is_short_the_model_goes_that_nobody_has_used_for_longest(crowded: ProcessEngine) -> None:
    for name in ("old", "often", "old", "often", "new"):
        assert text_of(await stream(crowded, asking(name)))
    assert await open_in(crowded) == {"often", "new"}
    assert text_of(await stream(crowded, asking("old")))
    assert await open_in(crowded) == {"new", "old"}


async def test_a_model_that_is_writing_is_never_closed_for_another(crowded: ProcessEngine) -> None:
    await crowded.load("first")
    writing = [crowded.generate(asking(name, max_new_tokens=400, ignore_eos=True)) for name in ("first", "second")]
    for each in writing:
        await anext(each)
    with pytest.raises(errors.ModelTooLargeError):
        await crowded.load("third")
    for each in writing:
        await each.aclose()
    assert text_of(await stream(crowded, asking("third")))


async def test_a_model_that_is_let_in_waits_for_the_texts_of_others_and_new_ones_wait_for_it(
    crowded: ProcessEngine,
) -> None:
    await crowded.load("second")
    writing = crowded.generate(asking("first", max_new_tokens=200, ignore_eos=True))
    beside = crowded.generate(asking("second", max_new_tokens=400, ignore_eos=True))
    await anext(writing), await anext(beside)
    told: list[Stage] = []
    opening = asyncio.create_task(crowded.open("third", lambda step: told.append(step.stage)))
    await until(lambda: Stage.DRAIN in told)
    another = asyncio.create_task(stream(crowded, asking("fourth")))
    assert [chunk async for chunk in writing][-1].finish, "what runs comes to its end"
    await opening
    assert (told[0], told[-1]) == (Stage.DRAIN, Stage.OPEN)
    assert "first" not in await open_in(crowded)
    await beside.aclose()
    assert text_of(await another), "it waited, and then found room"


async def test_where_there_is_room_a_model_is_opened_beside_the_others(crowded: ProcessEngine) -> None:
    await crowded.load("first")
    await crowded.open("second")
    await crowded.open("second")
    assert await open_in(crowded) == {"first", "second"}


async def test_a_model_that_cannot_be_let_in_leaves_what_was_open(source: OneModel) -> None:
    room = RoomFor(source.model, 1)
    room.engine = crowded = ProcessEngine(room, SETTINGS)
    crowded.start()
    await crowded.load("old")
    room.missing = "new"
    with pytest.raises(errors.ModelUnavailableError):
        await crowded.open("new")
    assert await open_in(crowded) == {"old"}

    room.paths["broken"] = source.model.path / "nowhere"
    with pytest.raises(errors.ModelUnavailableError, match="nowhere"):
        await crowded.open("broken")
    assert await open_in(crowded) == {"old"}, "it was closed, and is open again"
    assert text_of(await stream(crowded, asking("old")))
    await crowded.aclose()


async def test_who_lets_a_model_in_when_the_engine_is_closed_is_told(crowded: ProcessEngine) -> None:
    writing = [crowded.generate(asking(name, max_new_tokens=400, ignore_eos=True)) for name in ("first", "second")]
    for each in writing:
        await anext(each)
    told: list[Stage] = []
    opening = asyncio.create_task(crowded.open("third", lambda step: told.append(step.stage)))
    await until(lambda: Stage.DRAIN in told)
    await crowded.aclose()
    for each in writing:
        with pytest.raises(errors.EngineClosedError):
            while True:
                await anext(each)
    with pytest.raises(errors.EngineClosedError):
        await opening


async def test_many_who_want_more_models_than_find_room_are_all_answered(crowded: ProcessEngine) -> None:
    async def one(number: int) -> str:
        while True:
            try:
                return text_of(await stream(crowded, asking(f"model {number % 4}", seed=number)))
            except errors.ModelTooLargeError:
                await asyncio.sleep(0.01)

    assert all(await asyncio.gather(*(one(number) for number in range(12))))
    assert len(await open_in(crowded)) <= 2


async def test_who_waits_for_a_model_when_the_engine_is_closed_is_told(crowded: ProcessEngine) -> None:
    waiting = [asyncio.create_task(crowded.load(name)) for name in ("first", "second", "third")]
    await asyncio.sleep(0)
    await crowded.aclose()
    ends = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(end) for end in ends] == [errors.EngineClosedError] * 3


async def test_a_model_that_is_being_closed_when_the_process_dies_is_closed(crowded: ProcessEngine) -> None:
    await crowded.load("old")
    await crowded.load("new")
    process = psutil.Process(await pid_of(crowded))
    process.suspend()
    loading = asyncio.create_task(crowded.load("another"))
    while "old" in await open_in(crowded):
        await asyncio.sleep(0.01)
    process.kill()
    await loading
    assert await open_in(crowded) == {"new", "another"}
