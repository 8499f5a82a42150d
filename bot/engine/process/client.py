"""The engine as the bot sees it: `Engine` over a process of its own."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

import structlog

from bot.engine import errors
from bot.engine.models.profiles import REQUEST_CHARACTERS, ModelProfile
from bot.engine.models.progress import Report, unheard
from bot.engine.pieces import Failed, Piece
from bot.engine.process import wire
from bot.engine.process.asking import message_for
from bot.engine.process.memory_limit import is_short, taken_bytes
from bot.engine.process.opened import ModelSource
from bot.engine.process.opening import Opening
from bot.engine.process.places import ANYWHERE, Place
from bot.engine.process.relay import Threadsafe, refuse, resolve
from bot.engine.process.shared import Shared
from bot.engine.process.supervisor import Link, Supervisor
from bot.engine.process.suspects import Suspects
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
    cancelled: bool = False
    """The process that is there now has been told so."""

    @property
    def asked(self) -> tuple[str, str]:
        """What is written, by whomever it is asked for."""
        return self.message.model, self.message.prompt


CANCELLED = Chunk(text="", tokens=0, finish=Finish.CANCELLED)
"""The last chunk of a stream that was ended before the process has said anything."""


@dataclass(slots=True)
class _Call:
    message: wire.Count
    answer: asyncio.Future[list[int]]


class ProcessEngine:
    """Runs models in an engine process, which is started again when it dies.

    Args:
        source: Where models come from.
        settings: Limits of the process.
        place: Where it runs.
        shared: What it has in common with others.
        wait: How to await what the process will answer.
    """

    def __init__(
        self,
        source: ModelSource,
        settings: EngineSettings,
        place: Place = ANYWHERE,
        *,
        shared: Shared | None = None,
        wait: Wait = plain_wait,
    ) -> None:
        shared = shared or Shared()
        self._settings = settings
        self._wait = wait
        self._relay = Threadsafe(self)
        self._supervisor = Supervisor(settings, place, self._relay)
        self._link: Link | None = None
        self._models = Opening(source, self, shared.opening, place.gpu, wait)
        self._opening_for: set[str] = set()
        """Streams that wait for their model."""
        self._streams: dict[str, _Stream] = {}
        self._suspects = Suspects()
        self._refusals = shared.refusals
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
        return (await self._models.used(name)).loaded.result()

    async def open(self, model: str, report: Report = unheard) -> None:
        """Open a model in the place of others if need be; see `Engine.open`."""
        await self._models.favour(model, report)

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]:
        """Stream the continuation of a prompt; see `Engine.generate`."""
        self._opening_for.add(request.request_id)
        try:
            profile = (await self._models.used(request.model)).openable.profile
            cancelled = request.request_id not in self._opening_for
        finally:
            self._opening_for.discard(request.request_id)
        if cancelled:
            yield CANCELLED
            return
        if len(self._streams) >= QUEUE_FACTOR * self._settings.max_streams:
            raise errors.EngineBusyError
        if self._is_short_of_memory():
            raise errors.EngineMemoryError
        stream = _Stream(message_for(request, profile))
        if self._refusals.refuses(stream.asked):
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
                self.send(wire.Cancel(request.request_id))
            self._cleared(request.request_id)
            self._models.freed()

    async def cancel(self, request_id: str) -> None:
        """End a stream soon."""
        self._opening_for.discard(request_id)
        stream = self._streams.get(request_id)
        if stream is None:
            return
        stream.cancelled = True
        if stream.sent:
            self.send(wire.Cancel(request_id))
        else:
            self._end_stream(request_id, CANCELLED)

    async def count_tokens(self, model: str, texts: Sequence[str]) -> list[int]:
        """Say how many tokens each text takes, without the frame."""
        await self._models.used(model)
        call = _Call(wire.Count(next(self._call_ids), model, list(texts)), asyncio.get_running_loop().create_future())
        self._calls[call.message.call_id] = call
        self.send(call.message)
        try:
            return await self._wait(call.answer)
        finally:
            self._calls.pop(call.message.call_id, None)
            self._models.freed()

    async def capacity(self, model: str) -> Capacity:
        """Say what a model has room for."""
        entry = await self._models.used(model)
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
        loaded = self._models.open_names
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
            models=self._models.open_names,
            pids=(self._link.pid,) if self._link and self._link.pid else (),
        )

    async def aclose(self) -> None:
        """End the engine process."""
        if self._end is None:
            self._end = errors.EngineClosedError()
            self._supervisor.close()
            self._fail_all(self._end)
        if self._ended is not None:
            await self._wait(asyncio.shield(self._ended))
        self._models.close()

    @property
    def is_there(self) -> bool:
        """See `Process.is_there`."""
        return self._link is not None

    def check_open(self) -> None:
        """See `Process.check_open`."""
        if self._end:
            raise type(self._end)(**self._end.values)

    def send(self, message: wire.ToEngine) -> None:
        """Send now, or when the process is there: `linked` sends all that is still wanted."""
        if self._link is not None:
            self._link.send(message)

    def loading(self, *, active: bool) -> None:
        """See `Process.loading`."""
        self._supervisor.loading(active=active)

    def taken_bytes(self) -> int:
        """Say what the process has taken; a moment after a model was closed its last beat is out of date."""
        link = self._link  # asked in another thread, while the process may go
        return taken_bytes(link.pid) if link else 0

    def wanted(self) -> set[str]:
        """Name the models of what is being written or counted."""
        written = {stream.message.model for stream in self._streams.values()}
        return written | {call.message.model for call in self._calls.values()}

    def _is_short_of_memory(self) -> bool:
        """Tell whether one text more could end the process; one alone is always tried."""
        return bool(self._streams) and is_short(self._settings, self._beat.rss_bytes)

    def _send_streams(self) -> None:
        """Send what has not been sent; where one is suspected of killing the process, that one alone."""
        if self._link is not None:
            for request_id in self._suspects.next([name for name, stream in self._streams.items() if not stream.sent]):
                self._streams[request_id].sent = True
                self.send(self._streams[request_id].message)

    def _cleared(self, request_id: str) -> None:
        self._suspects.cleared(request_id)
        self._send_streams()

    def _fail_all(self, error: errors.EngineError) -> None:
        for stream in self._streams.values():
            stream.items.put_nowait(error)
        self._streams.clear()
        for call in self._calls.values():
            refuse(call.answer, error)
        self._models.fail(error)

    def _end_stream(self, request_id: str, last: Chunk | errors.EngineError) -> None:
        self._streams.pop(request_id).items.put_nowait(last)
        self._cleared(request_id)

    # What follows runs in the event loop, called by `Threadsafe`.

    def linked(self, link: Link) -> None:
        """A process is there: load what was loaded, send what is still unanswered."""
        self._link = link
        self._models.linked()
        for call in self._calls.values():
            self.send(call.message)
        self._send_streams()

    def lost(self, reason: str, *, final: bool) -> None:
        """The process is gone: what has shown text ends, the rest is replayed by the next one."""
        self._link = None
        self._models.lost()
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
                self._refusals.refuse(stream.asked)
                self._end_stream(request_id, errors.PoisonousRequestError())
            elif stream.shown:
                self._end_stream(request_id, errors.EngineDiedError())
            elif stream.cancelled:
                self._end_stream(request_id, CANCELLED)

    def received(self, message: wire.FromEngine) -> None:
        """The process has said something."""
        match message:
            case wire.Pieces(pieces):
                for piece in pieces:
                    self._piece(piece)
            case Failed(request_id, error, values):
                if request_id in self._streams:
                    self._end_stream(request_id, getattr(errors, error)(**values))
            case wire.Counted(call_id, counts) if call_id in self._calls:
                resolve(self._calls[call_id].answer, counts)
            case wire.Loaded():
                self._models.loaded(message)
            case wire.LoadFailed(name, reason):
                self._load_failed(name, reason)
            case wire.Unloaded(name):
                self._models.unloaded(name)
            case wire.Beat():
                self._beat = message

    def _piece(self, piece: Piece) -> None:
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
        error = self._models.load_failed(name, reason)
        for call in self._calls.values():
            if call.message.model == name:
                refuse(call.answer, error)
        for request_id, stream in list(self._streams.items()):
            if stream.message.model == name:
                self._end_stream(request_id, error)
