"""`python -m bot bench`: figures of this machine and this version, for people and as JSON."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
from contextlib import aclosing
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bot.bench.engine.table import ENGINES
from bot.bench.stories import measure, typed_prompts
from bot.cli.common import errors_in_one_line, in_a_folder, prepare, read_prompts
from bot.cli.logs import configure_logs
from bot.engine.errors import EngineError
from bot.engine.models.library import ModelLibrary
from bot.standalone import finish_all, open_writer, request_for
from bot.writing.requests import Outcome
from config.settings import Settings, load_settings

app = typer.Typer(no_args_is_help=True)

JsonPath = Annotated[
    Path | None, typer.Option("--json", callback=in_a_folder, help="Write the figures to this file too.")
]
Model = Annotated[str | None, typer.Option(help="A registered name, a hub id or a path.")]


@app.command()
def stories(
    count: Annotated[int, typer.Option(min=1, max=10_000, help="Stories to write.")] = 200,
    seed: Annotated[int, typer.Option(min=0)] = 1,
    show: Annotated[int, typer.Option(min=0, help="Print this many of them, evenly spread, unpicked.")] = 0,
    prompts: Annotated[Path | None, typer.Option(help="A file with a prompt a line.")] = None,
    tries: Annotated[
        int | None, typer.Option(min=0, max=20, help="Times a text may be mended; 0 shows the bare model.")
    ] = None,
    model: Model = None,
    json_: JsonPath = None,
) -> None:
    """Write stories with the default settings over prompts as people type them, and count what is wrong with them."""
    if not (typed := read_prompts(prompts) if prompts else typed_prompts()):
        raise typer.BadParameter(f"{prompts} holds no prompt.")
    with errors_in_one_line():
        settings, name = _ready(model)
        if tries is not None:
            writing = settings.writing.model_copy(update={"tries": tries})
            settings = settings.model_copy(update={"writing": writing})
        outcomes = asyncio.run(_write(settings, name, typed, count, seed))
    texts = [outcome.text if outcome else "" for _, outcome in outcomes]
    figures = measure(texts, sum(bool(outcome and outcome.details.faults) for _, outcome in outcomes)).as_json()
    shown = min(show, count)
    for number in (place * count // shown for place in range(shown)):
        prompt, outcome = outcomes[number]
        print(f"[{number}] {prompt} ▸ {outcome.text.strip() if outcome else '(nothing)'}\n")
    report({"model": name, **figures}, json_)


@app.command("bot")
def bot_(
    stories: Annotated[int, typer.Option(min=1, max=100_000, help="Commands in all.")] = 200,
    people: Annotated[int, typer.Option(min=1, max=1000, help="Who type them in turn.")] = 50,
    seed: Annotated[int, typer.Option(min=0)] = 1,
    model: Model = None,
    json_: JsonPath = None,
) -> None:
    """Let many people write at once, in a Discord in memory, with the real engine."""
    with errors_in_one_line():
        settings, name = _ready(model)
        settings = settings.model_copy(update={"model": name})
        _need_demo()
        from bot.bench import load  # noqa: PLC0415 - needs the group `demo`

        seen, memory = asyncio.run(load.measure_load(settings, stories=stories, people=people, seed=seed))
        lags = asyncio.run(_lags(settings, name, seed))
    report(load.figures(seen, stories, memory, lags), json_)


@app.command()
def games(
    stories: Annotated[int, typer.Option(min=1, max=1000, help="Games that are played at once.")] = 20,
    people: Annotated[int, typer.Option(min=1, max=20, help="Players of each.")] = 5,
    turns: Annotated[int, typer.Option(min=1, max=1000, help="Turns of people in each.")] = 50,
    model: Model = None,
    json_: JsonPath = None,
) -> None:
    """Let groups of people play story games at once, in a Discord in memory, with the real engine."""
    with errors_in_one_line():
        settings, name = _ready(model)
        settings = settings.model_copy(update={"model": name})
        _need_demo()
        from bot.bench import games as table  # noqa: PLC0415 - needs the group `demo`

        seen = asyncio.run(table.measure_games(settings, stories=stories, people=people, turns=turns))
    report(table.figures(seen, stories, turns), json_)


@app.command()
def engine(
    streams: Annotated[str, typer.Option(help="How many texts at once; several, with commas between.")] = "1,4,8,16,32",
    repeats: Annotated[int, typer.Option(min=1, max=100, help="Runs of each, of which the median counts.")] = 3,
    engines: Annotated[str, typer.Option(help="Which take part, with commas between.")] = ",".join(ENGINES),
    model: Annotated[
        str | None, typer.Option(help="A registered name, a hub id or a path; else GPT-2 with random weights.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(callback=in_a_folder, help="Draw the figures into this PNG file.")
    ] = None,
    json_: JsonPath = None,
) -> None:
    """Let the bot's engines and what people would use instead write the same texts, in turns."""
    counts = [int(each) for each in streams.split(",") if each.strip().isdigit() and 1 <= int(each) <= 256]
    names = [each.strip() for each in engines.split(",") if each.strip() in ENGINES]
    if len(counts) < len(streams.split(",")) or len(names) < len(engines.split(",")):
        message = f"Give streams such as 1,8,32 (up to 256) and engines among {', '.join(ENGINES)}."
        raise typer.BadParameter(message)
    if picture and importlib.util.find_spec("matplotlib") is None:
        raise typer.BadParameter("--picture needs matplotlib, which is not installed: run `make setup`.")
    with errors_in_one_line():
        from bot.cli.bench_engine import measure as measure_engines  # noqa: PLC0415 - imports what it compares

        settings = load_settings()
        configure_logs(settings.log.model_copy(update={"level": "error"}))
        figures = measure_engines(settings, model, counts, repeats, names, picture)
    _save(figures, json_)


