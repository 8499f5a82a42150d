"""The engine of this machine: one process, or one for each of its parts."""

from __future__ import annotations

import structlog

from bot.engine.models.backend import Running
from bot.engine.process.client import ProcessEngine
from bot.engine.process.opened import ModelSource
from bot.engine.process.places import places
from bot.engine.process.router import Router
from bot.engine.process.shared import Shared
from bot.engine.protocol import Engine
from bot.waiting import Wait, plain_wait
from config.settings import EngineSettings

log = structlog.get_logger(__name__)


def start_local(source: ModelSource, settings: EngineSettings, running: Running, wait: Wait = plain_wait) -> Engine:
    """Start engine processes; must be called in the event loop that uses them.

    Args:
        source: Where models come from.
        settings: Limits of each process, and how many there are.
        running: How they open models.
        wait: How to await what processes will answer.
    """
    shared, chosen = Shared(), places(settings, running)
    processes = [ProcessEngine(source, settings, place, shared=shared, wait=wait) for place in chosen]
    for process in processes:
        process.start()
    if len(processes) == 1:
        return processes[0]
    log.info("several engine processes", places=[str(place) for place in chosen])
    return Router(processes)
