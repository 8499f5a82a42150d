"""What the verbs share: settings, one-line errors, progress bars, logs."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from bot.bench.stories import typed_prompts
from bot.engine.models.library import ModelLibrary
from bot.engine.models.progress import Progress as Step
from bot.engine.models.progress import Report, Stage
from bot.errors import TaleloomError

T = TypeVar("T")

STAGES = {
    Stage.WAIT: "waiting for another process",
    Stage.DOWNLOAD: "downloading",
    Stage.UNPACK: "unpacking",
    Stage.EXPORT: "packing its weights",
    Stage.MERGE: "merging its adapter",
    Stage.DRAIN: "waiting for texts of other models",
    Stage.OPEN: "opening",
    Stage.DONE: "done",
}


@contextmanager
def errors_in_one_line() -> Iterator[None]:
    """Turn an error of ours into one line on standard error and exit status 1."""
    try:
        yield
    except TaleloomError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@contextmanager
def progress_bar(name: str) -> Iterator[Report]:
    """Show on standard error how a model gets ready, for as long as the context lasts.

    Args:
        name: The model.
    """
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(name, total=None)

        def show(step: Step) -> None:
            bars.update(task, description=f"{name}: {STAGES[step.stage]}", completed=step.done, total=step.total)

        yield show


def run_interruptible(work: Coroutine[Any, Any, T]) -> T:
    """Run what Ctrl-C ends, with exit status 130.

    asyncio's own handler cancels between any two steps of Python, within a future's callback too, which then complains
    in the log that somebody was quicker. This one cancels between callbacks.
    """

    async def cancelled_in_the_loop() -> T:
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        with suppress(NotImplementedError):  # Windows has no such handlers
            loop.add_signal_handler(signal.SIGINT, lambda: task and task.cancel())
        return await work

    try:
        return asyncio.run(cancelled_in_the_loop())
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise typer.Exit(130) from None


def in_a_folder(file: Path | None) -> Path | None:
    """Say that a file cannot be written, and end, before minutes are spent on what could not be kept."""
    if file and (reason := _why_not_written(file)):
        typer.echo(f"{file} cannot be written: {reason}", err=True)
        raise typer.Exit(2)
    return file


def _why_not_written(file: Path) -> str:
    if file.is_dir():
        return "it is a folder. Name a file in it."
    if not file.parent.is_dir():
        return f"there is no folder {file.parent}."
    existing = file if file.exists() else file.parent
    return "" if os.access(existing, os.W_OK) else f"{existing} is not yours to write."


def read_prompts(file: Path) -> list[str]:
    """Read a file with a prompt a line; one that cannot be read is one line on standard error and exit status 2."""
    try:
        return typed_prompts(file)
    except (OSError, UnicodeDecodeError) as error:
        typer.echo(f"{file} cannot be read: {error}", err=True)
        raise typer.Exit(2) from None


def prepare(library: ModelLibrary, name: str) -> None:
    """Fetch and export a model with a progress bar on standard error; nothing is shown if it is ready.

    Raises:
        UnknownModelError, ModelUnavailableError
    """
    if library.ready(name):
        return
    with progress_bar(name) as report:
        library.prepare(name, report)
    print(f"{name} is ready.", file=sys.stderr)
