"""How a model is stepped for many streams, and what every way of it needs."""

from __future__ import annotations

import inspect
from collections.abc import Hashable, Sequence
from typing import Any, Protocol

import torch
from transformers import PreTrainedModel

PROMPT_TOKENS = 256
"""Of newcomers' prompts that one step reads: more would let running streams wait."""
PROBE = ((11, 7, 5, 3, 2), (13, 11, 7))
"""Tokens that a way of stepping a model is tried with."""
ALIKE = 0.99  # cosine of logits: bfloat16 differs by less between two shapes of a batch
UNFIT = (RuntimeError, ValueError, TypeError, IndexError, AttributeError)
"""What a model raises that keeps its past in a way of its own; memory that runs out is a RuntimeError too."""
SHORTEST = 32  # tokens that are worth remembering


class Forward(Protocol):
    """Steps a model. Streams have names of the caller's choice."""

    def begin(self, name: Hashable, tokens: Sequence[int]) -> int:
        """Begin a stream with what is remembered of its first tokens.

        Args:
            name: The stream's.
            tokens: Its prompt.

        Returns:
            How many tokens need not be fed: fewer than there are, and mostly 0.
        """
        ...

    def feed(self, name: Hashable, tokens: Sequence[int]) -> torch.Tensor:
        """Read tokens of one stream, which begins with its first ones; give the logits behind the last.

        Returns:
            Of shape (vocabulary,).
        """
        ...

    def groups(self, tokens: Sequence[tuple[Hashable, int]]) -> Sequence[Sequence[tuple[Hashable, int]]]:
        """Divide streams and their tokens into those that are stepped at once."""
        ...

    def step(self, tokens: Sequence[tuple[Hashable, int]]) -> torch.Tensor:
        """Read a token of each stream of a group, or of a part of it; give their logits, (streams, vocabulary).

        Where memory runs out over several, none has read its token.
        """
        ...

    def drop(self, name: Hashable, *, broken: bool = False) -> None:
        """End a stream; unknown names are ignored.

        Args:
            name: The stream's.
            broken: Its numbers have overflowed, so that nothing of it may be remembered.
        """
        ...

    def room(self, positions: Sequence[int]) -> bool:
        """Say whether streams that will take so many positions each find room in the cache."""
        ...


class LastLogits:
    """Runs a model for the logits behind the last token of each row.

    Args:
        model: In eval mode.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        self._model = model
        parameters = inspect.signature(model.forward).parameters
        self._only = {"logits_to_keep": 1} if "logits_to_keep" in parameters else {}

    def __call__(self, **inputs: Any) -> torch.Tensor:  # noqa: ANN401 - tensors and a cache
        """Give them, (rows, vocabulary)."""
        logits: torch.Tensor = self._model(**inputs, use_cache=True, **self._only).logits[:, -1]
        return logits


def device_of(model: PreTrainedModel) -> torch.device:
    """Say where a model takes its tokens, and gives its logits; one that is spread says it by accelerate's hook."""
    spread = getattr(getattr(model, "_hf_hook", None), "execution_device", None)
    return model.device if spread is None else torch.device(spread)


def shared(one: Sequence[int], other: Sequence[int]) -> int:
    """Count the first tokens that two texts have in common."""
    differing = (at for at, (first, second) in enumerate(zip(one, other, strict=False)) if first != second)
    return next(differing, min(len(one), len(other)))


def position_bytes(model: PreTrainedModel) -> int:
    """Give what keys and values of one position of one stream take.

    Raises:
        AttributeError: the model has no attention, or names its shape in words of its own.
    """
    config = model.config.get_text_config()
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return int(2 * config.num_hidden_layers * heads * size * model.dtype.itemsize)
