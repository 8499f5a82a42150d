"""Long work in a process of its own: its memory goes away with it, its chatter stays out of ours, Ctrl-C ends it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

POLL_SECONDS = 0.2
ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class ChildResult:
    """How a child ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def last_words(self) -> str:
        """The last line of complaint, which is where Python programs put the reason."""
        lines = [line.strip() for line in self.stderr.splitlines() if line.strip()]
        return lines[-1] if lines else f"exit status {self.code}"


def run_child(command: Sequence[str], *, env: Mapping[str, str], poll: Callable[[], None]) -> ChildResult:
    """Run a command to its end; when anything is raised meanwhile, kill it first.

    Args:
        command: Program and arguments.
        env: Its whole environment.
        poll: Called several times a second.
    """
    pipe = subprocess.PIPE
    with (
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        subprocess.Popen(command, stdin=pipe, stdout=out, stderr=err, env=dict(env)) as child,  # noqa: S603
    ):
        try:
            while True:
                try:
                    child.wait(POLL_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    poll()
        finally:
            if child.poll() is None:
                child.kill()
        return ChildResult(child.returncode, _text(out), _text(err))


def run_module(
    module: str, *arguments: str | Path, extra_env: Mapping[str, str], poll: Callable[[], None]
) -> Mapping[str, str]:
    """Run one of our own modules as a program, wherever the current folder is, and give what it answered."""
    path = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH")) if part)
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return read_answer(run_child(command, env={**os.environ, **extra_env, "PYTHONPATH": path}, poll=poll))


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode("utf-8", "replace")


def end_with_parent() -> None:
    """In a child: end at once when the parent is gone, even if it was killed (its end of our stdin closes)."""

    def wait() -> None:
        # Not by `sys.stdin`: a thread that holds its lock would keep the interpreter from ending.
        while os.read(0, 1):
            pass
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def answer(**values: object) -> None:
    """In a child: say the outcome, as the last line of stdout."""
    sys.stdout.write(json.dumps(values) + "\n")


def read_answer(result: ChildResult) -> Mapping[str, str]:
    """In the parent: read what `answer` said; without an answer, `{"error": "crashed", "detail": …}`."""
    lines = result.stdout.splitlines()
    try:
        values = json.loads(lines[-1]) if lines else None
    except ValueError:
        values = None
    if isinstance(values, dict):
        return {str(key): str(value) for key, value in values.items()}
    return {"error": "crashed", "detail": result.last_words}
