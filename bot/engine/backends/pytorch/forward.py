"""How a model is stepped for many streams; and the way that works for every model: each stream by itself."""

from __future__ import annotations

import inspect
from collections.abc import Hashable, Sequence
from typing import Any, Protocol

import torch
from transformers import Cache, DynamicCache, PreTrainedModel


class Forward(Protocol):
    """Steps a model. Streams have names of the caller's choice."""

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
    """Each stream by itself, with the cache that transformers makes for the model.

    Works whatever a model keeps of the past (windows, states), and gives a stream the same numbers whoever else writes.

    Args:
        model: In eval mode.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        self._model = model
        self._caches: dict[Hashable, Cache] = {}

    def feed(self, name: Hashable, tokens: Sequence[int]) -> torch.Tensor:
        """See `Forward.feed`."""
        cache = self._caches.setdefault(name, DynamicCache(config=self._model.config))
        ids = torch.tensor([tokens], device=self._model.device)
        return last_logits(self._model, input_ids=ids, past_key_values=cache)[0]

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


def last_logits(model: PreTrainedModel, **inputs: Any) -> torch.Tensor:  # noqa: ANN401 - tensors and a cache
    """Run a model and give the logits behind the last token of each row, (rows, vocabulary)."""
    only = {"logits_to_keep": 1} if "logits_to_keep" in inspect.signature(model.forward).parameters else {}
    logits: torch.Tensor = model(**inputs, use_cache=True, **only).logits[:, -1]
    return logits
