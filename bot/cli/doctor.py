"""`python -m bot doctor`: everything the bot needs, looked at; one line each, with what to do."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Annotated

import typer

from bot.cli import heartbeat
from bot.cli.findings import Finding, bad, note
from bot.cli.logs import configure_logs
from bot.errors import TaleloomError
from config.settings import Settings, load_settings


def command(
    deep: Annotated[bool, typer.Option("--deep", help="Let the model write a sentence as well.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Ask nobody outside this machine.")] = False,
    health: Annotated[
        bool, typer.Option("--health", help="Only say whether a bot is running well over this data folder.")
    ] = False,
) -> None:
    """Check everything the bot needs, and say what to do about each finding; exit status 1 if something stops it."""
    try:
        settings = load_settings()
    except TaleloomError as error:
        _show(bad(str(error), "Correct it in the environment, .env or taleloom.toml."))
        raise typer.Exit(1) from None
    if health:
        alive, detail = heartbeat.read(settings.data_dir)
        typer.echo(detail)
        raise typer.Exit(0 if alive else 1)
    configure_logs(settings.log.model_copy(update={"level": "error"}))
    if not asyncio.run(_examine(settings, deep=deep, offline=offline)):
        raise typer.Exit(1)


async def _examine(settings: Settings, *, deep: bool, offline: bool) -> bool:
    """Show every finding as it comes; say whether none of them stops the bot."""
    fine = True
    async for finding in _findings(settings, deep=deep, offline=offline):
        _show(finding)
        fine = fine and finding.mark != "✗"
    return fine


async def _findings(settings: Settings, *, deep: bool, offline: bool) -> AsyncIterator[Finding]:
    # Imported here: a health check runs twice a minute, and needs none of it.
    from bot.cli import findings_discord, findings_local  # noqa: PLC0415
    from bot.engine.models.library import ModelLibrary  # noqa: PLC0415

    yield findings_local.look_at_python()
    for finding in findings_local.look_at_packages():
        yield finding
    yield await findings_local.look_at_configuration(settings, offline=offline)
    async for finding in findings_discord.look_at_token(settings, offline=offline):
        yield finding
    needed = ", ".join(findings_discord.permission_names())
    yield note(f"permissions that the bot needs where it writes: {needed}")
    yield findings_local.look_at_folder("data folder", settings.data_dir)
    yield findings_local.look_at_folder("model folder", settings.cache_dir)
    yield await findings_local.look_at_database(settings)
    try:
        library = ModelLibrary.of(settings)
    except TaleloomError as error:
        yield bad(f"models: {error}", "Correct the file, or take it from the repository again.")
        return
    findings = list(findings_local.look_at_model(library, settings, offline=offline))
    for finding in findings:
        yield finding
    if deep and all(finding.mark == "✓" for finding in findings):
        yield await findings_local.look_at_writing(library, settings)


def _show(finding: Finding) -> None:
    advice = f" → {finding.advice}" if finding.advice else ""
    line = f"{finding.mark} {finding.text}{advice}"
    encoding = sys.stdout.encoding or "utf-8"
    typer.echo(line.encode(encoding, "replace").decode(encoding))
