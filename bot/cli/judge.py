"""`python -m bot judge A B`: which of two writes better, in figures and by a reader who is not told whose is whose."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.bench.blind import Choices, Tally, draw_pairs
from bot.bench.comparison import FIGURES, Figure, Pair, Row, compare
from bot.bench.sides import Side, Written, write_all
from bot.bench.stories import PROMPTS
from bot.cli.common import errors_in_one_line, in_a_folder, prepare, progress_bar, read_prompts, run_interruptible
from bot.cli.errors import SameSideError, ThirdModelError, UnknownSideError
from bot.cli.judging import ask_reader, progress_of_texts, show_missing, show_rows, show_sides, show_speed, show_tally
from bot.cli.logs import configure_logs
from bot.engine.errors import UnknownModelError
from bot.engine.models.library import ModelLibrary
from bot.writing.errors import EmptyPromptError
from bot.writing.presets import Preset, load_presets
from config.settings import Settings, load_settings

if TYPE_CHECKING:
    from bot.tuning.bases import Base

A_SIDE = "A model (a registered name, a hub id or a path), a preset, or MODEL:PRESET."


def command(
    a: Annotated[str, typer.Argument(metavar="A", help=A_SIDE)],
    b: Annotated[str, typer.Argument(metavar="B", help="What it is compared with; the same kinds.")],
    prompts: Annotated[Path, typer.Option(help="A file with a prompt a line.", show_default=False)] = PROMPTS,
    count: Annotated[
        int | None, typer.Option(min=1, max=10_000, help="Texts of each; one for each prompt unless given.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**32, help="Of the first text, and of all draws.")] = 1,
    model: Annotated[str | None, typer.Option(help="The model of a preset that is named alone.")] = None,
    third: Annotated[
        str | None, typer.Option(help="A model, neither of the two, that says how likely their texts are; needs torch.")
    ] = None,
    blind: Annotated[bool, typer.Option("--blind", help="Choose the better of each pair without being told.")] = False,
    keep: Annotated[
        Path | None, typer.Option(callback=in_a_folder, help="Keep the choices in this file, and go on with it.")
    ] = None,
    json_: Annotated[
        Path | None, typer.Option("--json", callback=in_a_folder, help="Write figures and texts to this file too.")
    ] = None,
) -> None:
    """Have two sides write to the same prompts with the same seeds, and compare their texts.

    They are compared twice: as the model wrote them by itself, and as people would see them. From ten prompts on, a
    difference has a 95 % interval. --blind shows pairs as people would see them: 1 or 2 is the better, = neither, q
    ends it.
    """
    if keep and not blind:
        typer.echo("--keep goes with --blind: without it nothing is chosen.", err=True)
        raise typer.Exit(2)
    with errors_in_one_line():
        settings = load_settings()
        configure_logs(settings.log.model_copy(update={"level": "error"}))
        library = ModelLibrary.of(settings)
        sides = _sides(library, settings, (a, b), model)
        typed = _prompts(prompts, count)
        choices = Choices.read(keep)
        base = _open_third(library, third) if third else None
        for side in sides:
            prepare(library, side.model)
        with progress_of_texts(4 * len(typed)) as told:
            written = [run_interruptible(write_all(settings, side, typed, seed, told)) for side in sides]
        _report((sides[0], sides[1]), (written[0], written[1]), base, seed, choices if blind else None, json_)


def _sides(library: ModelLibrary, settings: Settings, typed: Sequence[str], model: str | None) -> list[Side]:
    presets = load_presets()
    sides = [_side(library, presets, each, model or settings.model) for each in typed]
    if sides[0] == sides[1]:
        raise SameSideError(model=sides[0].model, preset=sides[0].preset)
    return sides


def _side(library: ModelLibrary, presets: Mapping[str, Preset], typed: str, model: str | None) -> Side:
    """Read a side. What is a preset's name is one; a model of that name is `NAME:balanced`."""
    if typed in presets:
        return Side(library.default_name(model), typed)
    named, _, preset = typed.rpartition(":")
    try:
        if named and preset in presets:
            return Side(library.profile(named).name, preset)
        return Side(library.profile(typed).name)
    except UnknownModelError as error:
        known = {"presets": ", ".join(presets), "models": error.values["known"]}
        raise UnknownSideError(name=typed, **known) from None


