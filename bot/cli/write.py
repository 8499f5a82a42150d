"""`python -m bot write`: one text, or a file of prompts in one batch, by the same way that `/write` goes."""

from __future__ import annotations

import json
import sys
from contextlib import aclosing
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.common import errors_in_one_line, prepare, read_prompts, run_interruptible
from bot.cli.logs import configure_logs
from bot.engine.models.library import ModelLibrary
from bot.errors import TaleloomError
from bot.standalone import finish_all, open_writer, request_for
from bot.writing.errors import EmptyPromptError
from bot.writing.requests import Outcome, WriteRequest, Writing
from config.settings import Settings, load_settings


def as_json(prompt: str, outcome: Outcome) -> dict[str, Any]:
    """Give a result as a JSON object."""
    turn = outcome.turn
    return {
        "prompt": prompt,
        "text": turn.text.strip(),
        "seed": turn.seed,
        "finish": turn.finish,
        "tokens": turn.tokens,
        "seconds": round(turn.seconds or 0.0, 3),
        "model": turn.model,
        "faults": list(outcome.details.faults),
    }


def command(
    prompt: Annotated[str | None, typer.Argument(help="How the story begins.")] = None,
    prompts: Annotated[Path | None, typer.Option(help="A file with a prompt a line, instead of one prompt.")] = None,
    model: Annotated[str | None, typer.Option(help="A registered name, a hub id or a path.")] = None,
    max_new_tokens: Annotated[int | None, typer.Option(min=1, max=1024)] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**53 - 1)] = None,
    temperature: Annotated[float | None, typer.Option(min=0.05, max=2)] = None,
    top_k: Annotated[int | None, typer.Option(min=0, max=1000)] = None,
    top_p: Annotated[float | None, typer.Option(min=0.05, max=1)] = None,
    min_p: Annotated[float | None, typer.Option(min=0, max=1)] = None,
    repetition_penalty: Annotated[float | None, typer.Option(min=1, max=2)] = None,
    greedy: Annotated[bool | None, typer.Option(help="Always the likeliest word.")] = None,
    preset: Annotated[str | None, typer.Option(help="precise, balanced, vivid, wild or greedy.")] = None,
    best_of: Annotated[int, typer.Option(min=1, max=16, help="Write so many, and give the best.")] = 1,
    json_: Annotated[bool, typer.Option("--json", help="JSON lines instead of text.")] = False,
    verbose: Annotated[bool, typer.Option(help="Log what happens to standard error.")] = False,
) -> None:
    """Write on from a prompt; only the text goes to standard output."""
    if (prompt is None) == (prompts is None):
        typer.echo("Give one prompt, or --prompts FILE.", err=True)
        raise typer.Exit(2)
    options = {
        "max_new_tokens": max_new_tokens,
        "temperature": temperature,
        "top_k": top_k,
        "top_p": top_p,
        "min_p": min_p,
        "repetition_penalty": repetition_penalty,
        "do_sample": None if greedy is None else not greedy,
        "preset": preset,
    }
    with errors_in_one_line():
        settings = load_settings()
        configure_logs(settings.log if verbose else settings.log.model_copy(update={"level": "error"}))
        library = ModelLibrary.of(settings)
        name = library.default_name(model or settings.model)
        prepare(library, name)
        if prompts is not None:
            texts = read_prompts(prompts)
            requests = [request_for(text, options, _nth(seed, at), best_of=best_of) for at, text in enumerate(texts)]
            work = _write_file(settings, name, requests)
        else:
            request = request_for(prompt or "", options, seed, best_of=best_of)
            work = _write_one(settings, name, request, as_lines=json_)
        run_interruptible(work)


async def _write_one(settings: Settings, model: str, request: WriteRequest, *, as_lines: bool) -> None:
    """Stream one text; what has been printed is never taken back, so only accepted sentences are.

    The best of several is known, and printed, when all are written.
    """
    printed = 0
    async with open_writer(settings, model) as writer:
        prepared = await writer.prepare(request)
        async with aclosing(writer.run(prepared)) as events:
            async for event in events:
                if isinstance(event, Writing) and not as_lines and not request.ranked:
                    printed += _print(event.accepted.lstrip()[printed:])
                elif isinstance(event, Outcome) and as_lines:
                    print(json.dumps(as_json(request.prompt, event), ensure_ascii=False), flush=True)
                elif isinstance(event, Outcome):
                    _print(event.text.lstrip()[printed:] + "\n")


def _print(text: str) -> int:
    if text:
        sys.stdout.write(text)
        sys.stdout.flush()
    return len(text)


async def _write_file(settings: Settings, model: str, requests: list[WriteRequest]) -> None:
    """Write all prompts in one batch, and print the results in their order as they are complete."""
    if not requests:
        raise EmptyPromptError
    async with open_writer(settings, model) as writer, aclosing(finish_all(writer, requests)) as ends:
        async for request, end in ends:
            line = as_json(request.prompt, end) if isinstance(end, Outcome) else _failure(request, end)
            print(json.dumps(line, ensure_ascii=False), flush=True)


def _failure(request: WriteRequest, error: TaleloomError) -> dict[str, Any]:
    nothing = {"text": "", "finish": "error", "tokens": 0, "seconds": 0.0}
    return {"prompt": request.prompt, "seed": request.seed, **nothing, "error": str(error)}


def _nth(seed: int | None, number: int) -> int | None:
    return None if seed is None else (seed + number) % 2**53
