"""Opens models in the engine process, one at a time, and closes others for them."""

from __future__ import annotations

import asyncio
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Protocol

import structlog

from bot.engine import errors
from bot.engine.models.progress import Progress, Report, Stage, unheard
from bot.engine.process import wire
from bot.engine.process.opened import ModelSource, OpenableModel, OpenedModel, OpenedModels
from bot.engine.process.relay import refuse, resolve
from bot.engine.process.swap import Swap
from bot.waiting import Wait

log = structlog.get_logger(__name__)


class Process(Protocol):
    """The engine process, as far as opening models needs it."""

    @property
    def is_there(self) -> bool:
        """Whether one runs; the next one opens what is open then."""
        ...

    def check_open(self) -> None:
        """Raise what the engine has ended with, if it has."""
        ...

    def send(self, message: wire.ToEngine) -> None:
        """Send a message, if the process is there."""
        ...

    def loading(self, *, active: bool) -> None:
        """Say whether a model is being opened."""
        ...

    def taken_bytes(self) -> int:
        """Say what the process has taken."""
        ...

    def wanted(self) -> AbstractSet[str]:
        """Name the models that something is asked of."""
        ...


class Opening:
    """The models that are open, and those that are on their way.

    Args:
        source: Where models come from.
        process: Opens and closes them.
        one: Held while a model is opened.
        gpu: The CUDA device that is the process's own; see `Place`.
        wait: How to await what the process will answer.
    """

    def __init__(self, source: ModelSource, process: Process, one: asyncio.Lock, gpu: str, wait: Wait) -> None:
        self._source = source
        self._process = process
        self._wait = wait
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="engine-models")
        self._models = OpenedModels()
        self._one = one
        self._gpu = gpu
        self._swap = Swap(wait)
        self._unloading: dict[str, asyncio.Future[None]] = {}

    @property
    def open_names(self) -> tuple[str, ...]:
        """Name the models that can write."""
        return tuple(self._models.open_names())

    async def used(self, name: str) -> OpenedModel:
        """Give an open model; it stays open at least until the next await.

        Raises:
            UnknownModelError, ModelUnavailableError, ModelTooLargeError: it cannot be opened.
        """
        while True:
            await self._swap.passed(name)
            self._process.check_open()
            if name not in self._models:
                await self._open(name)
            else:
                await self._wait(asyncio.shield(self._models[name].loaded))
            if name in self._models and self._models[name].is_open:
                return self._models.use(name)

    async def favour(self, name: str, report: Report) -> None:
        """Open a model in the place of others if need be; see `Engine.open`."""
        loop = asyncio.get_running_loop()

        def told(step: Progress) -> None:
            loop.call_soon_threadsafe(report, step)

        async with self._swap.favour(name):
            before = self.open_names
            try:
                await self._open(name, told)
                await self.used(name)
            except errors.EngineError:
                for closed in [model for model in before if model not in self._models]:
                    with suppress(errors.EngineError):
                        await self._open(closed)
                raise

    def freed(self) -> None:
        """Note that something that was asked of a model has ended."""
        self._swap.freed()

    def linked(self) -> None:
        """A process is there: it opens what was open."""
        for name, model in self._models.items():
            if model.is_open:
                model.loaded = asyncio.get_running_loop().create_future()
            self._send_load(name)

    def lost(self) -> None:
        """The process is gone, and with it what it was to close."""
        for name in list(self._unloading):
            self.unloaded(name)

    def loaded(self, message: wire.Loaded) -> None:
        """A model is open."""
        log.info("model loaded", model=message.model, backend=message.backend, seconds=round(message.seconds, 1))
        resolve(self._models[message.model].loaded, message)
        self._loading_changed()

    def load_failed(self, name: str, reason: str) -> errors.EngineError:
        """A model does not open; gives what is to be said to those who asked for it."""
        log.error("model not loaded", model=name, reason=reason)
        model = self._models.pop(name)
        ready = ", ".join(self.open_names) or "none"
        error = errors.ModelUnavailableError(model=name, reason=reason.rstrip(".") + ".", ready=ready)
        refuse(model.loaded, error)
        self._loading_changed()
        return error

    def unloaded(self, name: str) -> None:
        """A model is closed."""
        if name in self._unloading:
            resolve(self._unloading.pop(name), None)

    def fail(self, error: errors.EngineError) -> None:
        """End what is on its way: the engine has ended."""
        for model in self._models.values():
            refuse(model.loaded, error)
        self.lost()

    def close(self) -> None:
        """Look for no more models."""
        self._pool.shutdown(wait=False)

    async def _open(self, name: str, report: Report = unheard) -> None:
        await self._wait(self._one.acquire())
        try:
            self._process.check_open()
            if name not in self._models:
                openable = await self._openable(name, report)
                report(Progress(Stage.OPEN))
                self._process.check_open()  # nobody would answer a model that is added to an engine that has ended
                self._models[name] = OpenedModel(openable, asyncio.get_running_loop().create_future())
                self._send_load(name)
                await self._wait(asyncio.shield(self._models[name].loaded))
        finally:
            self._one.release()

    async def _openable(self, name: str, report: Report) -> OpenableModel:
        def find() -> OpenableModel:
            return self._source.openable(name, self._taken_bytes(), report, gpu=self._gpu)

        while True:
            try:
                return await self._wait(asyncio.wrap_future(self._pool.submit(find)))
            except errors.ModelTooLargeError:
                wanted = self._process.wanted()
                if (idle := self._models.longest_unused(wanted)) is not None:
                    log.info("model closed for another", model=idle, another=name)
                    await self._unload(idle)
                elif self._swap.favours(name) and wanted:
                    report(Progress(Stage.DRAIN))
                    await self._swap.until_freed()
                    self._process.check_open()
                else:
                    raise

    async def _unload(self, name: str) -> None:
        del self._models[name]
        if not self._process.is_there:
            return  # the next process never opens it
        gone = self._unloading[name] = asyncio.get_running_loop().create_future()
        self._process.send(wire.Unload(name))
        await self._wait(asyncio.shield(gone))

    def _taken_bytes(self) -> int:
        """Say what open models have taken; a process without one takes nothing that matters."""
        return self._process.taken_bytes() if self._models else 0

    def _send_load(self, name: str) -> None:
        model = self._models[name].openable
        self._process.loading(active=True)
        run, cache = model.running, (model.kv_bytes_per_token, model.cache_bytes)
        self._process.send(wire.Load(name, str(model.path), model.context, *cache, run.backend, run.dtype, run.device))

    def _loading_changed(self) -> None:
        self._process.loading(active=any(not model.loaded.done() for model in self._models.values()))
