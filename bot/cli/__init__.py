"""`python -m bot VERB`: one file a verb; only the verb that is asked for is imported."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

VERBS = {
    "run": "The bot on Discord.",
    "demo": "The bot in the browser, without a token.",
    "write": "One text, streamed to standard output.",
    "tune": "Fine-tune a model on texts of your own.",
    "models": "List, fetch, describe and remove models.",
    "db": "Upgrade, check and back up the database.",
    "doctor": "Check everything the bot needs, and say what to do.",
    "bench": "Measure the bot, the engine and the stories.",
    "judge": "Tell which of two models or presets writes better.",
    "safety": "Judge texts as the bot would.",
}


def _not_asked_for() -> None:
    """Stand in the list of verbs for one whose module was not needed."""


class _Program(TyperGroup):
    """All verbs together."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - as it is declared above
        """Run a verb; that whoever reads has enough (`| head`) is no error."""
        try:
            return super().invoke(ctx)
        except (BrokenPipeError, SystemExit) as error:
            # rich, which prints the tables, makes an exit with status 1 of it.
            if BrokenPipeError not in {type(error), type(error.__context__)}:
                raise
            # What is still buffered has nowhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None


def main() -> None:
    """Run one verb."""
    verb = sys.argv[1] if len(sys.argv) > 1 else "--help"
    app = typer.Typer(
        cls=_Program,
        help="Taleloom writes stories with people.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,  # they show what is in variables, a token for one
    )
    for name, meaning in VERBS.items():
        module = importlib.import_module(f"bot.cli.{name}") if name == verb else None
        group = getattr(module, "app", None)
        if group is not None:
            app.add_typer(group, name=name, help=meaning)
        else:
            app.command(name, help=meaning)(module.command if module else _not_asked_for)
    app()
