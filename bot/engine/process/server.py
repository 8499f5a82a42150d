"""The engine process: takes requests from a pipe, steps the models, sends what they write.

One thread does all the work with the models; another only moves messages from the pipe into a queue. The process ends
when it is told to, or when the bot at the other end of the pipe is gone.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec
import psutil

from bot.engine.backends.base import LoadedModel
from bot.engine.errors import EngineError
from bot.engine.pieces import Failed, Piece
from bot.engine.process import wire
from bot.engine.process.places import Place
from bot.engine.sampling import SamplingParams
from config.settings import EngineSettings

BEAT_SECONDS = 1.0

Opener = Callable[[wire.Load], LoadedModel]


class Server:
    """Serves one pipe until it closes.

    Args:
        connection: The engine's end of the pipe.
        open_model: Opens what a `Load` names; may raise anything, which is answered by `LoadFailed`.
    """

    def __init__(self, connection: Connection[Any, Any], open_model: Opener) -> None:
        self._connection = connection
        self._open_model = open_model
        self._models: dict[str, LoadedModel] = {}
        self._inbox: queue.SimpleQueue[wire.ToEngine | None] = queue.SimpleQueue()
        self._process = psutil.Process()
        self._next_beat = 0.0

    def serve(self) -> None:
        """Work until told to end, or until the bot is gone."""
        threading.Thread(target=self._read, daemon=True, name="engine-inbox").start()
        try:
            self._send(wire.Hello(wire.VERSION))
            while self._handle_inbox():
                self._step()
        except OSError:
            return

    def _read(self) -> None:
        try:
            while True:
                self._inbox.put(wire.receive_in_engine(self._connection))
        except (EOFError, OSError, msgspec.MsgspecError):
            self._inbox.put(None)

    def _send(self, message: wire.FromEngine) -> None:
        wire.send(self._connection, message)

    def _running(self) -> int:
        return sum(model.running for model in self._models.values())

    def _handle_inbox(self) -> bool:
        """Handle what has come; waits for it only while nothing is being written. False ends the process."""
        wait = self._running() == 0
        while True:
            try:
                message = self._inbox.get(timeout=BEAT_SECONDS) if wait else self._inbox.get_nowait()
            except queue.Empty:
                self._beat()
                if not wait:
                    return True
                continue
            if message is None or isinstance(message, wire.Shutdown):
                return False
            self._handle(message)
            wait = self._running() == 0

    def _handle(self, message: wire.ToEngine) -> None:
        match message:
            case wire.Load():
                self._load(message)
            case wire.Unload(name):
                self._models.pop(name, None)
                self._send(wire.Unloaded(name))
            case wire.Generate():
                self._start(message)
            case wire.Cancel(request_id):
                pieces = [piece for model in self._models.values() if (piece := model.cancel(request_id))]
                self._send(wire.Pieces(pieces))
            case wire.Count(call_id, name, texts) if name in self._models:
                self._send(wire.Counted(call_id, self._models[name].count(texts)))
            case wire.Count():
                pass  # the model failed to load, which the bot has been told

    def _load(self, message: wire.Load) -> None:
        started = time.perf_counter()
        try:
            model = self._open_model(message)
        except Exception as error:  # noqa: BLE001 - a damaged file makes the library raise anything
            # OpenVINO's first lines say where in its source it gave up, and the last one why.
            lines = [line.strip() for line in str(error).splitlines() if line.strip()]
            self._send(wire.LoadFailed(message.model, lines[-1] if lines else type(error).__name__))
            return
        self._models[message.model] = model
        took = time.perf_counter() - started
        self._send(wire.Loaded(message.model, model.context, sorted(model.capabilities), model.backend, took))

    def _start(self, message: wire.Generate) -> None:
        model = self._models.get(message.model)
        if model is None:
            return  # it failed to load, which the bot has been told
        try:
            values = message.sampling | {name: tuple(message.sampling[name]) for name in ("stop", "bad_words")}
            model.start(message.request_id, message.prompt, SamplingParams(**values), scored=message.scored)
        except EngineError as error:
            self._send(Failed(message.request_id, type(error).__name__, error.values))
        except RuntimeError:
            # The library refuses a request: that one ends, the others go on.
            self._send(Failed(message.request_id, EngineError.__name__, {}))

    def _step(self) -> None:
        found = [each for model in self._models.values() if model.running for each in model.step()]
        pieces = [each for each in found if isinstance(each, Piece)]
        if pieces:
            self._send(wire.Pieces(pieces))
        for failed in found:
            if isinstance(failed, Failed):
                self._send(failed)
        self._beat()

    def _beat(self) -> None:
        now = time.perf_counter()
        if now >= self._next_beat:
            self._next_beat = now + BEAT_SECONDS
            self._send(wire.Beat(self._process.memory_info().rss, self._running()))


def _quiet_process() -> None:
    """Leave Ctrl-C to the bot, and keep the libraries' chatter off the bot's standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stdout.flush()
    os.dup2(2, 1)


def opener(settings: EngineSettings, threads: int) -> Opener:
    """Give what opens models, which imports a backend when the first model that needs it is opened."""
    limits: dict[str, Any] = {
        "threads": threads,
        "max_streams": settings.max_streams,
        "reproducible": settings.mode == "reproducible",
    }

    def open_model(message: wire.Load) -> LoadedModel:
        path, common = Path(message.path), limits | {"context": message.context, "cache_bytes": message.cache_bytes}
        if message.backend == "torch":
            from bot.engine.backends.pytorch.model import TorchModel  # noqa: PLC0415 - seconds of start-up

            dtype, device = message.dtype, message.device
            return TorchModel(path, dtype=dtype, device=device, **common)
        from bot.engine.backends.openvino import OpenVINOModel  # noqa: PLC0415 - a second of start-up

        size, dtype = message.kv_bytes_per_token, message.dtype
        return OpenVINOModel(path, kv_bytes_per_token=size, dtype=dtype, **common)

    return open_model


def main(connection: Connection[Any, Any], settings: EngineSettings, place: Place) -> None:
    """Run the engine process; what `multiprocessing` calls in it."""
    _quiet_process()
    place.take()
    Server(connection, opener(settings, settings.threads or place.threads)).serve()
