"""What the engine processes of one machine have in common."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.engine.process.suspects import Refusals


@dataclass(frozen=True, slots=True)
class Shared:
    """One for all processes that use the same memory."""

    opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a model is opened: what two models need is not to be seen while neither is open."""
    refusals: Refusals = field(default_factory=Refusals)
    """What killed one process twice is not given to another."""
