"""`python -m bot safety`: texts judged as the bot judges them."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from io import TextIOWrapper
from queue import Empty, Queue
from threading import Thread
from typing import Annotated, Any, BinaryIO, cast

import typer

from bot.cli.common import errors_in_one_line
from bot.cli.errors import UnknownPolicyError
from bot.safety.classifiers.protocol import Classifier
from bot.safety.layer import Safety
from bot.safety.opening import open_classifier, open_finders
from bot.safety.policy import BUILT_IN, STANDARD, Policy
from bot.safety.verdict import Action, Verdict
from config.settings import SafetySettings, load_settings

BAD_INPUT = 2
AT_ONCE = 256
"""Texts that are judged in one go, where so many are there already."""
SHOWN_AS = {Action.RETRY: Action.MASK}
"""What the contract has no word for: of a person's text, what the model would write again is masked."""

app = typer.Typer(help="Judge texts as the bot would.", no_args_is_help=True)


class _BadLineError(Exception):
    """A line of the input that is not what was asked for."""


@app.callback()
def verbs() -> None:
    """Judge texts as the bot would."""


@app.command()
def check(
    policy: Annotated[str, typer.Option(help="What follows from what is found: strict, standard or relaxed.")] = (
        STANDARD.name
    ),
    classifier: Annotated[
        bool, typer.Option("--classifier/--no-classifier", help="Ask the classifier too, or words and patterns alone.")
    ] = True,
) -> None:
    """Read JSON lines {"text": …} and write JSON lines {"action", "categories", "score", "text"}, one for one."""
    with errors_in_one_line():
        chosen = _policy(policy)
        settings = load_settings().safety
        safety = Safety(open_finders(settings.links), _classifier(settings) if classifier else None)
        try:
            _judge_all(safety, chosen)
        except _BadLineError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(BAD_INPUT) from None
        except KeyboardInterrupt:
            raise typer.Exit(130) from None


def _classifier(settings: SafetySettings) -> Classifier | None:
    return open_classifier(settings.classifier, second_opinion=settings.second_opinion)


def _policy(name: str) -> Policy:
    if name not in BUILT_IN:
        raise UnknownPolicyError(policy=name, known=", ".join(BUILT_IN))
    return BUILT_IN[name]


def _judge_all(safety: Safety, policy: Policy) -> None:
    """Judge what is there at once; whoever writes slowly is answered line by line."""
    # Lines are awaited outside the event loop, which would keep the first Ctrl-C for itself.
    with asyncio.Runner() as runner:
        for texts, problem in _batches(_own_input()):
            for verdict in runner.run(safety.read_all(texts, policy)):
                sys.stdout.buffer.write(_line(verdict))
            sys.stdout.buffer.flush()
            if problem:
                raise problem


def _own_input() -> BinaryIO:
    """Take standard input away from Python, which at its end waits for nobody who reads it, and aborts."""
    lines = sys.stdin.buffer
    cast(TextIOWrapper, sys.stdin).detach()
    return lines


def _batches(lines: BinaryIO) -> Iterator[tuple[list[str], _BadLineError | None]]:
    """Give texts as they come, as many as are there, and at a line that cannot be read what is wrong with it."""
    waiting: Queue[bytes | None] = Queue(maxsize=4 * AT_ONCE)
    Thread(target=_fill, args=(lines, waiting), daemon=True).start()
    number, line = 0, waiting.get()
    while line is not None:
        texts: list[str] = []
        while line is not None:
            number += 1
            try:
                texts += _text(number, line)
            except _BadLineError as problem:
                yield texts, problem
                return
            if len(texts) == AT_ONCE:
                break
            try:
                line = waiting.get_nowait()
            except Empty:
                break
        yield texts, None
        line = None if line is None else waiting.get()


def _fill(lines: BinaryIO, waiting: Queue[bytes | None]) -> None:
    for line in lines:
        waiting.put(line)
    waiting.put(None)


def _text(number: int, line: bytes) -> list[str]:
    """Give the text of a line, or none where it is empty."""
    if not line.strip():
        return []
    try:
        entry: Any = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except ValueError as error:
        raise _BadLineError(f"Line {number} is not JSON in UTF-8: {error}") from None
    if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
        raise _BadLineError(f'Line {number} is not an object with a text: {{"text": "…"}} is what is read.')
    return [entry["text"]]


def _line(verdict: Verdict) -> bytes:
    entry = {
        "action": str(SHOWN_AS.get(verdict.action, verdict.action)),
        "categories": [str(category) for category in verdict.categories],
        "score": round(verdict.score, 4),
        "text": verdict.text,
    }
    try:
        return json.dumps(entry, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # half of a surrogate pair, which only an escape can say
        return json.dumps(entry).encode() + b"\n"
