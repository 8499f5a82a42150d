"""What a step of a model gives, as backends make it and the pipe carries it."""

from __future__ import annotations

from typing import Any

import msgspec


class Piece(msgspec.Struct, frozen=True, array_like=True):
    """What one step added to one stream."""

    request_id: str
    text: str
    tokens: int
    finish: str | None
    log_likelihood: float = 0.0


class Failed(msgspec.Struct, frozen=True, tag=True):
    """A request that ended with an error, by the name of its class in `bot.engine.errors`."""

    request_id: str
    error: str
    values: dict[str, Any]
