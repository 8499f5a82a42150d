"""`python -m bot tune`: a voice of one's own, learned from texts."""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.cli.common import errors_in_one_line, prepare, progress_bar
from bot.cli.tune_report import (
    estimate_line,
    found_lines,
    look_name,
    outcome_lines,
    survey_table,
    unasked_lines,
)
from bot.engine.models.library import ModelLibrary
from bot.safety.layer import Safety
from bot.safety.opening import open_finders
from bot.safety.policy import STANDARD
from bot.tuning.allocating import keep_freed_memory
from bot.tuning.disk import disk_errors_told
from bot.tuning.documents import Reading, read_documents
from bot.tuning.errors import NotToolsError
from bot.tuning.progress import Look, Step
from bot.tuning.recipe import Recipe
from bot.tuning.splitting import Split
from bot.tuning.survey import Survey, survey
from bot.tuning.weights import read_weights
from config.settings import load_settings

if TYPE_CHECKING:
    from bot.tuning.bases import Base
    from bot.tuning.progress import Told
    from bot.tuning.run import Lesson
    from bot.tuning.training import Stop

TOOLS = ("torch", "transformers", "accelerate", "peft", "matplotlib")
USUAL = Recipe()
SAMPLE_TIMES, SAMPLE_TOKENS = 4, 100
ASKED_FROM = 120.0
"""Seconds: a longer run is begun only by somebody who says so."""

err = Console(stderr=True)


