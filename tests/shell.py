"""The command line, run in processes of its own with the small model."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[1]
PATIENCE_SECONDS = 300  # a busy machine must not fail a test


class Shell:
    """Runs `python -m bot` with the small model."""

    def __init__(self, model: Path, folder: Path) -> None:
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TALELOOM_")},
            "TALELOOM_MODEL": str(model),
            "TALELOOM_CACHE_DIR": str(folder / "cache"),
            "TALELOOM_DATA_DIR": str(folder / "data"),
            "TALELOOM_ENGINE__CACHE_MB": "64",
            # The small model knows few words, and repeats them.
            "TALELOOM_WRITING__TRIES": "2",
        }

    def start(
        self, *arguments: str, stdout: int | IO[Any] = subprocess.PIPE, stdin: int | None = None
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments],
            cwd=ROOT,
            env=self._environment,
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, stdin: str | None = None) -> tuple[int, str, str]:
        process = self.start(*arguments, stdin=None if stdin is None else subprocess.PIPE)
        try:
            out, err = process.communicate(stdin, timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # what hangs must not slow down every test that follows
            process.communicate()
            raise
        return process.returncode, out, err


async def piped(*arguments: str) -> asyncio.subprocess.Process:
    """Start the program with its three streams open to the test."""
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe
    )
