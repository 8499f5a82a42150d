"""A run that does not fit is refused, on a GPU by the GPU's memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch

from bot.tuning import trial
from bot.tuning.errors import MemoryTooSmallError
from bot.tuning.recipe import Recipe
from bot.tuning.trial import Estimate, memory_errors_told, require_memory

RECIPE = Recipe(batch=8, at_once=8)


@contextmanager
def gpu(monkeypatch: pytest.MonkeyPatch, *, free: int, peak: int = 0, kept: int = 0) -> Iterator[None]:
    """A CUDA device that says so many bytes of itself."""
    with monkeypatch.context() as patch:
        patch.setattr(torch.cuda, "is_available", lambda: True)
        patch.setattr(torch.cuda, "mem_get_info", lambda: (free, 80_000_000_000))
        patch.setattr(torch.cuda, "max_memory_allocated", lambda: peak)
        patch.setattr(torch.cuda, "memory_reserved", lambda: kept)
        patch.setattr(torch.cuda, "memory_allocated", lambda: 0)
        yield


def test_on_a_gpu_its_own_memory_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = Estimate(step_seconds=1, seconds=1, memory_mb=5_000)
    with (
        gpu(monkeypatch, free=4_000_000_000, kept=500_000_000),
        pytest.raises(
            MemoryTooSmallError, match=r"needs about 5,000 MB of memory, and 4,500 MB are free\. Try --at-once 4"
        ),
    ):
        require_memory(needed, RECIPE)
    with gpu(monkeypatch, free=4_000_000_000, kept=2_000_000_000):
        require_memory(needed, RECIPE)


def test_what_was_taken_at_the_most_is_asked_of_the_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    with gpu(monkeypatch, free=0, peak=123):
        assert trial._taken() == 123
    assert trial._taken() > 1_000_000


def test_a_gpu_that_runs_out_of_memory_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        gpu(monkeypatch, free=4_000_000_000),
        pytest.raises(MemoryTooSmallError, match="needs more than 4,000 MB of memory"),
        memory_errors_told(RECIPE),
    ):
        raise torch.OutOfMemoryError("CUDA out of memory.")


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(RuntimeError, match="shapes"), memory_errors_told(RECIPE):
        raise RuntimeError("shapes do not fit")
