"""The one seam between the bot and whatever runs a model: a prompt goes in, tokens come out.

Everything above the engine knows `Engine` alone; a backend, a process or a remote server stands behind it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.engine.models.progress import Report, unheard
from bot.engine.sampling import SamplingParams
from bot.ids import RequestId


class Finish(StrEnum):
    """Why a stream ended."""

    EOS = "eos"
    """The model ended its text."""
    LENGTH = "length"
    """`max_new_tokens` were written, or the context was full."""
    STOP = "stop"
    """A stop text came."""
    CANCELLED = "cancelled"
    """`Engine.cancel` was called, or whoever read the stream went away."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GenerationRequest:
    """One text to write on from."""

    request_id: RequestId
    """Unique among the requests in flight; what `Engine.cancel` takes."""

    model: str
    """A name from the registry."""

    prompt: str
    """The story so far, as a reader sees it. How it is put to the model is the engine's affair."""

    instruction: str = ""
    """What a person asked for, as a sentence, when the story is not begun by their own words."""

    title: str = ""
    """The same as a title, for models that only continue text."""

    sampling: SamplingParams = field(default_factory=SamplingParams)

    scored: bool = False
    """Chunks say how likely the model itself finds what it wrote."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Chunk:
    """A piece of text as it comes. The last chunk of a stream, and only it, has a `finish`."""

    text: str
    """What is new, never half a character; empty at most in the last chunk."""

    tokens: int
    """How many tokens have been written so far, this chunk included."""

    finish: Finish | None = None

    log_likelihood: float = 0.0
    """The natural logarithm of the probability that the model itself, before temperature, penalties and cuts, gives all
    tokens so far; 0 unless the request is scored."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """Whether the engine can take a request now."""

    ready: bool
    detail: str
    """One line for the operator: what is loaded, or why nothing is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stats:
    """What the engine has done and is doing; counters since its start."""

    running: int
    """Streams being written now."""
    finished: int
    tokens: int
    restarts: int
    """How often an engine process had to be started again."""
    rss_bytes: int
    """Resident memory of the engine processes."""
    models: tuple[str, ...] = ()
    """Models that are open."""
    pids: tuple[int, ...] = ()
    """The engine processes of this machine."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Capacity:
    """What a model has room for."""

    context: int
    """Positions in all, in tokens: frame, prompt and what is written."""
    overhead: int
    """Tokens that the frame takes at the most beside the story's text."""


class Engine(Protocol):
    """Writes on from prompts. Every method may be called from one event loop, by any number of tasks at once."""

    def generate(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]:
        """Stream the continuation of a prompt.

        Leaving the iteration early cancels the request.

        Raises:
            UnknownModelError, ModelUnavailableError, UnsupportedSamplingError: before the first chunk.
            PromptTooLongError: prompt and frame leave no room for a single token.
            EngineDiedError: the engine process ended meanwhile. A request that had shown no text is replayed first.
            EngineClosedError, EngineUnreachableError: there is no engine any more.
        """
        ...

    async def cancel(self, request_id: RequestId) -> None:
        """End a stream soon; its reader gets a last chunk with `Finish.CANCELLED`. Unknown ids are ignored."""
        ...

    async def count_tokens(self, model: str, texts: Sequence[str]) -> list[int]:
        """Say how many tokens each text takes, without the frame."""
        ...

    async def capacity(self, model: str) -> Capacity:
        """Say what a model has room for."""
        ...

    async def open(self, model: str, report: Report = unheard) -> None:
        """Open a model, in the place of others where memory is short: their texts end first, and new ones wait.

        Args:
            model: Its name.
            report: Told in the event loop how far it is.

        Raises:
            UnknownModelError, ModelUnavailableError, ModelTooLargeError: it cannot be opened; what was open is open
                again.
        """
        ...

    async def health(self) -> Health:
        """Say whether a request could be taken now. Never raises, never waits for the model."""
        ...

    async def stats(self) -> Stats:
        """Count what was done."""
        ...

    async def aclose(self) -> None:
        """End the engine; streams in flight end with `EngineClosedError`. May be called twice."""
        ...
