"""What the engine process may take of the memory: near the limit it begins nothing new, above it it is killed."""

from __future__ import annotations

import psutil

from config.settings import EngineSettings

MIB = 1024 * 1024
SOFT_SHARE = 0.9


def is_short(settings: EngineSettings, rss_bytes: int) -> bool:
    """Tell whether a process that takes so much is to begin nothing new."""
    return 0 < SOFT_SHARE * settings.memory_mb * MIB < rss_bytes


def complaint(settings: EngineSettings, pid: int | None) -> str:
    """Say how a process is above its limit; empty while it is not, or is gone."""
    if not settings.memory_mb:
        return ""
    try:
        rss_bytes: int = psutil.Process(pid).memory_info().rss
    except psutil.Error:
        return ""
    if rss_bytes <= settings.memory_mb * MIB:
        return ""
    return f"it took {rss_bytes // MIB} MB, and TALELOOM_ENGINE__MEMORY_MB is {settings.memory_mb}"
