"""`python -m bot db`: the database made, looked through, and copied."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from bot.errors import TaleloomError
from bot.store import Database
from config.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

T = TypeVar("T")

app = typer.Typer(name="db", help="Make, check and back up the database.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Make the database if there is none, and bring an older one up to date."""

    async def work() -> str:
        async with _database() as database:
            return f"{database.place}: up to date, revision {await database.revision()}"

    typer.echo(_run(work()))


@app.command()
def check() -> None:
    """Look for damage: one line for each finding, and exit code 1 if there are any. Changes nothing."""

    async def work() -> tuple[str, list[str]]:
        async with _database(create=False, migrate=False) as database:
            return database.place, await database.check()

    place, findings = _run(work())
    for finding in findings or ["no findings"]:
        typer.echo(f"{place}: {finding}")
    if findings:
        raise typer.Exit(1)


@app.command()
def backup(path: Annotated[Path, typer.Argument(help="where the copy goes; nothing may be there yet")]) -> None:
    """Copy the database to a file, while the bot may go on running."""

    async def work() -> None:
        async with _database(create=False, migrate=False) as database:
            await database.backup(path)

    _run(work())
    typer.echo(f"{path}: {path.stat().st_size:,} bytes")


@asynccontextmanager
async def _database(*, create: bool = True, migrate: bool = True) -> AsyncIterator[Database]:
    database = await Database.open(load_settings().resolved_database_url, create=create, migrate=migrate)
    try:
        yield database
    finally:
        await database.close()


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except TaleloomError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