def command(
    data: Annotated[
        list[Path],
        typer.Argument(help="Texts: .txt, .md, .jsonl, .csv, .epub, stories from /story export as .json, or folders."),
    ],
    base: Annotated[str, typer.Option(help="The model to begin with: a name of `models list`, a hub id or a path.")],
    name: Annotated[str, typer.Option(help="What the new model is called.")],
    weight: Annotated[
        list[str] | None, typer.Option(help="FILE=2 has a file seen twice, FILE=0.5 half. May be given often.")
    ] = None,
    column: Annotated[str, typer.Option(help="Where a table, or a line of JSON, has its texts.")] = "text",
    steps: Annotated[int | None, typer.Option(help="Instead of --epochs.", show_default=False)] = USUAL.steps,
    epochs: Annotated[float, typer.Option(help="How often all is seen.")] = USUAL.epochs,
    learning_rate: Annotated[float, typer.Option(help="The peak.")] = USUAL.learning_rate,
    rank: Annotated[int, typer.Option(help="Of the adapter: its size.")] = USUAL.rank,
    alpha: Annotated[int, typer.Option(help="What the adapter adds is multiplied by alpha / rank.")] = USUAL.alpha,
    dropout: Annotated[float, typer.Option(help="Of the adapter.")] = USUAL.dropout,
    length: Annotated[int, typer.Option(help="Tokens of a block.")] = USUAL.length,
    batch: Annotated[int, typer.Option(help="Blocks of a step.")] = USUAL.batch,
    at_once: Annotated[int, typer.Option(help="Of these in memory at once; the result is the same.")] = USUAL.at_once,
    evaluate_every: Annotated[
        int, typer.Option(help="Steps between two looks at held-out text, each with a checkpoint.")
    ] = USUAL.evaluate_every,
    patience: Annotated[int, typer.Option(help="Looks without a better one; 0 goes on.")] = USUAL.patience,
    asked: Annotated[
        float | None,
        typer.Option(
            help="The share that begins with a request as people type it; 0 unless given for a model that follows "
            f"requests already, else {USUAL.asked}.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of everything that is drawn.")] = USUAL.seed,
    full: Annotated[bool, typer.Option("--full", help="Train all weights instead of an adapter.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run that was stopped.")] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Delete the checkpoints of a run that was stopped, and begin anew.")
    ] = False,
    report: Annotated[bool, typer.Option("--report", help="Say what there is to learn from, and end.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Begin although there is too little.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Begin without asking, however long it takes.")] = False,
) -> None:
    """Fine-tune a model on texts, and put it among the models that can be chosen."""
    if resume and anew:
        raise typer.BadParameter("Give --resume or --anew, not both.")
    with errors_in_one_line(), disk_errors_told():
        library = ModelLibrary.of(load_settings())
        if asked is None:
            asked = 0.0 if library.profile(base).frame else USUAL.asked
        recipe = Recipe(
            full=full,
            rank=rank,
            alpha=alpha,
            dropout=dropout,
            learning_rate=learning_rate,
            length=length,
            batch=batch,
            at_once=min(at_once, batch),
            steps=steps,
            epochs=epochs,
            evaluate_every=evaluate_every,
            patience=patience,
            asked=asked,
            seed=seed,
        )
        _require_tools()
        _run(
            _Asked(
                data=data, base=base, name=name, weights=weight or [], column=column,
                resume=resume, anew=anew, report=report, force=force, yes=yes,
            ),
            recipe,
            library,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """What was typed beside the recipe."""

    data: Sequence[Path]
    base: str
    name: str
    weights: Sequence[str]
    column: str
    resume: bool
    anew: bool
    report: bool
    force: bool
    yes: bool


def _run(asked: _Asked, recipe: Recipe, library: ModelLibrary) -> None:
    from bot.tuning import keep, run  # noqa: PLC0415 - seconds, and the group `torch`

    keep_freed_memory()
    keep.require_name(asked.name, library.own, library.registry)
    reading = read_documents(asked.data, column=asked.column)
    weights = read_weights(asked.weights, [each.source for each in reading.documents])
    if asked.report:
        _learn(asked, recipe, library, reading, weights, None)
        return
    # Held before the survey, which may take minutes: a folder that cannot be written is told at once.
    with run.workspace(library.own, asked.name, resume=asked.resume, anew=asked.anew) as folder:
        _learn(asked, recipe, library, reading, weights, folder)


def _learn(
    asked: _Asked,
    recipe: Recipe,
    library: ModelLibrary,
    reading: Reading,
    weights: Mapping[Path, float],
    folder: Path | None,
) -> None:
    """Look at the texts, and teach a model with them if there is a folder for it."""
    from bot.tuning import bases, run  # noqa: PLC0415 - see `_run`

    with progress_bar(asked.base) as told:
        base = bases.open_base(library, asked.base, told, adapted=not recipe.full)
    parted, figures = asyncio.run(survey(reading, base.tokenizer, Safety(open_finders()), STANDARD))
    err.print(survey_table(figures))
    if base.profile.frame and not recipe.asked:
        for line in unasked_lines(parted, asked.base):
            err.print(line, soft_wrap=True)
        parted = run.without_requests(parted)
    lesson = run.lesson_of(parted, base, recipe, weights)
    recipe = run.fitting(recipe, lesson)
    seen = recipe.steps_for(len(lesson.training)) * recipe.batch * recipe.length
    for line in found_lines(figures, seen):
        err.print(line, soft_wrap=True)
    if not asked.force:
        figures.require_enough()
    if folder:
        _train(asked, recipe, library, base, lesson, (parted, figures), folder)


def _train(
    asked: _Asked,
    recipe: Recipe,
    library: ModelLibrary,
    base: Base,
    lesson: Lesson,
    surveyed: tuple[Split, Survey],
    folder: Path,
) -> None:
    from bot.tuning import memorised, run, samples, training, trial  # noqa: PLC0415 - see `_run`

    (parted, figures), name = surveyed, asked.name
    model = training.trainable(base.model, recipe, asked.base)
    needed = trial.estimate(model, lesson.training, len(lesson.held_out), recipe)
    trial.require_memory(needed, recipe)
    prompts = [prompt for prompt in run.prompts_for(parted) for _ in range(SAMPLE_TIMES)]
    beginnings = memorised.beginnings([each.text for each in parted.training], recipe.seed)
    size = {"tokens": SAMPLE_TOKENS, "at_once": recipe.at_once}
    with trial.memory_errors_told(recipe):
        writing = samples.seconds_for(model, base.tokenizer, 2 * len(prompts) + len(beginnings), **size)
    err.print(estimate_line(needed, recipe.steps_for(len(lesson.training)), writing), soft_wrap=True)
    if needed.seconds + writing > ASKED_FROM and not asked.yes and sys.stdin.isatty():
        typer.confirm("Begin?", default=True, abort=True, err=True)
    run.begin(folder, base, lesson, recipe, resume=asked.resume)

    def write(after: Sequence[str], what: str) -> list[samples.Sample]:
        with _counted(what, len(after)) as count:
            return samples.write_samples(model, base.tokenizer, after, **size, seed=recipe.seed, told=count)

    with trial.memory_errors_told(recipe):
        before = write(prompts, "samples before")
        with _stopped_by_ctrl_c(stop := training.Stop()), _shown(look_name(figures)) as told:
            trained = training.train(
                model, lesson.training, lesson.held_out, recipe,
                folder=folder, resume=asked.resume, told=told, stop=stop,
            )  # fmt: skip
        if trained.stopped:
            err.print(f"Stopped. The same command with --resume goes on from step {trained.losses[-1][0]}.")
            raise typer.Exit(130)
        done = run.finish(
            library.own, name, base, trained, recipe,
            split=parted, survey=figures, samples=(before, write(prompts, "samples after")),
            recited=write(beginnings, "what it knows by heart"),
            made=datetime.now(UTC).date(),
        )  # fmt: skip
    prepare(library, name)
    for line in outcome_lines(name, trained, done, figures):
        err.print(line, soft_wrap=True)


def _require_tools() -> None:
    for tool in TOOLS:
        try:
            importlib.import_module(tool)
        except ModuleNotFoundError as error:
            raise NotToolsError(missing=error.name or tool) from None


@contextmanager
def _stopped_by_ctrl_c(stop: Stop) -> Iterator[None]:
    """Let the first Ctrl-C end the run after its step, with a checkpoint, and the second end it at once."""

    def handle(number: int, _: object) -> None:
        if stop.asked:
            signal.default_int_handler(number, None)
        # Not by the console, which may be in the middle of a line: it cannot be called from within itself.
        os.write(2, b"\nStopping after this step; Ctrl-C once more ends it at once.\n")
        stop.ask()

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _counted(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show as a bar how many texts are there."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bars:
        task = bars.add_task(what, total=total)
        yield lambda done: bars.update(task, completed=done)


@contextmanager
def _shown(looked_at: str) -> Iterator[Told]:
    """Show steps as a bar, and looks as lines above it."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=err, transient=True) as bars:
        task = bars.add_task("training", total=None, speed="")

        def show(event: Step | Look) -> None:
            if isinstance(event, Look):
                mark = ", the best so far" if event.best and event.step else ""
                bars.console.print(f"step {event.step}: {looked_at} {event.loss:.3f}{mark}")
                return
            bars.update(
                task,
                completed=event.step,
                total=event.steps,
                description=f"loss {event.loss:.3f}",
                speed=f"{event.tokens_per_second:,.0f} tokens/s",
            )

        yield show
