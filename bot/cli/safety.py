"""`python -m bot safety`: texts judged as the bot judges them."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, BinaryIO

import typer

from bot.cli.common import errors_in_one_line
from bot.cli.errors import UnknownPolicyError
from bot.safety.layer import Safety, SafetyLayer
from bot.safety.lexicon import Lexicon, load_words
from bot.safety.policy import STANDARD, Policy
from bot.safety.verdict import Verdict

POLICIES: Mapping[str, Policy] = MappingProxyType({STANDARD.name: STANDARD})
BAD_INPUT = 2

app = typer.Typer(help="Judge texts as the bot would.", no_args_is_help=True)


class _BadLineError(Exception):
    """A line of the input that is not what was asked for."""


@app.callback()
def verbs() -> None:
    """Judge texts as the bot would."""


@app.command()
def check(
    policy: Annotated[str, typer.Option(help="What follows from what is found.")] = STANDARD.name,
    classifier: Annotated[
        bool, typer.Option("--classifier/--no-classifier", help="Ask the classifier as well, where there is one.")
    ] = True,
) -> None:
    """Read JSON lines {"text": …} and write JSON lines {"action", "categories", "score", "text"}, one for one."""
    del classifier  # words are all that judges so far; the option is there for those who measure words alone
    with errors_in_one_line():
        chosen = _policy(policy)
        safety = Safety([Lexicon(load_words())])
        try:
            asyncio.run(_judge_all(safety, chosen))
        except _BadLineError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(BAD_INPUT) from None
        except KeyboardInterrupt:
            raise typer.Exit(130) from None


def _policy(name: str) -> Policy:
    if name not in POLICIES:
        raise UnknownPolicyError(policy=name, known=", ".join(POLICIES))
    return POLICIES[name]


async def _judge_all(safety: SafetyLayer, policy: Policy) -> None:
    """Judge line by line, so that whoever writes slowly is answered at once."""
    for text in _texts(sys.stdin.buffer):
        sys.stdout.buffer.write(_line(await safety.read(text, policy)))
        sys.stdout.buffer.flush()


def _texts(lines: BinaryIO) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry: Any = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
        except ValueError as error:
            raise _BadLineError(f"Line {number} is not JSON in UTF-8: {error}") from None
        if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
            raise _BadLineError(f'Line {number} is not an object with a text: {{"text": "…"}} is what is read.')
        yield entry["text"]


def _line(verdict: Verdict) -> bytes:
    entry = {
        "action": str(verdict.action),
        "categories": [str(category) for category in verdict.categories],
        "score": round(verdict.score, 4),
        "text": verdict.text,
    }
    try:
        return json.dumps(entry, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # half of a surrogate pair, which only an escape can say
        return json.dumps(entry).encode() + b"\n"
