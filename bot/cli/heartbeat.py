"""The sign of life that a running bot leaves in its data folder, for health checks from outside."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    # A health check runs twice a minute, and needs nothing of the bot.
    from bot.app import Taleloom

NAME = "health.json"
BEAT_SECONDS = 10.0
STALE_SECONDS = 60.0

log = structlog.get_logger(__name__)


async def beat(bot: Taleloom, folder: Path, seconds: float = BEAT_SECONDS) -> None:
    """Write the sign of life again and again, until cancelled.

    Args:
        bot: Whose life it is.
        folder: The data folder.
        seconds: Time between two signs.
    """
    while True:
        try:
            await asyncio.to_thread(write, folder, *await state(bot))
        except OSError as error:
            log.warning("no sign of life could be written", folder=str(folder), reason=str(error))
        await asyncio.sleep(seconds)


async def state(bot: Taleloom) -> tuple[bool, str]:
    """Say whether the bot can do its work now, and if not, why."""
    if not bot.is_ready():
        return False, "the bot is not connected to Discord yet"
    lost = sorted(number for number, shard in bot.shards.items() if shard.is_closed())
    if lost:
        return False, f"the connection to Discord is lost (shard {', '.join(map(str, lost))})"
    health = await bot.services.engine.health()
    return health.ready, health.detail


def write(folder: Path, well: bool, detail: str) -> None:
    """Leave a sign of life, whole or not at all.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{NAME}.new"
    part.write_text(json.dumps({"well": well, "detail": detail, "at": time.time()}), encoding="utf-8")
    part.replace(folder / NAME)


def read(folder: Path, now: float | None = None) -> tuple[bool, str]:
    """Say whether a bot is running well over this data folder, and what it said last.

    Args:
        folder: The data folder.
        now: Seconds since the epoch; the present unless given.
    """
    try:
        sign = json.loads((folder / NAME).read_text(encoding="utf-8"))
        well, detail, at = bool(sign["well"]), str(sign["detail"]), float(sign["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return False, f"no bot has left a sign of life in {folder}"
    age = (time.time() if now is None else now) - at
    if age > STALE_SECONDS:
        return False, f"the last sign of life is {age:.0f} seconds old"
    return well, detail
