"""The engine as the bot sees it: `Engine` over a process of its own."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from bot.engine import errors
from bot.engine.models.profiles import REQUEST_CHARACTERS, ModelProfile
from bot.engine.models.progress import Progress, Report, Stage, unheard
from bot.engine.process import wire
from bot.engine.process.asking import message_for
from bot.engine.process.memory_limit import is_short, taken_bytes
from bot.engine.process.opened import ModelSource, OpenableModel, OpenedModel, OpenedModels
from bot.engine.process.relay import Threadsafe, refuse, resolve
from bot.engine.process.supervisor import Link, Supervisor
from bot.engine.process.suspects import Suspects
from bot.engine.process.swap import Swap
from bot.engine.protocol import Capacity, Chunk, Finish, GenerationRequest, Health, Stats
from bot.errors import N_
from bot.waiting import Wait, plain_wait
from config.settings import EngineSettings

QUEUE_FACTOR = 4  # requests in flight for each place in the batch, beyond which the engine says that it is busy

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Stream:
    message: wire.Generate
    items: asyncio.Queue[Chunk | errors.EngineError] = field(default_factory=asyncio.Queue)
    sent: bool = False
    """To the process that is there now."""
    shown: bool = False

    @property
    def asked(self) -> tuple[str, str]:
        """What is written, by whomever it is asked for."""
        return self.message.model, self.message.prompt


@dataclass(slots=True)
class _Call:
    message: wire.Count
    answer: asyncio.Future[list[int]]


class ProcessEngine:
    """Runs models in an engine process, which is started again when it dies.

    Args:
        source: Where models come from.
        settings: Limits of the process.
        wait: How to await what the process will answer.
    """

    def __init__(self, source: ModelSource, settings: EngineSettings, *, wait: Wait = plain_wait) -> None:
        self._source = source
        self._settings = settings
        self._wait = wait
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="engine-models")
        self._relay = Threadsafe(self)
        self._supervisor = Supervisor(settings, self._relay)
        self._link: Link | None = None
        self._models = OpenedModels()
        self._opening = asyncio.Lock()
        self._swap = Swap(wait)
        self._unloading: dict[str, asyncio.Future[None]] = {}
        self._streams: dict[str, _Stream] = {}
        self._suspects = Suspects()
        self._calls: dict[int, _Call] = {}
        self._call_ids = itertools.count()
        self._ended: asyncio.Future[None] | None = None
        self._end: errors.EngineError | None = None
        self._beat = wire.Beat(0, 0)
        self._finished = self._tokens = self._restarts = 0

    def start(self) -> None:
        """Start the process; must be called in the event loop that uses the engine."""
        self._relay.begin()
        self._ended = asyncio.get_running_loop().create_future()
        self._supervisor.start()

    async def load(self, name: str) -> wire.Loaded:
        """Open a model, or wait until it is open. Where memory is short, those go that nobody has used for longest.

        Raises:
            UnknownModelError, ModelUnavailableError, ModelTooLargeError: it cannot be opened.
        """
        return (await self._used(name)).loaded.result()

    async def open(self, model: str, report: Report = unheard) -> None:
        """Open a model in the place of others if need be; see `Engine.open`."""
        loop = asyncio.get_running_loop()

        def told(step: Progress) -> None:
            loop.call_soon_threadsafe(report, step)

        async with self._swap.favour(model):
            before = self._open()
            try:
                await self._open_new(model, told)
                await self._used(model)
            except errors.EngineError:
                for closed in [name for name in before if name not in self._models]:
                    with suppress(errors.EngineError):
                        await self._open_new(closed)
                raise

    async def _used(self, name: str) -> OpenedModel:
        """Give an open model; it stays open at least until the next await."""
        while True:
            await self._swap.passed(name)
            self._check_open()
            if name not in self._models:
                await self._open_new(name)
            else:
                await self._wait(asyncio.shield(self._models[name].loaded))
            if name in self._models and self._models[name].is_open:
                return self._models.use(name)

    async def _open_new(self, name: str, report: Report = unheard) -> None:
        # One at a time: what two models need is not to be seen while neither is open.
        await self._wait(self._opening.acquire())
        try:
            self._check_open()
            if name not in self._models:
                openable = await self._openable(name, report)
                report(Progress(Stage.OPEN))
                self._check_open()  # nobody would answer a model that is added to an engine that has ended meanwhile
                self._models[name] = OpenedModel(openable, asyncio.get_running_loop().create_future())
                self._send_load(name)
                await self._wait(asyncio.shield(self._models[name].loaded))
        finally:
            self._opening.release()

    async def _openable(self, name: str, report: Report) -> OpenableModel:
        while True:
            try:
                found = self._pool.submit(lambda: self._source.openable(name, self._taken(), report))
                return await self._wait(asyncio.wrap_future(found))
            except errors.ModelTooLargeError:
                wanted = {stream.message.model for stream in self._streams.values()}
                wanted |= {call.message.model for call in self._calls.values()}
                if (idle := self._models.longest_unused(wanted)) is not None:
                    log.info("model closed for another", model=idle, another=name)
                    await self._unload(idle)
                elif self._swap.favours(name) and wanted:
                    report(Progress(Stage.DRAIN))
                    await self._swap.until_freed()
                    self._check_open()
                else:
                    raise

    async def _unload(self, name: str) -> None:
        del self._models[name]
        if self._link is None:
            return  # the next process never opens it
        gone = self._unloading[name] = asyncio.get_running_loop().create_future()
        self._send(wire.Unload(name))
        await self._wait(asyncio.shield(gone))

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]:
        """Stream the continuation of a prompt; see `Engine.generate`."""
        profile = (await self._used(request.model)).openable.profile
        if len(self._streams) >= QUEUE_FACTOR * self._settings.max_streams:
            raise errors.EngineBusyError
        if self._is_short_of_memory():
            raise errors.EngineMemoryError
        stream = _Stream(message_for(request, profile))
        if self._suspects.refuses(stream.asked):
            raise errors.PoisonousRequestError
        self._streams[request.request_id] = stream
        self._send_streams()
        try:
            while True:
                item = await self._wait(stream.items.get())
                if isinstance(item, errors.EngineError):
                    raise item
                yield item
                if item.finish:
                    return
        finally:
            if self._streams.pop(request.request_id, None):
                self._send(wire.Cancel(request.request_id))
            self._cleared(request.request_id)
            self._swap.freed()

    async def cancel(self, request_id: str) -> None:
        """End a stream soon."""
        if request_id in self._streams:
            self._send(wire.Cancel(request_id))

    async def count_tokens(self, model: str, texts: Sequence[str]) -> list[int]:
        """Say how many tokens each text takes, without the frame."""
        await self._used(model)
        call = _Call(wire.Count(next(self._call_ids), model, list(texts)), asyncio.get_running_loop().create_future())
        self._calls[call.message.call_id] = call
        self._send(call.message)
        try:
            return await self._wait(call.answer)
        finally:
            self._calls.pop(call.message.call_id, None)
            self._swap.freed()

    async def capacity(self, model: str) -> Capacity:
        """Say what a model has room for."""
        entry = await self._used(model)
        if entry.capacity is None:
            context, overhead = entry.loaded.result().context, await self._overhead(entry.openable.profile, model)
            entry.capacity = Capacity(context=context, overhead=overhead)
        return entry.capacity

    async def _overhead(self, profile: ModelProfile, model: str) -> int:
        """Count what a model's frame takes."""
        if (frame := profile.frame) is not None:
            around = [frame.apply(""), "x " * (frame.opening_characters // 2)]
        elif profile.takes_requests:
            around = ["x " * (REQUEST_CHARACTERS // 2)]
        else:
            return 0
        return sum(await self.count_tokens(model, around))

    async def health(self) -> Health:
        """Say whether a request could be taken now."""
        if self._end:
            return Health(ready=False, detail=str(self._end))
        loaded = self._open()
        if self._link is None or not loaded:
            return Health(ready=False, detail=N_("the model is being loaded"))
        return Health(ready=True, detail=f"{', '.join(loaded)} loaded")

    async def stats(self) -> Stats:
        """Count what was done."""
        return Stats(
            running=len(self._streams),
            finished=self._finished,
            tokens=self._tokens,
            restarts=self._restarts,
            rss_bytes=self._beat.rss_bytes,
            models=self._open(),
            pid=self._link.pid if self._link else None,
        )

    async def aclose(self) -> None:
        """End the engine process."""
        if self._end is None:
            self._end = errors.EngineClosedError()
            self._supervisor.close()
            self._fail_all(self._end)
        if self._ended is not None:
            await self._wait(asyncio.shield(self._ended))
        self._pool.shutdown(wait=False)

    def _taken(self) -> int:
        """Say what the process has taken, in bytes; a moment after a model was closed its last beat is out of date."""
        return taken_bytes(self._link.pid) if self._link and self._models else 0

    def _is_short_of_memory(self) -> bool:
        """Tell whether one text more could end the process; one alone is always tried."""
        return bool(self._streams) and is_short(self._settings, self._beat.rss_bytes)

    def _open(self) -> tuple[str, ...]:
        """Name the models that are open."""
        return tuple(self._models.open_names())

    def _check_open(self) -> None:
        if self._end:
            raise type(self._end)(**self._end.values)

    def _send(self, message: wire.ToEngine) -> None:
        """Send now, or when the process is there: `linked` sends all that is still wanted."""
        if self._link is not None:
            self._link.send(message)

    def _send_streams(self) -> None:
        """Send what has not been sent; where one is suspected of killing the process, that one alone."""
        if self._link is not None:
            for request_id in self._suspects.next([name for name, stream in self._streams.items() if not stream.sent]):
                self._streams[request_id].sent = True
                self._send(self._streams[request_id].message)

    def _cleared(self, request_id: str) -> None:
        self._suspects.cleared(request_id)
        self._send_streams()

    def _send_load(self, name: str) -> None:
        model = self._models[name].openable
        self._supervisor.loading(active=True)
        run, cache = model.running, (model.kv_bytes_per_token, model.cache_bytes)
        self._send(wire.Load(name, str(model.path), model.context, *cache, run.backend, run.dtype, run.device))

    def _fail_all(self, error: errors.EngineError) -> None:
        for stream in self._streams.values():
            stream.items.put_nowait(error)
        self._streams.clear()
        for call in self._calls.values():
            refuse(call.answer, error)
        for model in self._models.values():
            refuse(model.loaded, error)
        self._all_unloaded()

    def _end_stream(self, request_id: str, error: errors.EngineError) -> None:
        self._streams.pop(request_id).items.put_nowait(error)
        self._cleared(request_id)

    def _all_unloaded(self) -> None:
        for name in list(self._unloading):
            self._unloaded(name)

    def _unloaded(self, name: str) -> None:
        resolve(self._unloading.pop(name), None)

    # What follows runs in the event loop, called by `Threadsafe`.

    def linked(self, link: Link) -> None:
        """A process is there: load what was loaded, send what is still unanswered."""
        self._link = link
        for name, model in self._models.items():
            if model.is_open:
                model.loaded = asyncio.get_running_loop().create_future()
            self._send_load(name)
        for call in self._calls.values():
            self._send(call.message)
        self._send_streams()

    def lost(self, reason: str, *, final: bool) -> None:
        """The process is gone: what has shown text ends, the rest is replayed by the next one."""
        self._link = None
        self._all_unloaded()
        if final:
            if self._end is None:
                self._end = errors.EngineUnreachableError(reason=reason)
                log.error("engine given up", reason=reason)
                self._fail_all(self._end)
            if self._ended is not None and not self._ended.done():
                self._ended.set_result(None)
            return
        self._restarts += 1
        log.warning("engine process lost", reason=reason, streams=len(self._streams))
        unshown = [name for name, stream in self._streams.items() if stream.sent and not stream.shown]
        refused = self._suspects.died(unshown)
        for request_id, stream in list(self._streams.items()):
            stream.sent = False
            if request_id in refused:
                log.error("request refused that ended the engine process twice", request=request_id)
                self._suspects.refuse(stream.asked)
                self._end_stream(request_id, errors.PoisonousRequestError())
            elif stream.shown:
                self._end_stream(request_id, errors.EngineDiedError())

    def received(self, message: wire.FromEngine) -> None:
        """The process has said something."""
        match message:
            case wire.Pieces(pieces):
                for piece in pieces:
                    self._piece(piece)
            case wire.Failed(request_id, error, values):
                if request_id in self._streams:
                    self._end_stream(request_id, getattr(errors, error)(**values))
            case wire.Counted(call_id, counts) if call_id in self._calls:
                resolve(self._calls[call_id].answer, counts)
            case wire.Loaded():
                self._loaded(message)
            case wire.LoadFailed(name, reason):
                self._load_failed(name, reason)
            case wire.Unloaded(name) if name in self._unloading:
                self._unloaded(name)
            case wire.Beat():
                self._beat = message

    def _loaded(self, message: wire.Loaded) -> None:
        log.info("model loaded", model=message.model, backend=message.backend, seconds=round(message.seconds, 1))
        resolve(self._models[message.model].loaded, message)
        self._loading_changed()

    def _piece(self, piece: wire.Piece) -> None:
        stream = self._streams.get(piece.request_id)
        if stream is None:
            return
        if not stream.shown:
            stream.shown = True
            self._cleared(piece.request_id)
        finish = Finish(piece.finish) if piece.finish else None
        likelihood = piece.log_likelihood
        stream.items.put_nowait(Chunk(text=piece.text, tokens=piece.tokens, finish=finish, log_likelihood=likelihood))
        if finish:
            del self._streams[piece.request_id]
            self._finished += 1
            self._tokens += piece.tokens

    def _load_failed(self, name: str, reason: str) -> None:
        log.error("model not loaded", model=name, reason=reason)
        model = self._models.pop(name)
        ready = ", ".join(self._open()) or "none"
        error = errors.ModelUnavailableError(model=name, reason=reason.rstrip(".") + ".", ready=ready)
        refuse(model.loaded, error)
        for call in self._calls.values():
            if call.message.model == name:
                refuse(call.answer, error)
        for request_id, stream in list(self._streams.items()):
            if stream.message.model == name:
                self._end_stream(request_id, error)
        self._loading_changed()

    def _loading_changed(self) -> None:
        self._supervisor.loading(active=any(not model.loaded.done() for model in self._models.values()))
