"""How a model is stepped for many streams; and the way that works for every model: each stream by itself."""

from __future__ import annotations

import inspect
from collections.abc import Hashable, Sequence
from typing import Any, Protocol

import torch
from transformers import Cache, DynamicCache, PreTrainedModel

PROMPT_TOKENS = 256
"""Of newcomers' prompts that one step reads: more would let running streams wait."""


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

    def drop(self, name: Hashable) -> None:
        """Forget a stream; unknown names are ignored."""
        ...

    def room(self, positions: Sequence[int]) -> bool:
        """Say whether streams that will take so many positions each find room in the cache."""
        ...


class Separately:
    """Each stream by itself, with the cache that transformers makes for the model; what has ended is forgotten.

    Works whatever a model keeps of the past (windows, states), and gives a stream the same numbers whoever else writes.

    Args:
        model: In eval mode.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        self._model = model
        self._run_model = LastLogits(model)
        self._caches: dict[Hashable, Cache] = {}

    def begin(self, name: Hashable, tokens: Sequence[int]) -> int:  # noqa: ARG002 - it remembers nothing
        """See `Forward.begin`."""
        return 0

    def feed(self, name: Hashable, tokens: Sequence[int]) -> torch.Tensor:
        """See `Forward.feed`."""
        cache = self._caches.setdefault(name, DynamicCache(config=self._model.config))
        ids = torch.tensor([tokens], device=self._model.device)
        return self._run_model(input_ids=ids, past_key_values=cache)[0]

    def groups(self, tokens: Sequence[tuple[Hashable, int]]) -> Sequence[Sequence[tuple[Hashable, int]]]:
        """See `Forward.groups`."""
        return [[each] for each in tokens]

    def step(self, tokens: Sequence[tuple[Hashable, int]]) -> torch.Tensor:
        """See `Forward.step`."""
        return torch.stack([self.feed(name, [token]) for name, token in tokens])

    def drop(self, name: Hashable) -> None:
        """See `Forward.drop`."""
        self._caches.pop(name, None)

    def room(self, positions: Sequence[int]) -> bool:  # noqa: ARG002 - it takes what it needs
        """See `Forward.room`."""
        return True


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
