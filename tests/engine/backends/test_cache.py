from __future__ import annotations

import pytest
import torch

from bot.engine.backends.pytorch.cache import Rows

LAYERS, HEADS, SIZE = 2, 2, 3


@pytest.fixture
def rows() -> Rows:
    """Two rows of four positions, of which the first was written: 1 in the first row, 2 in the second."""
    rows = Rows(LAYERS)
    rows.hold(2, 4)
    rows.aim(0, torch.tensor([[0], [0]]), 1)
    for layer in range(LAYERS):
        new = torch.tensor([1.0, 2.0])[:, None, None, None].expand(2, HEADS, 1, SIZE)
        rows.update(new, 10 * new, layer)
    return rows


def firsts(rows: Rows) -> list[list[float]]:
    """What is kept at the first position of each row, keys and values of every layer."""
    return [[float(store[row, 0, 0, 0]) for kept in rows._kept for store in kept] for row in range(rows.rows)]


def test_what_is_kept_stays_when_there_is_more_room(rows: Rows) -> None:
    rows.hold(3, 8)
    assert firsts(rows) == [[1, 10] * LAYERS, [2, 20] * LAYERS, [0, 0] * LAYERS]
    rows.hold(1, 8)
    assert firsts(rows) == [[1, 10] * LAYERS]


def test_rows_change_places_and_are_copied(rows: Rows) -> None:
    rows.exchange(0, 1, 1)
    assert firsts(rows) == [[2, 20] * LAYERS, [1, 10] * LAYERS]
    rows.copy_row(0, 1, 1)
    assert firsts(rows) == [[2, 20] * LAYERS] * 2


def test_where_memory_runs_out_rows_stay_where_they_are(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(*_: object) -> torch.Tensor:
        raise torch.OutOfMemoryError("Tried to allocate 20.00 MiB.")

    before = firsts(rows)
    monkeypatch.setattr(torch, "empty_like", none_left)
    with pytest.raises(torch.OutOfMemoryError):
        rows.exchange(0, 1, 1)
    assert firsts(rows) == before


def test_a_layer_reads_what_was_written_before_it_too(rows: Rows) -> None:
    rows.aim(1, torch.tensor([[1, 2]]), 3)
    keys, values = rows.update(torch.full((1, HEADS, 2, SIZE), 5.0), torch.full((1, HEADS, 2, SIZE), 6.0), 0)
    assert keys.shape == values.shape == (1, HEADS, 3, SIZE)
    assert keys[0, 0, :, 0].tolist() == [2, 5, 5]
    assert values[0, 0, :, 0].tolist() == [20, 6, 6]
