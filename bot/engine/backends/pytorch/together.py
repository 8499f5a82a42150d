"""All streams in one batch, over keys and values that are laid out beforehand; what has ended is remembered."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, field

import torch
from transformers import PreTrainedModel

from bot.engine.backends.pytorch.cache import Rows
from bot.engine.backends.pytorch.forward import (
    ALIKE,
    PROBE,
    PROMPT_TOKENS,
    SHORTEST,
    UNFIT,
    Forward,
    LastLogits,
    device_of,
    position_bytes,
    shared,
)
from bot.engine.backends.pytorch.separately import Separately

ROUND = 64  # positions: keys and values are read in steps of so many, so that shapes seldom change
ROUND_EXACTLY = 256  # where streams of different steps cannot go in one batch


@dataclass(slots=True)
class _Row:
    name: Hashable = None
    """The stream that writes in it; the last one, if it rests."""
    tokens: list[int] = field(default_factory=list)
    """Whose keys and values are in it."""
    whole: int = 0
    """How many of the first were read in whole pieces of `PROMPT_TOKENS`."""
    rested: int = 0
    """Greater than that of a row that was left before."""


class Together:
    """Steps streams in one batch.

    Rows that are written in stand first and without gaps, so that a step reads a slice and copies nothing. Behind them
    rest those of streams that have ended, as long as there is room: a stream that begins as one of either kind did
    goes on from there (llama.cpp's slots do the same), which makes the next turn of a story cheap, and another variant.

    Args:
        model: In eval mode; one that `can_go_together`.
        bytes_: The most that keys and values may take, if that leaves room for one stream.
        exactly: Give a stream the same numbers whoever stands beside it, and whatever is remembered. Packed layers and
            torch's attention do, if only the positions that are read do not depend on the others (measured: torch 2.13,
            bfloat16 and float32). So streams go in one batch with those that read as many, and only whole pieces of a
            prompt are remembered: what was written token by token has other numbers than what was read at once.
    """

    def __init__(self, model: PreTrainedModel, bytes_: int, *, exactly: bool = False) -> None:
        self._round = ROUND_EXACTLY if exactly else ROUND
        self._exactly = exactly
        self._run_model = LastLogits(model)
        self._device = device_of(model)
        self._bytes = bytes_
        self._position_bytes = position_bytes(model)
        self._rows: list[_Row] = []
        self._active = 0
        self._rests = itertools.count(1)
        self._store = Rows(model.config.get_text_config().num_hidden_layers)

    def begin(self, name: Hashable, tokens: Sequence[int]) -> int:
        """See `Forward.begin`."""
        before_last = tokens[:-1]  # the last one has to be read, for what comes behind it
        known, best = max(((self._shared(row, before_last), at) for at, row in enumerate(self._rows)), default=(0, 0))
        whole = min(self._rows[best].whole, known) if known else 0
        if known and best >= self._active:
            self._exchange(best, self._active)
        else:
            self._clear_next()
            if known:
                self._store.copy_row(best, self._active, known)
        self._rows[self._active] = _Row(name, list(tokens[:known]), whole)
        self._active += 1
        return known

    def feed(self, name: Hashable, tokens: Sequence[int]) -> torch.Tensor:
        """See `Forward.feed`."""
        if (place := self._place(name)) is None:
            self.begin(name, ())
            place = self._active - 1
        row = self._rows[place]
        length = len(row.tokens)
        positions = torch.arange(length, length + len(tokens), device=self._device)
        logits = self._run(torch.tensor([tokens], device=self._device), positions[None], place)[0]
        if row.whole == length and len(tokens) == PROMPT_TOKENS:
            row.whole += PROMPT_TOKENS
        row.tokens += tokens
        return logits

    def groups(self, tokens: Sequence[tuple[Hashable, int]]) -> Sequence[Sequence[tuple[Hashable, int]]]:
        """See `Forward.groups`."""
        found: dict[int, list[tuple[Hashable, int]]] = {}
        lengths = {row.name: len(row.tokens) for row in self._rows[: self._active]}
        for name, token in tokens:
            found.setdefault(self._rounded(lengths[name] + 1) if self._exactly else 0, []).append((name, token))
        return list(found.values())

    def step(self, tokens: Sequence[tuple[Hashable, int]]) -> torch.Tensor:
        """See `Forward.step`."""
        by_name = dict(tokens)
        self._bring_forward(by_name.keys())
        rows = self._rows[: len(tokens)]
        ids = torch.tensor([[by_name[row.name]] for row in rows], device=self._device)
        positions = torch.tensor([[len(row.tokens)] for row in rows], device=self._device)
        logits = self._run(ids, positions, 0)
        for row in rows:
            row.tokens.append(by_name[row.name])
        places = {row.name: place for place, row in enumerate(rows)}
        order = [places[name] for name, _ in tokens]
        return logits if order == sorted(order) else logits[order]

    def drop(self, name: Hashable, *, broken: bool = False) -> None:
        """See `Forward.drop`."""
        if (place := self._place(name)) is not None:
            if broken:
                self._rows[place].tokens.clear()
                self._store.clear_row(place)
            self._exchange(place, self._active - 1)
            self._active -= 1
            self._rows[self._active].rested = next(self._rests)

    def room(self, positions: Sequence[int]) -> bool:
        """See `Forward.room`; one stream alone always finds it."""
        return len(positions) == 1 or len(positions) <= self._most_rows(self._rounded(max(positions)))

    def _shared(self, row: _Row, tokens: Sequence[int]) -> int:
        """Count the first tokens that a row has, as far as they are worth it."""
        same = shared(row.tokens, tokens)
        if self._exactly:
            same = min(same, row.whole) // PROMPT_TOKENS * PROMPT_TOKENS
        return same if same >= SHORTEST else 0

    def _clear_next(self) -> None:
        """Have a row behind those that are written in that may be written over: a new one, or the oldest that rests."""
        resting = range(self._active, len(self._rows))
        if not resting or len(self._rows) < self._most_rows(self._store.positions):
            self._hold(len(self._rows) + 1, 0)
            self._rows.append(_Row())
            self._exchange(len(self._rows) - 1, self._active)
        else:
            self._exchange(min(resting, key=lambda place: self._rows[place].rested), self._active)

    def _hold(self, rows: int, positions: int) -> None:
        """Have room for so many rows and positions.

        Where that is more than there may be, resting rows go, and positions that only longer texts had.
        """
        store = self._store
        wanted, positions = positions, max(positions, store.positions)
        if max(self._active, rows) > self._most_rows(positions):
            del self._rows[max(self._active, rows) :]
            positions = max([wanted, *(self._rounded(len(row.tokens)) for row in self._rows)])
        most = self._most_rows(positions)
        while len(self._rows) > max(self._active, rows, most):
            self._rows.pop()
        rows = max(rows, len(self._rows))
        if rows > store.rows or positions != store.positions:
            ahead = 2 * store.rows if rows > store.rows else store.rows
            store.hold(max(rows, min(ahead, most)), positions)

    def _most_rows(self, positions: int) -> int:
        return self._bytes // (max(1, positions) * self._position_bytes)

    def _rounded(self, positions: int) -> int:
        return -(-positions // self._round) * self._round

    def _place(self, name: Hashable) -> int | None:
        return next((place for place in range(self._active) if self._rows[place].name == name), None)

    def _run(self, ids: torch.Tensor, positions: torch.Tensor, first: int) -> torch.Tensor:
        rows, tokens = positions.shape
        longest = self._rounded(int(positions.max()) + 1)
        self._hold(first + rows, longest)
        self._store.aim(first, positions, longest)
        seen = torch.arange(longest, device=ids.device) <= positions[:, :, None]
        return self._run_model(
            input_ids=ids,
            attention_mask=seen[:, None].expand(rows, 1, tokens, longest),
            position_ids=positions,
            past_key_values=self._store,
        )

    def _bring_forward(self, names: Collection[Hashable]) -> None:
        """Put the streams that are stepped into the first rows."""
        others = [place for place in range(len(names), self._active) if self._rows[place].name in names]
        for place in range(len(names)):
            if self._rows[place].name not in names:
                self._exchange(place, others.pop())

    def _exchange(self, one: int, other: int) -> None:
        if one != other:
            longest = max(len(self._rows[place].tokens) for place in (one, other))
            self._store.exchange(one, other, longest)
            self._rows[one], self._rows[other] = self._rows[other], self._rows[one]


def can_go_together(model: PreTrainedModel, *, exactly: bool = False) -> bool:
    """Tell whether streams of a model may share a batch: it sees its whole past, and a try gives the same numbers.

    Args:
        model: In eval mode.
        exactly: See `Together`.
    """
    config = model.config.get_text_config()
    kinds = set(getattr(config, "layer_types", None) or ["full_attention"])
    takes_positions = "position_ids" in inspect.signature(model.forward).parameters
    if kinds != {"full_attention"} or getattr(config, "sliding_window", None) or not takes_positions:
        return False
    try:
        alone, together = (_tried(forward) for forward in (Separately(model), Together(model, 0)))
        if exactly and not _keeps_rows_apart(model):
            return False
    except torch.OutOfMemoryError:
        raise
    except UNFIT:
        return False  # it keeps its past in a way of its own
    return float(torch.cosine_similarity(alone, together, dim=-1).min()) > ALIKE


def _tried(forward: Forward) -> torch.Tensor:
    """Let two streams be read and stepped, together and one of them alone."""
    read = torch.stack([forward.feed(index, tokens) for index, tokens in enumerate(PROBE)])
    return torch.cat([read, forward.step([(0, 5), (1, 9)]), forward.step([(1, 4)])]).float()


def _keeps_rows_apart(model: PreTrainedModel) -> bool:
    """Try whether a stream gets the very same numbers alone and among fifteen others."""
    found = []
    for others in (0, 15):
        forward = Together(model, 0, exactly=True)
        for other in range(others):
            forward.feed(f"other {other}", [3 + other, 2, 17 - other])
        read = forward.feed("it", PROBE[0])
        steps = [(f"other {other}", 4 + other) for other in range(others)] + [("it", 7)]
        found.append(torch.stack([read, *(forward.step(steps)[-1] for _ in range(4))]))
    return torch.equal(*found)
