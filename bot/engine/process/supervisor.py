"""Keeps an engine process alive from a thread of its own, so that the event loop never waits for a pipe."""

from __future__ import annotations

import multiprocessing
import queue
import threading
import time
from multiprocessing.connection import Connection
from typing import Any, Protocol

from bot.engine.process import memory_limit, server, wire
from bot.engine.process.places import Place
from config.settings import EngineSettings

SHORTEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 30.0  # between a death and the next start, twice as long each time
RESTART_WINDOW_SECONDS = 600.0
POLL_SECONDS = 0.5
END_SECONDS = 5.0
OTHER_VERSION = "its files are of another version than the bot that runs: start the bot again"


class Listener(Protocol):
    """Hears of the process; called in the supervisor's thread."""

    def linked(self, link: Link) -> None:
        """A process has started and takes messages."""
        ...

    def received(self, message: wire.FromEngine) -> None:
        """The process has said something."""
        ...

    def lost(self, reason: str, *, final: bool) -> None:
        """The process is gone; `final` means that no other is started."""
        ...


class Link:
    """The way to one engine process; `send` never blocks."""

    def __init__(self, connection: Connection[Any, Any], pid: int | None) -> None:
        self.pid = pid
        self._connection = connection
        self._outbox: queue.SimpleQueue[wire.ToEngine | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write, daemon=True, name="engine-outbox")
        self._writer.start()

    def send(self, message: wire.ToEngine) -> None:
        """Hand a message to the writing thread."""
        self._outbox.put(message)

    def close(self) -> None:
        """End the writing thread once all that was sent is out, or the process gone."""
        self._outbox.put(None)
        self._writer.join()

    def _write(self) -> None:
        try:
            while (message := self._outbox.get()) is not None:
                wire.send(self._connection, message)
        except OSError:
            return  # the process is gone: the supervisor sees it too


class Supervisor:
    """Starts the engine process, listens to it, and starts it again when it ends.

    A process that is silent for too long is killed: `start_seconds` while it loads a model, `heartbeat_seconds` else;
    and one that takes more than `memory_mb`.

    Args:
        settings: Its limits.
        place: Where it runs.
        listener: Hears of it.
    """

    def __init__(self, settings: EngineSettings, place: Place, listener: Listener) -> None:
        self._settings = settings
        self._place = place
        self._listener = listener
        self._closing = threading.Event()
        self._closed_at = 0.0
        self._loading = False
        self._link: Link | None = None
        self._starts: list[float] = []
        self._thread = threading.Thread(target=self._supervise, daemon=True, name="engine-supervisor")

    def start(self) -> None:
        """Start the thread and, in it, the process."""
        self._thread.start()

    def close(self) -> None:
        """Ask the process to end; `Listener.lost` is called with `final` when it has."""
        self._closed_at = time.perf_counter()
        self._closing.set()
        link = self._link
        if link is not None:
            link.send(wire.Shutdown())

    def loading(self, *, active: bool) -> None:
        """Say whether a model is being loaded, during which the process cannot give signs of life."""
        self._loading = active

    def _supervise(self) -> None:
        reason = "it was closed"
        while not self._closing.is_set():
            now = time.perf_counter()
            self._starts = [at for at in self._starts if now - at < RESTART_WINDOW_SECONDS]
            if len(self._starts) > self._settings.max_restarts:
                reason = f"it ended {len(self._starts)} times within ten minutes ({reason})"
                break
            if self._starts:
                self._closing.wait(min(LONGEST_PAUSE_SECONDS, SHORTEST_PAUSE_SECONDS * 2.0 ** len(self._starts)))
            self._starts.append(now)
            try:
                reason = self._run_once()
            except OSError as error:
                reason = f"no process can be started ({error.strerror or error})"
            if not self._closing.is_set():
                self._listener.lost(reason, final=False)
        self._listener.lost(reason, final=True)

    def _run_once(self) -> str:
        """Run one process to its end and say how it ended."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=server.main, args=(theirs, self._settings, self._place), daemon=True, name="taleloom-engine"
        )
        process.start()
        theirs.close()
        self._link = link = Link(ours, process.pid)
        if self._closing.is_set():
            link.send(wire.Shutdown())
        self._listener.linked(link)
        complaint = self._listen(ours, process.pid)
        if complaint or not _ended(process, END_SECONDS):
            process.kill()
            process.join()
        self._link = None
        exit_code = process.exitcode
        link.close()
        ours.close()
        process.close()
        return complaint or f"exit code {exit_code}"

    def _listen(self, connection: Connection[Any, Any], pid: int | None) -> str:
        """Pass messages on until the pipe closes; gives the reason if the process has to be killed, or nothing."""
        heard = weighed = time.perf_counter()
        try:
            while True:
                if connection.poll(POLL_SECONDS):
                    message = wire.receive_in_bot(connection)
                    if isinstance(message, wire.Hello) and message.version != wire.VERSION:
                        return OTHER_VERSION
                    self._listener.received(message)
                    heard = time.perf_counter()
                elif self._is_too_silent(heard):
                    return "it gave no sign of life"
                if time.perf_counter() - weighed >= POLL_SECONDS:
                    weighed = time.perf_counter()
                    if complaint := memory_limit.complaint(self._settings, pid):
                        return complaint
        except (EOFError, OSError):
            return ""

    def _is_too_silent(self, heard: float) -> bool:
        now = time.perf_counter()
        if self._closing.is_set():
            # A process that loads a model does not hear that it is to end.
            return self._loading or now - self._closed_at > END_SECONDS
        return now - heard > (self._settings.start_seconds if self._loading else self._settings.heartbeat_seconds)


def _ended(process: multiprocessing.process.BaseProcess, seconds: float) -> bool:
    process.join(seconds)
    return process.exitcode is not None
