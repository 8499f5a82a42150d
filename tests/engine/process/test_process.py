"""The engine process: it dies, it hangs, it is given nonsense, and the bot's side stays whole."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import signal
from collections import Counter
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from bot.engine import errors
from bot.engine.models.library import ModelLibrary
from bot.engine.models.profiles import Frame, ModelProfile
from bot.engine.process import memory_limit, supervisor, wire
from bot.engine.process.asking import message_for, without_markers
from bot.engine.process.client import ProcessEngine
from bot.engine.process.source import LibraryModels
from bot.engine.protocol import Finish
from tests.engine.process.conftest import SETTINGS, OneModel, kill_twice, next_process, pid_of, until
from tests.engine.test_contract import asking, stream, text_of


async def test_the_process_ends_with_the_engine(engine: ProcessEngine) -> None:
    await engine.load("tiny")
    process = psutil.Process(await pid_of(engine))
    await engine.aclose()
    assert not process.is_running()


async def test_a_stream_that_has_shown_text_ends_with_an_error_when_the_process_dies(engine: ProcessEngine) -> None:
    with pytest.raises(errors.EngineDiedError):
        async for chunk in engine.generate(asking("tiny", max_new_tokens=400)):
            if chunk.tokens == 3:
                os.kill(await pid_of(engine), signal.SIGKILL)


async def test_requests_that_have_shown_nothing_are_replayed_by_the_next_process(engine: ProcessEngine) -> None:
    await engine.load("tiny")
    expected = text_of(await stream(engine, asking("tiny", seed=9)))
    process = psutil.Process(await pid_of(engine))
    process.suspend()
    waiting = asyncio.create_task(stream(engine, asking("tiny", seed=9)))
    counting = asyncio.create_task(engine.count_tokens("tiny", ["Once upon a time"]))
    await asyncio.sleep(0)
    process.kill()

    chunks = await waiting
    assert chunks[-1].finish is Finish.LENGTH
    assert text_of(chunks) == expected
    assert await counting == await engine.count_tokens("tiny", ["Once upon a time"])
    assert (await engine.stats()).restarts == 1


async def test_killed_twenty_times_under_sixteen_streams_every_request_gets_an_answer(
    source: OneModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE_SECONDS", 0.1)
    engine = ProcessEngine(source, SETTINGS.model_copy(update={"max_restarts": 100, "max_streams": 16}))
    engine.start()
    chance, seeds, ends = random.Random(11), itertools.count(), Counter[str]()
    killed = asyncio.Event()

    async def ask() -> None:
        while not killed.is_set():
            try:
                number = next(seeds)
                # Some are so short that they end between two deaths on any machine.
                asked = asking("tiny", prompt=f"The {number} foxes", max_new_tokens=120 if number % 4 else 4)
                ends[str((await stream(engine, asked))[-1].finish)] += 1
            except errors.EngineDiedError:
                ends["died"] += 1
            except errors.PoisonousRequestError:
                ends["refused"] += 1

    async def kill() -> None:
        for deaths in range(20):
            while (await engine.stats()).restarts < deaths or not (await engine.health()).ready:
                await asyncio.sleep(0.01)
            await asyncio.sleep(chance.uniform(0, 0.4))
            os.kill(await pid_of(engine), signal.SIGKILL)
        killed.set()

    await asyncio.gather(kill(), *(ask() for _ in range(16)))
    assert set(ends) <= {"length", "eos", "died", "refused"}
    assert ends["died"], "it was hit while texts were being shown"
    assert ends["length"] + ends["eos"], "and written between the deaths"
    assert next(seeds) == ends.total(), "each was answered"
    assert (await engine.stats()).restarts == 20
    assert text_of(await stream(engine, asking("tiny")))
    await engine.aclose()


async def test_what_kills_the_process_twice_is_refused_for_a_while_and_nothing_else_is(engine: ProcessEngine) -> None:
    await engine.load("tiny")
    waiting = await kill_twice(engine, stream(engine, asking("tiny", prompt="It kills")))
    with pytest.raises(errors.PoisonousRequestError):
        await waiting
    with pytest.raises(errors.PoisonousRequestError):
        await stream(engine, asking("tiny", prompt="It kills", seed=8))
    assert (await engine.stats()).restarts == 2
    assert text_of(await stream(engine, asking("tiny", prompt="It lives")))


async def test_those_who_stood_beside_it_are_written_after_it_was_found(engine: ProcessEngine) -> None:
    await engine.load("tiny")
    pid = await pid_of(engine)
    psutil.Process(pid).suspend()
    prompts = ("It kills", "It lives", "So does it")
    waiting = [asyncio.create_task(stream(engine, asking("tiny", prompt=prompt))) for prompt in prompts]
    await asyncio.sleep(0)
    os.kill(pid, signal.SIGKILL)
    for _ in range(2):  # the second of these meets the first of the three alone
        pid = await next_process(engine, pid)
        os.kill(pid, signal.SIGKILL)
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(found[0], errors.PoisonousRequestError)
    assert all(isinstance(chunks, list) and chunks[-1].finish for chunks in found[1:])


async def test_a_process_that_always_dies_is_given_up_with_one_sentence(source: OneModel) -> None:
    source.model = replace(source.model, path=Path("/nonexistent"))
    engine = ProcessEngine(source, SETTINGS.model_copy(update={"max_restarts": 0}))
    engine.start()
    with pytest.raises(errors.ModelUnavailableError):
        await engine.load("tiny")
    os.kill(await pid_of(engine), signal.SIGKILL)
    while (await engine.health()).detail == "the model is being loaded":
        await asyncio.sleep(0.01)
    with pytest.raises(errors.EngineUnreachableError, match="could not be started"):
        await engine.load("tiny")
    assert not (await engine.health()).ready
    await engine.aclose()


async def test_a_silent_process_is_killed_and_replaced(source: OneModel) -> None:
    engine = ProcessEngine(source, SETTINGS.model_copy(update={"heartbeat_seconds": 1.5}))
    engine.start()
    await engine.load("tiny")
    psutil.Process(await pid_of(engine)).suspend()
    assert text_of(await stream(engine, asking("tiny")))
    assert (await engine.stats()).restarts == 1
    await engine.aclose()


async def test_a_damaged_model_is_refused_and_the_process_lives_on(source: OneModel, tmp_path: Path) -> None:
    good = source.model
    broken = tmp_path / "broken"
    broken.mkdir()
    for file in good.path.iterdir():
        (broken / file.name).write_bytes(file.read_bytes()[:1000])
    source.model = replace(good, path=broken)
    engine = ProcessEngine(source, SETTINGS)
    engine.start()
    with pytest.raises(errors.ModelUnavailableError, match="broken is not available"):
        await engine.load("broken")
    source.model = good
    assert text_of(await stream(engine, asking("good")))
    assert (await engine.stats()).restarts == 0
    await engine.aclose()


async def test_more_requests_than_the_queue_holds_are_refused(engine: ProcessEngine) -> None:
    await engine.load("tiny")
    psutil.Process(await pid_of(engine)).suspend()
    waiting = [asyncio.create_task(stream(engine, asking("tiny"))) for _ in range(16)]
    await asyncio.sleep(0.05)
    with pytest.raises(errors.EngineBusyError):
        await stream(engine, asking("tiny"))
    psutil.Process(await pid_of(engine)).resume()
    assert {chunks[-1].finish for chunks in await asyncio.gather(*waiting)} == {Finish.LENGTH}


async def test_text_is_never_half_a_character(exported_tiny_zh: Path, tmp_path: Path) -> None:
    engine = ProcessEngine(LibraryModels(ModelLibrary(tmp_path), SETTINGS), SETTINGS)
    engine.start()
    request = asking(str(exported_tiny_zh), prompt="从前有一座山", max_new_tokens=60)
    chunks = await stream(engine, request)
    assert "\N{REPLACEMENT CHARACTER}" not in text_of(chunks)
    assert sum("\u4e00" <= character <= "\u9fff" for character in text_of(chunks)) > 20
    assert " " not in text_of(chunks)
    await engine.aclose()


async def test_an_emoji_of_several_tokens_arrives_whole(engine: ProcessEngine) -> None:
    chunks = await stream(engine, asking("tiny", prompt="🦊🦊🦊🦊🦊🦊🦊", do_sample=False, repetition_penalty=1.0))
    assert "\N{REPLACEMENT CHARACTER}" not in text_of(chunks)


async def test_a_story_is_put_to_an_instruct_model_in_its_frame(source: OneModel) -> None:
    frame = Frame(template="[{request}] {text}", begin="Begin: {opening}")
    source.model = replace(
        source.model,
        profile=ModelProfile(name="framed", source="folder", location="x", frame=frame, special_tokens=("<|x|>",)),
    )
    engine = ProcessEngine(source, SETTINGS)
    engine.start()
    await engine.load("framed")
    message = message_for(asking("framed", prompt="A <|<|x|>x|>fox."), source.model.profile)
    assert message.prompt == "[Begin: A fox.] A fox."
    capacity = await engine.capacity("framed")
    assert capacity.overhead > 60
    assert await engine.capacity("framed") is capacity
    await engine.aclose()


def test_markers_are_taken_out_even_when_removing_makes_new_ones() -> None:
    assert without_markers("a<|i<|im|>m|>b", ["<|im|>"]) == "ab"


async def test_near_the_limit_of_its_memory_it_takes_nothing_beside_what_it_writes(
    source: OneModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = ProcessEngine(source, SETTINGS.model_copy(update={"memory_mb": 100_000}))
    engine.start()
    await engine.load("tiny")
    monkeypatch.setattr(memory_limit, "SOFT_SHARE", 1e-6)
    running = engine.generate(asking("tiny", max_new_tokens=400))
    assert (await anext(running)).tokens == 1, "one alone is always tried"
    await until(lambda: engine._beat.rss_bytes > 0)
    with pytest.raises(errors.EngineMemoryError):
        await stream(engine, asking("tiny"))
    await running.aclose()
    assert (await stream(engine, asking("tiny")))[-1].finish
    await engine.aclose()


async def test_a_process_above_the_limit_of_its_memory_is_killed_and_nothing_else_is(source: OneModel) -> None:
    settings = SETTINGS.model_copy(update={"memory_mb": 20, "max_restarts": 1})
    engine = ProcessEngine(source, settings)
    engine.start()
    async with asyncio.timeout(60):
        with pytest.raises(errors.EngineUnreachableError, match=r"it took .* MB, and TALELOOM_ENGINE__MEMORY_MB is 20"):
            while True:  # a small model may be open before the memory is looked at
                await engine.load("tiny")
                await asyncio.sleep(0.05)
    await engine.aclose()


async def test_a_process_of_another_version_is_never_spoken_to(
    source: OneModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = ProcessEngine(source, SETTINGS.model_copy(update={"max_restarts": 0}))
    monkeypatch.setattr(wire, "VERSION", wire.VERSION - 1)
    engine.start()
    with pytest.raises(errors.EngineUnreachableError, match="start the bot again"):
        await engine.load("tiny")
    await engine.aclose()


async def test_what_is_cancelled_while_there_is_no_process_ends_and_is_not_written(engine: ProcessEngine) -> None:
    await engine.load("tiny")
    pid = await pid_of(engine)
    psutil.Process(pid).suspend()
    before, after = asking("tiny", seed=9), asking("tiny", seed=10)
    waiting = [asyncio.create_task(stream(engine, before))]
    await asyncio.sleep(0)
    await engine.cancel(before.request_id)
    os.kill(pid, signal.SIGKILL)
    while (await engine.stats()).pids:
        await asyncio.sleep(0.001)
    waiting.append(asyncio.create_task(stream(engine, after)))
    await asyncio.sleep(0)
    await engine.cancel(after.request_id)
    for chunks in await asyncio.gather(*waiting):
        assert [(chunk.text, chunk.finish) for chunk in chunks] == [("", Finish.CANCELLED)]
    assert (await engine.stats()).running == 0


async def test_what_is_cancelled_while_its_model_is_opened_is_not_written(engine: ProcessEngine) -> None:
    request = asking("tiny", max_new_tokens=400)
    waiting = asyncio.create_task(stream(engine, request))
    await asyncio.sleep(0)
    await engine.cancel(request.request_id)
    assert [chunk.finish for chunk in await waiting] == [Finish.CANCELLED]
