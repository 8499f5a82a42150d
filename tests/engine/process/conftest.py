from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import psutil
import pytest

from bot.engine.models.library import ModelLibrary
from bot.engine.models.progress import Report, unheard
from bot.engine.process.client import ProcessEngine
from bot.engine.process.opened import OpenableModel
from bot.engine.process.source import LibraryModels
from bot.engine.protocol import Chunk
from config.settings import EngineSettings

SETTINGS = EngineSettings(cache_mb=64, max_streams=4, max_restarts=5)


class OneModel:
    """A source that knows one model, whatever it is called."""

    def __init__(self, openable: OpenableModel) -> None:
        self.model = openable

    def openable(self, name: str, taken_bytes: int = 0, report: Report = unheard, *, gpu: str = "") -> OpenableModel:
        return self.model


@pytest.fixture
def source(exported_tiny: Path, tmp_path: Path) -> OneModel:
    return OneModel(LibraryModels(ModelLibrary(tmp_path), SETTINGS).openable(str(exported_tiny)))


@pytest.fixture
async def engine(source: OneModel) -> AsyncIterator[ProcessEngine]:
    engine = ProcessEngine(source, SETTINGS)
    engine.start()
    yield engine
    await engine.aclose()


async def pid_of(engine: ProcessEngine) -> int:
    return (await engine.stats()).pids[0]


async def next_process(engine: ProcessEngine, before: int) -> int:
    """Wait for the process after another, which has then been told what is waiting and has not answered."""
    while (found := (await engine.stats()).pids) in {(), (before,)}:
        await asyncio.sleep(0.001)
    return found[0]


async def kill_twice(engine: ProcessEngine, asked: Coroutine[Any, Any, list[Chunk]]) -> asyncio.Task[list[Chunk]]:
    """Let a text be asked for, and kill the process and the one after it before either has shown a word."""
    pid = await pid_of(engine)
    psutil.Process(pid).suspend()
    waiting = asyncio.create_task(asked)
    await asyncio.sleep(0)
    os.kill(pid, signal.SIGKILL)
    os.kill(await next_process(engine, pid), signal.SIGKILL)
    return waiting


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.05)