@app.command()
def memory(
    models: Annotated[str, typer.Option(help="Whose shapes, with commas between.")] = "distilgpt2,gpt2,gpt2-medium",
    dtypes: Annotated[str | None, typer.Option(help="With commas between; else what models run with.")] = None,
    json_: JsonPath = None,
) -> None:
    """Say what models take, then open them with random weights, fill their cache, and measure it."""
    with errors_in_one_line():
        from bot.cli.bench_memory import measure as measure_memory  # noqa: PLC0415 - imports what it measures

        settings = load_settings()
        configure_logs(settings.log.model_copy(update={"level": "error"}))
        figures = measure_memory(settings, models.split(","), dtypes.split(",") if dtypes else None)
    _save(figures, json_)


@app.command()
def safety(
    streams: Annotated[
        bool, typer.Option("--streams/--no-streams", help="Measure what reading costs the streams of the model, too.")
    ] = True,
    model: Model = None,
    json_: JsonPath = None,
) -> None:
    """Judge the development set, and time the safety layer; see docs/safety.md for what the figures mean."""
    with errors_in_one_line():
        from bot.cli.bench_safety import measure as measure_safety  # noqa: PLC0415 - takes a second to be there

        settings, name = _ready(model) if streams else (load_settings(), None)
        figures = measure_safety(settings, name)
    report(figures, json_)


def _need_demo() -> None:
    """Say so, and end, where the Discord in memory is not installed."""
    try:
        import simcord  # noqa: F401, PLC0415 - looked for
    except ModuleNotFoundError as error:
        typer.echo(f"{error.name} is missing; `make demo` or `make setup` installs it.", err=True)
        raise typer.Exit(1) from None


async def _lags(settings: Settings, model: str, seed: int) -> list[float]:
    from bot.bench import load  # noqa: PLC0415 - needs the group `demo`

    async with open_writer(settings, model) as writer:
        return await load.loop_lag(writer, settings.engine.max_streams, seed, settings.stream.edit_seconds)


async def _write(
    settings: Settings, model: str, prompts: list[str], count: int, seed: int
) -> list[tuple[str, Outcome | None]]:
    """Write the stories; that a single one came to nothing is no error, and that the model cannot be used is one."""
    requests = [request_for(prompts[number % len(prompts)], {}, seed + number) for number in range(count)]
    async with open_writer(settings, model) as writer:
        outcomes: list[tuple[str, Outcome | None]] = []
        async with aclosing(finish_all(writer, requests)) as ends:
            async for request, end in ends:
                if isinstance(end, EngineError):
                    raise end
                outcomes.append((request.prompt, end if isinstance(end, Outcome) else None))
        return outcomes


def _ready(model: str | None) -> tuple[Settings, str]:
    """Give the settings, and a model that is there."""
    settings = load_settings()
    configure_logs(settings.log.model_copy(update={"level": "error"}))
    library = ModelLibrary.of(settings)
    name = library.default_name(model or settings.model)
    prepare(library, name)
    return settings, name


def report(figures: dict[str, Any], path: Path | None) -> None:
    """Show figures as a table, and save them if asked to."""
    table = Table(show_header=False, box=None)
    for key, value in figures.items():
        table.add_row(key.replace("_", " "), str(value))
    Console(file=sys.stdout).print(table)
    _save(figures, path)


def _save(figures: dict[str, Any], path: Path | None) -> None:
    if path:
        path.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
