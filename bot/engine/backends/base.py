"""What a backend offers inside the engine process: synchronous, one object a loaded model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.engine.errors import NothingToReadError, PromptTooLongError, UnsupportedSamplingError
from bot.engine.pieces import Failed, Piece
from bot.engine.sampling import SamplingParams


class LoadedModel(Protocol):
    """A model in memory that writes any number of texts at once."""

    @property
    def backend(self) -> str:
        """The backend's name."""
        ...

    @property
    def context(self) -> int:
        """Positions in all."""
        ...

    @property
    def capabilities(self) -> frozenset[str]:
        """The sampling parameters that have an effect here."""
        ...

    @property
    def running(self) -> int:
        """Streams that are not finished."""
        ...

    def start(self, request_id: str, prompt: str, sampling: SamplingParams, *, scored: bool = False) -> None:
        """Begin a stream; `scored` has its pieces say how likely the model finds them, as `Chunk` defines it.

        Raises:
            NothingToReadError, PromptTooLongError: the prompt has no token, or leaves no room for one.
            UnsupportedSamplingError: a parameter is not among the capabilities.
        """
        ...

    def cancel(self, request_id: str) -> Piece | None:
        """End a stream; None if there is none of that id."""
        ...

    def step(self) -> Sequence[Piece | Failed]:
        """Write one token more of every stream; one that finds no memory fails, and the others go on."""
        ...

    def count(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text."""
        ...


def require(capabilities: frozenset[str], sampling: SamplingParams) -> None:
    """Refuse a request that uses what a backend does not have.

    Raises:
        UnsupportedSamplingError: by the name of the first such parameter.
    """
    for name in sorted(sampling.changed() - capabilities):
        raise UnsupportedSamplingError(name=name)


def require_room(tokens: int, context: int) -> None:
    """Refuse a prompt of so many tokens that has nothing to go on from, or leaves no room for a token.

    Raises:
        NothingToReadError, PromptTooLongError: it is empty, or too long.
    """
    if not tokens:
        raise NothingToReadError
    if tokens >= context:
        raise PromptTooLongError(tokens=tokens, room=context - 1)
