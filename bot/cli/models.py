"""`python -m bot models`: which models there are, and how they get here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from bot.cli.common import errors_in_one_line, progress_bar
from bot.cli.errors import BaseOfOthersError
from bot.engine.models.backend import TORCH_DTYPES, Running
from bot.engine.models.library import ModelLibrary
from bot.engine.models.memory import MB, TEXT_TOKENS, Memory
from bot.engine.models.packing import FORMS
from bot.engine.models.profiles import ModelProfile
from config.settings import load_settings

app = typer.Typer(help="List, fetch, describe and remove models.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="A registered name, a hub id (owner/name) or a path.")]


@app.command("list")
def list_models() -> None:
    """Show every model and whether it is ready."""
    with errors_in_one_line():
        library = ModelLibrary.of(load_settings())
        default = library.default_name(load_settings().model)
        table = Table(
            Column("model", overflow="fold"), "languages", "licence", "ready", "on disk", "", box=None, pad_edge=False
        )
        for state in library.states():
            profile = state.profile
            name = f"{profile.name} (default)" if profile.name == default else profile.name
            size = f"{state.bytes_on_disk / 1e6:,.0f} MB" if state.bytes_on_disk else ""
            ready = "yes" if state.ready else "no"
            table.add_row(name, ", ".join(profile.languages), profile.licence, ready, size, profile.one_line)
    Console().print(table)


@app.command()
def pull(name: Name) -> None:
    """Fetch a model and export it, so that the bot can start with it at once."""
    with errors_in_one_line():
        library = ModelLibrary.of(load_settings())
        with progress_bar(name) as report:
            path = library.prepare(name, report)
    typer.echo(f"{name} is ready: {path}")


@app.command()
def info(name: Name) -> None:
    """Say what is known of a model."""
    with errors_in_one_line():
        settings = load_settings()
        library = ModelLibrary.of(settings)
        profile = library.profile(name)
        path = library.ready(name)
        memory = Memory.here(library.running, settings.engine)
    table = Table("", Column(overflow="fold"), box=None, pad_edge=False, show_header=False)
    for label, value in (
        *_facts(profile),
        ("runs with", f"{library.running.backend}, {library.running.dtype}"),
        ("ready", str(path) if path else "no; `models pull` fetches it"),
    ):
        table.add_row(label, value)
    console = Console()
    console.print(table)
    console.print(
        f"\nMemory in MB, estimated; {memory.free / MB:,.0f} are free. A long text has {TEXT_TOKENS:,} tokens."
    )
    console.print(_memory(memory, library.running, profile, path))


def _memory(memory: Memory, running: Running, profile: ModelProfile, path: Path | None) -> Table:
    """Say what a model would take in each dtype, and how many texts find room."""
    columns = ("weights", "workspace", "cache", "in all", "per text", "long texts")
    table = Table("dtype", *(Column(name, justify="right") for name in columns), "", box=None, pad_edge=False)
    for dtype in FORMS if running.backend == "openvino" else TORCH_DTYPES:
        needed = (in_dtype := memory.of(dtype)).estimate(profile, path if dtype == running.dtype else None)
        parts = (needed.weights, needed.workspace, needed.cache, needed.total)
        texts = (f"{needed.text / MB:,.0f}", f"{needed.texts:,}") if needed.text else ("", "")
        chosen = "set" if dtype == running.dtype else ""
        notes = [note for note in (chosen, "" if in_dtype.fits(needed) else "does not fit") if note]
        table.add_row(dtype, *(f"{part / MB:,.0f}" for part in parts), *texts, ", ".join(notes))
    return table


@app.command()
def remove(
    name: Name,
    yes: Annotated[
        bool,
        typer.Option("--yes", "-y", help="Delete one that was fine-tuned here without asking, others' base as well."),
    ] = False,
) -> None:
    """Delete a fetched model from the cache, or one that was fine-tuned here."""
    with errors_in_one_line():
        library = ModelLibrary.of(load_settings())
        if name in library.own.registered() and not yes:
            if others := library.made_from(name):
                raise BaseOfOthersError(model=name, others=", ".join(others))
            typer.confirm(f"{name} was fine-tuned here, and nothing brings it back. Delete it?", abort=True, err=True)
        freed = library.remove(name)
    typer.echo(f"{name}: {freed / 1e6:,.0f} MB freed" if freed else f"{name} was not in the cache")


def _facts(profile: ModelProfile) -> Iterator[tuple[str, str]]:
    yield "model", profile.name
    yield "about", profile.one_line
    yield "source", f"{profile.source}: {profile.location}" + (f" @ {profile.revision}" if profile.revision else "")
    yield "licence", profile.licence
    yield "languages", ", ".join(profile.languages) or "unknown"
    yield "context", f"{profile.context:,} tokens" if profile.context else "read when it is here"
    yield "parameters", f"{profile.parameters / 1e6:,.0f} million" if profile.parameters else "unknown"
    yield "put to it", _put(profile)
    yield "sampling", ", ".join(f"{key} {value:g}" for key, value in profile.sampling.items()) or "defaults"


def _put(profile: ModelProfile) -> str:
    if profile.frame is None:
        return "as plain text"
    return "in a chat frame" if profile.frame.begin else "openings as plain text, wishes in a chat frame"
