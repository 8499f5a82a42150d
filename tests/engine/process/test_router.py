"""Two engine processes as one engine."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace

import psutil
import pytest

from bot.engine import errors
from bot.engine.models.backend import OPENVINO
from bot.engine.models.progress import Stage
from bot.engine.process.client import ProcessEngine
from bot.engine.process.local import start_local
from bot.engine.process.router import KNOWN_WORTH, Router
from tests.engine.process.conftest import SETTINGS, OneModel, kill_twice, until
from tests.engine.test_contract import asking, stream, text_of

STORY = "Once upon a time there was a fox who lived in a wood beside the sea, and every evening it went down to look."


@pytest.fixture
async def router(source: OneModel) -> AsyncIterator[Router]:
    settings = SETTINGS.model_copy(update={"processes": 2, "max_restarts": 1, "max_streams": 16})
    started = start_local(source, settings, OPENVINO)
    assert isinstance(started, Router)
    await started.open("tiny")
    yield started
    await started.aclose()


def processes(router: Router) -> list[ProcessEngine]:
    return [engine for engine in router._engines if isinstance(engine, ProcessEngine)]


async def finished(router: Router) -> list[int]:
    """How many texts each process has written to their ends."""
    return [(await engine.stats()).finished for engine in processes(router)]


def test_one_process_needs_nobody_who_chooses(source: OneModel) -> None:
    async def started() -> bool:
        engine = start_local(source, SETTINGS.model_copy(update={"processes": 1}), OPENVINO)
        await engine.aclose()
        return isinstance(engine, ProcessEngine)

    assert asyncio.run(started())


async def test_a_model_is_opened_in_each_process(router: Router) -> None:
    assert [(await engine.stats()).models for engine in processes(router)] == [("tiny",), ("tiny",)]
    stats = await router.stats()
    assert len(set(stats.pids)) == 2
    assert stats.models == ("tiny",)
    told: list[Stage] = []
    await router.open("another", lambda step: told.append(step.stage))
    assert told == [Stage.OPEN]


async def test_texts_are_divided_among_the_processes(router: Router) -> None:
    texts = await asyncio.gather(*(stream(router, asking("tiny", prompt=f"{n} foxes", seed=n)) for n in range(8)))
    assert all(map(text_of, texts))
    assert await finished(router) == [4, 4]


async def test_a_story_goes_on_where_it_was_begun(router: Router) -> None:
    busy = router.generate(asking("tiny", prompt="Somebody else", max_new_tokens=400, ignore_eos=True))
    await anext(busy)
    story = "Once"
    for _ in range(3):
        story += text_of(await stream(router, asking("tiny", prompt=story, ignore_eos=True)))
    assert await finished(router) == [0, 3], "begun where nobody else was writing"
    await busy.aclose()
    for _ in range(3):
        story += text_of(await stream(router, asking("tiny", prompt=story, ignore_eos=True)))
    assert await finished(router) == [0, 6], "and continued there when both were free"


async def test_texts_of_one_beginning_go_elsewhere_before_they_wait_for_each_other(router: Router) -> None:
    await stream(router, asking("tiny", prompt=STORY))
    asked = [asking("tiny", prompt=STORY, seed=seed, max_new_tokens=60, ignore_eos=True) for seed in range(12)]
    await asyncio.gather(*(stream(router, each) for each in asked))
    assert await finished(router) == [1 + 6 + KNOWN_WORTH // 2, 6 - KNOWN_WORTH // 2]


async def test_a_text_is_cancelled_wherever_it_is_written(router: Router) -> None:
    asked = [asking("tiny", prompt=f"{n} foxes", max_new_tokens=400, ignore_eos=True) for n in range(2)]
    streams = [router.generate(each) for each in asked]
    for each in streams:
        await anext(each)
    assert [(await engine.stats()).running for engine in processes(router)] == [1, 1]
    for request in asked:
        await router.cancel(request.request_id)
    assert [[chunk async for chunk in each][-1].finish for each in streams] == ["cancelled", "cancelled"]


async def test_while_one_is_started_again_the_other_writes(router: Router) -> None:
    psutil.Process((await router.stats()).pids[0]).kill()
    await until(lambda: processes(router)[0]._restarts == 1)
    assert text_of(await stream(router, asking("tiny")))
    assert await finished(router) == [0, 1]
    assert (await router.health()).ready


async def test_without_one_that_was_given_up_the_other_goes_on_and_without_both_it_is_said(router: Router) -> None:
    async def give_up(engine: ProcessEngine) -> None:
        while engine._end is None:
            for pid in (await engine.stats()).pids:
                os.kill(pid, signal.SIGKILL)
            await asyncio.sleep(0.01)

    one, other = processes(router)
    await give_up(one)
    for seed in range(3):
        assert text_of(await stream(router, asking("tiny", seed=seed)))
    assert await router.count_tokens("tiny", ["Once upon a time"])
    assert await finished(router) == [0, 3]
    await give_up(other)
    with pytest.raises(errors.EngineUnreachableError):
        await stream(router, asking("tiny"))
    with pytest.raises(errors.EngineUnreachableError):
        await router.capacity("tiny")
    assert not (await router.health()).ready


async def test_what_kills_one_process_twice_is_not_given_to_the_other(router: Router) -> None:
    one, _ = processes(router)
    _, second = (await router.stats()).pids
    waiting = await kill_twice(one, stream(router, asking("tiny", prompt="It kills")))
    with pytest.raises(errors.PoisonousRequestError):
        await waiting
    with pytest.raises(errors.PoisonousRequestError):
        await stream(router, asking("tiny", prompt="It kills"))
    assert second in (await router.stats()).pids


async def test_a_model_that_one_process_has_no_room_for_is_written_with_by_the_other(
    router: Router, source: OneModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(name: str, *_: object, **__: object) -> None:
        raise errors.ModelTooLargeError(model=name, needed="900", free="10", advice="Free some memory.")

    await processes(router)[1].load("another")
    monkeypatch.setattr(source, "openable", no_room)
    await router.open("another")
    assert text_of(await stream(router, asking("another")))
    assert (await finished(router))[1] == 1
    with pytest.raises(errors.ModelTooLargeError):
        await router.open("third")
    with pytest.raises(errors.ModelTooLargeError):
        await stream(router, replace(asking("tiny"), model="third"))
