"""What the bot and the engine process say to each other: one msgpack message a pipe frame.

The client speaks `ToEngine`, the server answers `FromEngine`. Both ends are started from the same files, so `VERSION`
only guards against an engine process that an update left behind.
"""

from __future__ import annotations

from multiprocessing.connection import Connection
from typing import Any

import msgspec

from bot.engine.pieces import Failed, Piece

VERSION = 4


class Load(msgspec.Struct, frozen=True, tag=True):
    """Open a model; answered by `Loaded` or `LoadFailed`."""

    model: str
    path: str
    context: int
    kv_bytes_per_token: int
    cache_bytes: int
    backend: str
    dtype: str
    """What weights are kept in."""
    device: str
    """What the torch backend runs on: `cpu`, `cuda`, `cuda:1`."""


class Unload(msgspec.Struct, frozen=True, tag=True):
    """Close a model that writes nothing now, and give its memory back; answered by `Unloaded`."""

    model: str


class Generate(msgspec.Struct, frozen=True, tag=True):
    """Write on from a framed prompt; answered by `Pieces` until one of them has a finish, or by `Failed`."""

    request_id: str
    model: str
    prompt: str
    sampling: dict[str, Any]
    scored: bool


class Cancel(msgspec.Struct, frozen=True, tag=True):
    """End a stream; answered by a piece with the finish `cancelled` if it was still running."""

    request_id: str


class Count(msgspec.Struct, frozen=True, tag=True):
    """Count tokens; answered by `Counted`."""

    call_id: int
    model: str
    texts: list[str]


class Shutdown(msgspec.Struct, frozen=True, tag=True):
    """End the process."""


ToEngine = Load | Unload | Generate | Cancel | Count | Shutdown


class Hello(msgspec.Struct, frozen=True, tag=True):
    """The first message of an engine process."""

    version: int


class Loaded(msgspec.Struct, frozen=True, tag=True):
    """A model is open."""

    model: str
    context: int
    capabilities: list[str]
    backend: str
    seconds: float


class LoadFailed(msgspec.Struct, frozen=True, tag=True):
    """A model could not be opened."""

    model: str
    reason: str


class Unloaded(msgspec.Struct, frozen=True, tag=True):
    """A model is closed."""

    model: str


class Pieces(msgspec.Struct, frozen=True, tag=True):
    """All that one step added, in one message: 32 streams cost one wake-up of the event loop."""

    pieces: list[Piece]


class Counted(msgspec.Struct, frozen=True, tag=True):
    """The answer to `Count`."""

    call_id: int
    counts: list[int]


class Beat(msgspec.Struct, frozen=True, tag=True):
    """A sign of life, about once a second while the process is busy or idle."""

    rss_bytes: int
    running: int


FromEngine = Hello | Loaded | LoadFailed | Unloaded | Pieces | Failed | Counted | Beat

_encoder = msgspec.msgpack.Encoder()
_to_engine: msgspec.msgpack.Decoder[ToEngine] = msgspec.msgpack.Decoder(ToEngine)
_from_engine: msgspec.msgpack.Decoder[FromEngine] = msgspec.msgpack.Decoder(FromEngine)


def send(connection: Connection[Any, Any], message: ToEngine | FromEngine) -> None:
    """Send one message; blocks while the pipe is full.

    Raises:
        OSError: the other end is gone.
    """
    connection.send_bytes(_encoder.encode(message))


def receive_in_engine(connection: Connection[Any, Any]) -> ToEngine:
    """Wait for the bot's next message.

    Raises:
        EOFError, OSError: the bot is gone.
    """
    return _to_engine.decode(connection.recv_bytes())


def receive_in_bot(connection: Connection[Any, Any]) -> FromEngine:
    """Wait for the engine's next message.

    Raises:
        EOFError, OSError: the engine process is gone.
    """
    return _from_engine.decode(connection.recv_bytes())
