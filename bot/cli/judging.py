"""What `judge` shows: its progress, its tables, and pairs of texts to a reader who is not told whose they are."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.panel import Panel
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from bot.bench.blind import BlindPair, Choice, Choices, Tally
from bot.bench.comparison import Row
from bot.bench.sides import Written
from bot.bench.statistics import FEWEST

KEYS = "1, 2, = or q: "


@contextmanager
def progress_of_texts(total: int) -> Iterator[Callable[[], None]]:
    """Show on standard error how many texts are written; gives what is to be called after each."""
    with Progress(console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("writing", total=total)
        yield lambda: bars.advance(task)


def show_sides(a: str, b: str) -> None:
    """Say who is who."""
    _out().print(Text(f"A is {a}\nB is {b}"))


def show_rows(title: str, rows: Sequence[Row]) -> None:
    """Show figures as a table; a star stands where the interval of the difference does not hold 0."""
    table = Table("", "A", "B", "A - B", "95 %", "", title=title, title_justify="left", box=None)
    for column in table.columns[1:5]:
        column.justify = "right"
    for row in rows:
        ends = [row.told.low, row.told.high] if row.told else []
        between = " … ".join(_figure(end, row, signed=True) for end in ends)
        cells = (_figure(row.a, row), _figure(row.b, row), _figure(row.difference, row, signed=True))
        table.add_row(row.name.replace("_", " "), *cells, between, "*" if row.differs else "")
    _out().print(table, "", sep="\n", end="")


def show_missing(rows: Sequence[Row]) -> None:
    """Say why figures have no interval, if some have none."""
    if any(row.interval is None for row in rows):
        _out().print(Text(f"A figure has an interval, and a star if it differs, from {FEWEST} prompts on.\n"))


def show_speed(a: Written, b: Written) -> None:
    """Show how quick both are; not more exactly than it can be known from a single run."""
    table = Table(
        "", "A", "B", title="Speed, roughly: the machine may have had other work", title_justify="left", box=None
    )
    table.add_row("tokens per second, all texts together", f"{a.tokens_per_second:.0f}", f"{b.tokens_per_second:.0f}")
    first = (f"{each.first_word:.2f}" if each.first_word is not None else "-" for each in (a, b))
    table.add_row("seconds to the first word", *first)
    _out().print(table, "", sep="\n", end="")


def show_tally(tally: Tally, a: str, b: str) -> None:
    """Say who was better liked."""
    _out().print(Text(f"Better in blind pairs: {a} {tally.a}, {b} {tally.b}, neither {tally.even}."))
    if tally.decided:
        ends = f"{tally.interval.low:.0%} … {tally.interval.high:.0%}"
        _out().print(Text(f"A won {tally.a / tally.decided:.0%} of those decided (95 %, by prompts: {ends})."))


def ask_reader(pairs: Sequence[BlindPair], choices: Choices) -> None:
    """Show pairs that nothing was chosen of yet, until all are or the reader has enough.

    Raises:
        BadChoicesError: a choice cannot be kept.
    """
    known = {choice.pair.key: choice.pair.said for choice in choices.about(pairs)}
    left = [pair for pair in pairs if pair.key not in known]
    console = _out()
    if known:
        # Some do by chance; if most have, it is another model than it was.
        changed = sum(pair.said != known.get(pair.key, pair.said) for pair in pairs)
        console.print(
            Text(
                f"{len(known)} of {len(pairs)} pairs were judged before; texts of {changed} of them have changed since."
            )
        )
    for number, pair in enumerate(left, len(known) + 1):
        console.rule(f"{number} of {len(pairs)}")
        console.print(Text(pair.prompt, style="bold"))
        for key, text in zip("12", pair.texts, strict=True):
            console.print(Panel(Text(text.strip()), title=key, title_align="left"))
        key = _read_key()
        if key == "q":
            return
        choices.add(Choice(pair, {"1": pair.names[0], "2": pair.names[1]}.get(key)))


def _read_key() -> str:
    """Read a key and Enter; the end of the input, or Ctrl-C, is `q`."""
    while True:
        try:
            typed = input(KEYS).strip().lower()
        except (EOFError, KeyboardInterrupt):
            print()
            return "q"
        if typed in {"1", "2", "=", "q"}:
            return typed


def _figure(value: float, row: Row, *, signed: bool = False) -> str:
    shown = f"{100 * value:.1f} %" if row.is_share else f"{value:.2f}"
    return f"+{shown}" if signed and value > 0 else shown


def _out() -> Console:
    return Console(file=sys.stdout, highlight=False)
