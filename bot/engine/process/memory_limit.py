"""What the engine process may take of the memory: near the limit it begins nothing new, above it it is killed."""

from __future__ import annotations

import psutil

from bot.engine.models.memory import MIB
from config.settings import EngineSettings

SOFT_SHARE = 0.9


def is_short(settings: EngineSettings, rss_bytes: int) -> bool:
    """Tell whether a process that takes so much is to begin nothing new."""
    return 0 < SOFT_SHARE * settings.memory_mb * MIB < rss_bytes


def taken_bytes(pid: int | None) -> int:
    """Say what a process has resident now; 0 if it is gone."""
    try:
        taken: int = psutil.Process(pid).memory_info().rss if pid else 0
    except psutil.Error:
        return 0
    return taken


def complaint(settings: EngineSettings, pid: int | None) -> str:
    """Say how a process is above its limit; empty while it is not, or is gone."""
    if not settings.memory_mb or (taken := taken_bytes(pid)) <= settings.memory_mb * MIB:
        return ""
    return f"it took {taken // MIB} MB, and TALELOOM_ENGINE__MEMORY_MB is {settings.memory_mb}"