def _prompts(file: Path, count: int | None) -> list[str]:
    """Give a prompt for each text."""
    typed = read_prompts(file)
    if not typed:
        raise EmptyPromptError
    return [typed[number % len(typed)] for number in range(count or len(typed))]


def _open_third(library: ModelLibrary, name: str) -> Base:
    for needed in ("torch", "transformers"):
        if importlib.util.find_spec(needed) is None:
            raise ThirdModelError(model=name, reason=f"that needs {needed}, which `make setup` installs.")
    from bot.tuning.bases import open_base  # noqa: PLC0415 - needs the group `torch`
    from bot.tuning.errors import BaseError  # noqa: PLC0415

    try:
        with progress_bar(name) as report:
            return open_base(library, name, report)
    except BaseError as error:
        raise ThirdModelError(model=name, reason=error.values["reason"]) from None


def _report(
    sides: tuple[Side, Side],
    written: tuple[Written, Written],
    base: Base | None,
    seed: int,
    choices: Choices | None,
    path: Path | None,
) -> None:
    """Let a reader choose first: figures and names would tell them what to think."""
    tally = _ask(sides, written, seed, choices) if choices else None
    if base:
        typer.echo(f"{base.profile.name} is reading.", err=True)
    raw, shown = (_rows(written, kind, base, seed) for kind in ("raw", "shown"))
    show_sides(sides[0].name, sides[1].name)
    show_rows("As the model wrote it by itself", raw)
    show_rows("As people would see it", shown)
    show_missing([*raw, *shown])
    show_speed(*written)
    if tally:
        show_tally(tally, sides[0].name, sides[1].name)
    if path:
        figures = _as_json(sides, written, {"raw": raw, "shown": shown}, tally)
        path.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _rows(written: tuple[Written, Written], kind: str, base: Base | None, seed: int) -> list[Row]:
    figures: tuple[Figure, ...] = FIGURES
    if base is not None:
        from bot.bench.likelihood import likelihood  # noqa: PLC0415 - needs the group `torch`

        figures = (*figures, likelihood(base))
    a, b = (each.texts for each in written)
    pairs = [Pair(one.prompt, getattr(one, kind), getattr(other, kind)) for one, other in zip(a, b, strict=True)]
    return compare(pairs, seed, figures)


def _ask(sides: tuple[Side, Side], written: tuple[Written, Written], seed: int, choices: Choices) -> Tally:
    a, b = (each.texts for each in written)
    prompts = [(text.prompt, text.seed) for text in a]
    names = (sides[0].name, sides[1].name)
    pairs = draw_pairs(prompts, names, [(one.shown, other.shown) for one, other in zip(a, b, strict=True)], seed)
    ask_reader(pairs, choices)
    return Tally.of(choices.about(pairs), *names)


def _as_json(
    sides: tuple[Side, Side], written: tuple[Written, Written], rows: Mapping[str, Sequence[Row]], tally: Tally | None
) -> dict[str, Any]:
    a, b = (each.texts for each in written)
    speeds = [{"tokens_per_second": each.tokens_per_second, "first_word_seconds": each.first_word} for each in written]
    found: dict[str, Any] = {
        "a": {"model": sides[0].model, "preset": sides[0].preset, **speeds[0]},
        "b": {"model": sides[1].model, "preset": sides[1].preset, **speeds[1]},
        **{kind: {row.name: row.as_json() for row in each} for kind, each in rows.items()},
    }
    if tally:
        found["blind"] = {
            "a": tally.a,
            "b": tally.b,
            "even": tally.even,
            "prompts": tally.prompts,
            "low": tally.interval.low,
            "high": tally.interval.high,
        }
    found["texts"] = [
        {
            "prompt": one.prompt,
            "seed": one.seed,
            "a": {"raw": one.raw, "shown": one.shown},
            "b": {"raw": other.raw, "shown": other.shown},
        }
        for one, other in zip(a, b, strict=True)
    ]
    return found
