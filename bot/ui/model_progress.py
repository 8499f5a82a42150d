"""How far a model is that is being opened, in a message that is edited now and then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from types import MappingProxyType
from typing import TYPE_CHECKING

import discord
import structlog

from bot.engine.models.progress import Progress, Report, Stage
from bot.errors import N_

if TYPE_CHECKING:
    from bot.ui.texts import Translate

MB = 1_000_000
STAGE_NAMES: Mapping[Stage, str] = MappingProxyType(
    {
        Stage.WAIT: N_("another process is fetching a model"),
        Stage.DOWNLOAD: N_("it is being downloaded"),
        Stage.UNPACK: N_("it is being unpacked"),
        Stage.EXPORT: N_("its weights are being packed"),
        Stage.MERGE: N_("its adapter is being merged"),
        Stage.DRAIN: N_("texts of other models come to their end first; new ones wait"),
        Stage.OPEN: N_("it is being opened"),
        Stage.DONE: N_("it is being opened"),
    }
)

log = structlog.get_logger(__name__)


def progress_line(model: str, step: Progress, speak: Translate) -> str:
    """Say how far a model is."""
    text = speak(N_("**{model}**: {stage} …"), model=model, stage=speak(STAGE_NAMES[step.stage]))
    if step.total:
        percent = min(100, 100 * step.done // step.total)
        return f"{text} {percent} % ({step.done // MB:,} / {step.total // MB:,} MB)"
    return f"{text} {step.done // MB:,} MB" if step.done else text


@asynccontextmanager
async def shown_progress(
    interaction: discord.Interaction, model: str, speak: Translate, every_seconds: float
) -> AsyncIterator[Report]:
    """Show what is reported in the answer to a command, for as long as the context lasts.

    Args:
        interaction: Deferred. Its answer can be edited for a quarter of an hour; what comes later is not shown.
        model: Its name.
        speak: The reader's language.
        every_seconds: The shortest time between two edits.
    """
    steps: asyncio.Queue[Progress] = asyncio.Queue()

    async def show() -> None:
        shown = ""
        while True:
            step = await steps.get()
            while not steps.empty():
                step = steps.get_nowait()
            line = progress_line(model, step, speak)
            if line != shown:
                shown = line
                try:
                    await interaction.edit_original_response(content=line)
                except discord.HTTPException as error:
                    log.info("progress not shown", model=model, status=error.status)
            await asyncio.sleep(every_seconds)

    task = asyncio.create_task(show())
    try:
        yield steps.put_nowait
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
