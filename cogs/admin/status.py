"""`/admin status`."""

from __future__ import annotations

import asyncio
import math
import time
from typing import TYPE_CHECKING

import discord
import psutil
from discord import app_commands
from discord.ext import commands

from bot import __version__
from bot.errors import N_
from bot.store.errors import StoreError
from bot.ui.render import in_one_message
from bot.ui.services import services_of, speak_to

if TYPE_CHECKING:
    from bot.app import Taleloom
    from bot.ui.services import Services
    from bot.ui.texts import Translate

MB = 1024 * 1024
PROBES, PROBE_SECONDS = 10, 0.01


class Status(commands.Cog):
    """Says how the bot is."""

    _bot: Taleloom

    @app_commands.command(name="status", description=N_("How the bot is: what it does, what it takes, what answers"))
    async def status(self, interaction: discord.Interaction) -> None:
        """Say how the bot is."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        services, speak = services_of(interaction), speak_to(interaction)
        at = int(services.started_at.timestamp())
        memory = await asyncio.to_thread(_memory)
        lines = [
            speak(N_("**Taleloom {version}**, started <t:{at}:R>"), version=__version__, at=at),
            speak(N_("Servers: {count}"), count=len(self._bot.guilds)),
            speak(
                N_("Texts being written: {running}, in line: {waiting}"),
                running=services.writer.busy - services.writer.waiting,
                waiting=services.writer.waiting,
            ),
            *await _engine(services, speak),
            speak(N_("Memory of the bot itself: {memory} MB"), memory=memory // MB),
            await _database(services, speak),
            speak(
                N_("Connection: {gateway} ms to Discord; the event loop was up to {late} ms late"),
                gateway=_milliseconds(self._bot.latency),
                late=_milliseconds(await _lateness()),
            ),
        ]
        await interaction.followup.send(in_one_message("\n".join(lines)), ephemeral=True)


async def _engine(services: Services, speak: Translate) -> list[str]:
    """Say how the engine is, and which models are open."""
    health, stats = await services.engine.health(), await services.engine.stats()
    return [
        speak(N_("Engine: ready"))
        if health.ready
        else speak(N_("Engine: {detail}"), detail=speak.known(health.detail)),
        speak(
            N_("Open models: {models}; memory of their process: {memory} MB; restarts: {restarts}"),
            models=", ".join(stats.models) or "–",
            memory=stats.rss_bytes // MB,
            restarts=stats.restarts,
        ),
    ]


async def _database(services: Services, speak: Translate) -> str:
    """Say what the database is, and whether it answers."""
    store = services.store
    try:
        await store.revision()
    except StoreError as error:
        return f"{speak(N_('Database: {kind}, does not answer'), kind=store.kind)} ({speak.error(error)})"
    return speak(N_("Database: {kind}, answers"), kind=store.kind)


def _memory() -> int:
    memory: int = psutil.Process().memory_info().rss
    return memory


async def _lateness() -> float:
    """Measure how late the event loop is, in seconds, at the worst of some times."""
    worst = 0.0
    for _ in range(PROBES):
        before = time.perf_counter()
        await asyncio.sleep(PROBE_SECONDS)
        worst = max(worst, time.perf_counter() - before - PROBE_SECONDS)
    return worst


def _milliseconds(seconds: float) -> str:
    """Write a time; a connection that has not measured any yet has none."""
    return f"{seconds * 1000:.0f}" if math.isfinite(seconds) else "–"
