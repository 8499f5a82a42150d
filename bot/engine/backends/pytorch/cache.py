"""Keys and values of many streams, laid out beforehand: a row a stream."""

from __future__ import annotations

import torch
from transformers import Cache


class Rows(Cache):  # type: ignore[misc]  # transformers has no types
    """For each layer two tensors of (rows, heads, positions, size).

    Args:
        layers: Of the model.
    """

    def __init__(self, layers: int) -> None:
        super().__init__(layers=[])
        self._kept: list[list[torch.Tensor]] = [[] for _ in range(layers)]
        self.rows = self.positions = 0
        self._first = self._longest = 0
        self._written = torch.zeros((0, 0), dtype=torch.long)
        self._row_numbers = torch.zeros(0, dtype=torch.long)

    def hold(self, rows: int, positions: int) -> None:
        """Have so many rows and positions, with what is kept in those that were there.

        Where memory runs out, there are as many as all layers have by then.
        """
        self.rows, self.positions = min(self.rows, rows), min(self.positions, positions)
        for kept in self._kept:
            kept[:] = [_fitted(store, rows, positions) for store in kept]
        self.rows, self.positions = rows, positions

    def aim(self, first: int, positions: torch.Tensor, longest: int) -> None:
        """Say where the next run of the model writes.

        Args:
            first: The first of its rows.
            positions: Of each of its tokens, (rows, tokens): many rows with a token each, or one row with many.
            longest: Positions that it reads.
        """
        self._first, self._written, self._longest = first, positions, longest
        self._row_numbers = torch.arange(first, first + len(positions), device=positions.device)

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, layer_idx: int, *_: object, **__: object
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Keep what a layer made, and give all that it has to read."""
        count, heads, tokens, size = key_states.shape
        rows, kept = slice(self._first, self._first + count), self._kept[layer_idx]
        if not kept:
            kept[:] = [key_states.new_zeros((self.rows, heads, self.positions, size)) for _ in range(2)]
        device = key_states.device  # of the layer, where a model is spread
        for store, new in zip(kept, (key_states, value_states), strict=True):
            if tokens == 1:
                store[self._row_numbers.to(device), :, self._written[:, 0].to(device)] = new[:, :, 0]
            else:
                begin = int(self._written[0, 0])
                store[self._first, :, begin : begin + tokens] = new[0]
        keys, values = (store[rows, :, : self._longest] for store in kept)
        return keys, values

    def exchange(self, one: int, other: int, positions: int) -> None:
        """Let the first positions of two rows change places; where memory runs out nothing has changed."""
        spare = None
        for store in (store for kept in self._kept for store in kept):
            first, second = store[one, :, :positions], store[other, :, :positions]
            spare = torch.empty_like(first) if spare is None else spare
            spare.copy_(first)
            first.copy_(second)
            second.copy_(spare)

    def clear_row(self, row: int) -> None:
        """Put zeros in a row: what is no number would come through any mask."""
        for store in (store for kept in self._kept for store in kept):
            store[row].zero_()

    def copy_row(self, one: int, other: int, positions: int) -> None:
        """Put the first positions of one row into another as well."""
        for store in (store for kept in self._kept for store in kept):
            store[other, :, :positions] = store[one, :, :positions]

    def get_seq_length(self, layer_idx: int = 0) -> int:  # noqa: ARG002 - as transformers declares it
        """Give a length, which nobody uses where positions are given."""
        return 0


def _fitted(store: torch.Tensor, rows: int, positions: int) -> torch.Tensor:
    """Give a tensor of so many rows and positions, with as much of the content as finds room."""
    if (store.shape[0], store.shape[2]) == (rows, positions):
        return store
    new = store.new_zeros((rows, store.shape[1], positions, store.shape[3]))
    some, seen = min(rows, store.shape[0]), min(positions, store.shape[2])
    new[:some, :, :seen] = store[:some, :, :seen]
    return new
