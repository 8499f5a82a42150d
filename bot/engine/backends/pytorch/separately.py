"""Each stream by itself: the way that works for every model."""

from __future__ import annotations

import copy
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import torch
from transformers import Cache, DynamicCache, PreTrainedModel
from transformers.cache_utils import DynamicLayer

from bot.engine.backends.pytorch.forward import (
    ALIKE,
    PROBE,
    SHORTEST,
    UNFIT,
    LastLogits,
    device_of,
    position_bytes,
    shared,
)

MOST_RESTING = 32
"""Streams that have ended and are remembered, where it is not known what they take."""


@dataclass(slots=True)
class _Past:
    cache: Cache
    tokens: list[int] = field(default_factory=list)
    """Whose keys, values and states are in it."""

    @property
    def can_be_cut(self) -> bool:
        """Whether it can go back to what it was some tokens ago: windows and states cannot."""
        return all(type(layer) is DynamicLayer for layer in self.cache.layers)

    def cut(self, length: int) -> None:
        """Keep the first tokens alone."""
        self.cache.crop(length)
        del self.tokens[length:]

    def mend(self) -> None:
        """Forget what a run that was cut off left in some layers; what cannot be cut is of no use any more."""
        if self.can_be_cut:
            self.cut(len(self.tokens))
        else:
            self.tokens.clear()


class Separately:
    """Each stream with the cache that transformers makes for the model; what has ended rests while there is room.

    Works whatever a model keeps of the past, and gives a stream the same numbers whoever else writes.

    Args:
        model: In eval mode.
        bytes_: The most that keys and values may take, if that leaves room for one stream; with 0 nothing rests.
        exactly: Remember nothing: what was written token by token has other numbers than what was read at once.
    """

    def __init__(self, model: PreTrainedModel, bytes_: int = 0, *, exactly: bool = False) -> None:
        self._model = model
        self._run_model = LastLogits(model)
        self._pasts: dict[Hashable, _Past] = {}
        self._resting: list[_Past] = []
        self._bytes = 0 if exactly else bytes_
        self._most_positions = _most_positions(model, bytes_)

    def begin(self, name: Hashable, tokens: Sequence[int]) -> int:
        """See `Forward.begin`."""
        before_last = tokens[:-1]  # the last one has to be read, for what comes behind it
        pasts = [*self._resting, *self._pasts.values()] if self._bytes else []
        # Of those that know as much the first: one that rests is taken over, another has to be copied.
        known, best = max(((_known(past, before_last), -at) for at, past in enumerate(pasts)), default=(0, 0))
        if not known:
            return 0
        try:
            past = self._resting.pop(-best) if -best < len(self._resting) else copy.deepcopy(pasts[-best])
        except torch.OutOfMemoryError:
            self._resting.clear()
            return 0
        if known < len(past.tokens):
            past.cut(known)
        self._pasts[name] = past
        return known

    def feed(self, name: Hashable, tokens: Sequence[int]) -> torch.Tensor:
        """See `Forward.feed`."""
        if (past := self._pasts.get(name)) is None:
            past = self._pasts[name] = _Past(DynamicCache(config=self._model.config))
        self._make_room(len(tokens))
        try:
            return self._read(past, tokens)
        except torch.OutOfMemoryError:
            if not self._resting or not past.can_be_cut:
                raise
            self._resting.clear()
            return self._read(past, tokens)

    def groups(self, tokens: Sequence[tuple[Hashable, int]]) -> Sequence[Sequence[tuple[Hashable, int]]]:
        """See `Forward.groups`."""
        return [[each] for each in tokens]

    def step(self, tokens: Sequence[tuple[Hashable, int]]) -> torch.Tensor:
        """See `Forward.step`."""
        return torch.stack([self.feed(name, [token]) for name, token in tokens])

    def drop(self, name: Hashable, *, broken: bool = False) -> None:
        """See `Forward.drop`."""
        past = self._pasts.pop(name, None)
        if past is not None and self._bytes and not broken and len(past.tokens) >= SHORTEST:
            self._resting.append(past)
            self._make_room(0)

    def room(self, positions: Sequence[int]) -> bool:
        """See `Forward.room`; one stream alone always finds it."""
        return len(positions) == 1 or self._most_positions is None or sum(positions) <= self._most_positions

    def _read(self, past: _Past, tokens: Sequence[int]) -> torch.Tensor:
        ids = torch.tensor([tokens], device=device_of(self._model))
        try:
            logits = self._run_model(input_ids=ids, past_key_values=past.cache)[0]
        except torch.OutOfMemoryError:
            past.mend()
            raise
        past.tokens += tokens
        return logits

    def _make_room(self, tokens: int) -> None:
        """Forget who has rested longest, until so many tokens find room."""
        if self._most_positions is None:
            del self._resting[:-MOST_RESTING]
            return
        taken = tokens + sum(len(past.tokens) for past in (*self._pasts.values(), *self._resting))
        while self._resting and taken > self._most_positions:
            taken -= len(self._resting.pop(0).tokens)


def goes_on(model: PreTrainedModel) -> bool:
    """Tell whether a model that reads two texts in turns, piece by piece, knows what it knows of each read at once.

    Some keep their past in a way of their own: handed another's cache, they forget it, or mix the texts of people.

    Args:
        model: In eval mode.
    """
    try:
        at_once = [Separately(model).feed("it", tokens) for tokens in PROBE]
        forward, found = Separately(model), []
        for at in range(min(map(len, PROBE))):
            found = [forward.feed(name, [tokens[at]]) for name, tokens in enumerate(PROBE)]
        for name, tokens in enumerate(PROBE):
            if rest := tokens[min(map(len, PROBE)) :]:
                found[name] = forward.feed(name, rest)
    except torch.OutOfMemoryError:
        raise
    except UNFIT:
        return False
    if not torch.stack(at_once).isfinite().all():
        return True  # its numbers overflow, which is said of each text
    return float(torch.cosine_similarity(torch.stack(at_once), torch.stack(found), dim=-1).min()) > ALIKE


def _known(past: _Past, tokens: Sequence[int]) -> int:
    """Count the first tokens that need not be read again, as far as they are worth it."""
    same = shared(past.tokens, tokens)
    whole = same == len(past.tokens) or past.can_be_cut
    return same if whole and same >= SHORTEST else 0


def _most_positions(model: PreTrainedModel, bytes_: int) -> int | None:
    """Give the positions that there may be, if it is known what one takes."""
    try:
        return bytes_ // position_bytes(model)
    except AttributeError:
        return None
