"""All streams in one batch, over keys and values that are laid out beforehand: a row a stream."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass

import torch
from transformers import Cache, PreTrainedModel

from bot.engine.backends.pytorch.forward import Forward, Separately, last_logits

ROUND = 64  # positions: keys and values are read in steps of so many, so that shapes seldom change
ROUND_EXACTLY = 256  # where streams of different steps cannot go in one batch
PROBE = ((11, 7, 5, 3, 2), (13, 11, 7))
ALIKE = 0.99  # cosine of logits: bfloat16 differs by less between two shapes of a batch


@dataclass(slots=True)
class _Row:
    name: Hashable
    length: int = 0


class Together:
    """Steps streams in one batch.

    Rows are kept without gaps, so that a step reads a slice and copies nothing; a row that ends is filled by the last.

    Args:
        model: In eval mode; one that `can_go_together`.
        bytes_: The most that keys and values may take, if that leaves room for one stream.
        exactly: Give a stream the same numbers whoever stands beside it. Packed layers and torch's attention do, if
            only the positions that are read do not depend on the others (measured: torch 2.13, bfloat16 and float32).
            So streams go in one batch with those that read as many.
    """

    def __init__(self, model: PreTrainedModel, bytes_: int, *, exactly: bool = False) -> None:
        self._round = ROUND_EXACTLY if exactly else ROUND
        self._exactly = exactly
        self._model = model
        self._bytes = bytes_
        self._rows: list[_Row] = []
        self._store = _Store(model.config.get_text_config().num_hidden_layers)

    def feed(self, name: Hashable, tokens: Sequence[int]) -> torch.Tensor:
        """See `Forward.feed`."""
        place = self._place(name)
        if place is None:
            place = len(self._rows)
            self._rows.append(_Row(name))
        row = self._rows[place]
        positions = torch.arange(row.length, row.length + len(tokens), device=self._model.device)
        logits = self._run(torch.tensor([tokens], device=self._model.device), positions[None], place)[0]
        row.length += len(tokens)
        return logits

    def groups(self, tokens: Sequence[tuple[Hashable, int]]) -> Sequence[Sequence[tuple[Hashable, int]]]:
        """See `Forward.groups`."""
        found: dict[int, list[tuple[Hashable, int]]] = {}
        lengths = {row.name: row.length for row in self._rows}
        for name, token in tokens:
            found.setdefault(self._rounded(lengths[name] + 1) if self._exactly else 0, []).append((name, token))
        return list(found.values())

    def step(self, tokens: Sequence[tuple[Hashable, int]]) -> torch.Tensor:
        """See `Forward.step`."""
        by_name = dict(tokens)
        self._bring_forward(by_name.keys())
        rows = self._rows[: len(tokens)]
        ids = torch.tensor([[by_name[row.name]] for row in rows], device=self._model.device)
        positions = torch.tensor([[row.length] for row in rows], device=self._model.device)
        logits = self._run(ids, positions, 0)
        for row in rows:
            row.length += 1
        places = {row.name: place for place, row in enumerate(rows)}
        order = [places[name] for name, _ in tokens]
        return logits if order == sorted(order) else logits[order]

    def _rounded(self, positions: int) -> int:
        return -(-positions // self._round) * self._round

    def drop(self, name: Hashable) -> None:
        """See `Forward.drop`."""
        place = self._place(name)
        if place is not None:
            self._exchange(place, len(self._rows) - 1)
            self._rows.pop()

    def room(self, positions: Sequence[int]) -> bool:
        """See `Forward.room`; one stream alone always finds it."""
        return len(positions) == 1 or len(positions) * max(positions) * self._position_bytes() <= self._bytes

    def _place(self, name: Hashable) -> int | None:
        return next((place for place, row in enumerate(self._rows) if row.name == name), None)

    def _run(self, ids: torch.Tensor, positions: torch.Tensor, first: int) -> torch.Tensor:
        rows, tokens = positions.shape
        longest = self._rounded(int(positions.max()) + 1)
        self._store.aim(first, positions, longest)
        seen = torch.arange(longest, device=ids.device) <= positions[:, :, None]
        return last_logits(
            self._model,
            input_ids=ids,
            attention_mask=seen[:, None].expand(rows, 1, tokens, longest),
            position_ids=positions,
            past_key_values=self._store,
        )

    def _bring_forward(self, names: Collection[Hashable]) -> None:
        """Put the streams that are stepped into the first rows."""
        others = [place for place in range(len(names), len(self._rows)) if self._rows[place].name in names]
        for place in range(len(names)):
            if self._rows[place].name not in names:
                self._exchange(place, others.pop())

    def _exchange(self, one: int, other: int) -> None:
        if one != other:
            self._store.exchange(one, other)
            self._rows[one], self._rows[other] = self._rows[other], self._rows[one]

    def _position_bytes(self) -> int:
        config = self._model.config.get_text_config()
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        return int(2 * config.num_hidden_layers * heads * size * self._model.dtype.itemsize)


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
        alone, shared = (_tried(forward) for forward in (Separately(model), Together(model, 0)))
        if exactly and not _keeps_rows_apart(model):
            return False
    except (RuntimeError, ValueError, TypeError, IndexError, AttributeError):
        return False  # it keeps its past in a way of its own
    return float(torch.cosine_similarity(alone, shared, dim=-1).min()) > ALIKE


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


class _Store(Cache):  # type: ignore[misc]  # transformers has no types
    """Keys and values of all rows: for each layer two tensors of (rows, heads, positions, size)."""

    def __init__(self, layers: int) -> None:
        super().__init__(layers=[])
        self._kept: list[list[torch.Tensor]] = [[] for _ in range(layers)]
        self._first = self._longest = 0
        self._positions = torch.zeros((0, 0), dtype=torch.long)
        self._row_numbers = torch.zeros(0, dtype=torch.long)

    def aim(self, first: int, positions: torch.Tensor, longest: int) -> None:
        """Say where the next run of the model writes.

        Args:
            first: The first of its rows.
            positions: Of each of its tokens, (rows, tokens): many rows with a token each, or one row with many.
            longest: Positions that it reads.
        """
        self._first, self._positions, self._longest = first, positions, longest
        self._row_numbers = torch.arange(first, first + len(positions), device=positions.device)

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, layer_idx: int, *_: object, **__: object
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Keep what a layer made, and give all that it has to read."""
        count, heads, tokens, size = key_states.shape
        rows = slice(self._first, self._first + count)
        kept = self._kept[layer_idx] or [key_states.new_zeros((0, heads, 0, size)) for _ in range(2)]
        self._kept[layer_idx] = kept = [_grown(store, rows.stop, self._longest) for store in kept]
        for store, new in zip(kept, (key_states, value_states), strict=True):
            if tokens == 1:
                store[self._row_numbers, :, self._positions[:, 0]] = new[:, :, 0]
            else:
                begin = int(self._positions[0, 0])
                store[self._first, :, begin : begin + tokens] = new[0]
        keys, values = (store[rows, :, : self._longest] for store in kept)
        return keys, values

    def exchange(self, one: int, other: int) -> None:
        """Let two rows change places."""
        for store in (store for kept in self._kept for store in kept):
            store[[one, other]] = store[[other, one]]

    def get_seq_length(self, layer_idx: int = 0) -> int:  # noqa: ARG002 - as transformers declares it
        """Give a length, which nobody uses where positions are given."""
        return 0


def _grown(store: torch.Tensor, rows: int, positions: int) -> torch.Tensor:
    """Give a tensor with the same content and at least so many rows and positions; rows are doubled."""
    if store.shape[0] >= rows and store.shape[2] >= positions:
        return store
    wanted = max(rows, 2 * store.shape[0]) if rows > store.shape[0] else store.shape[0]
    new = store.new_zeros((wanted, store.shape[1], max(store.shape[2], positions), store.shape[3]))
    new[: store.shape[0], :, : store.shape[2]] = store
    return new
