"""What a run will take, measured by a step before anything long begins."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
import torch
from transformers import PreTrainedModel

from bot.tuning.errors import MemoryTooSmallError
from bot.tuning.packing import Block
from bot.tuning.recipe import Recipe
from bot.tuning.training import has_bfloat16

MB = 1_000_000
_OPTIMIZER_BYTES = 8
"""AdamW's two moments of a trained number, in float32."""
_LOOK_SHARE = 0.35
"""A block that is only looked at takes this share of the time of one that is learned from."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run will take."""

    step_seconds: float
    seconds: float
    """Of the whole run, if it is not stopped early."""
    memory_mb: float
    """That it needs beyond what this process has now."""


def estimate(model: PreTrainedModel, blocks: Sequence[Block], held_out: int, recipe: Recipe) -> Estimate:
    """Take two steps without changing the model, and measure the second. Blocking, for seconds.

    Args:
        model: What `trainable` gave.
        blocks: Blocks to learn from.
        held_out: Blocks that are looked at.
        recipe: The run.

    Raises:
        MemoryTooSmallError: not even these steps fit a GPU's memory.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    with memory_errors_told(recipe):
        model.to(device)
        model.train()
        seconds, taken = _step(model, torch.tensor(_rows(blocks, recipe), device=device), device)
    model.zero_grad()
    trained = sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
    step = seconds * recipe.batch / recipe.at_once
    steps = recipe.steps_for(len(blocks))
    looks = steps // min(recipe.evaluate_every, steps) + 1
    look = seconds / recipe.at_once * held_out * _LOOK_SHARE
    return Estimate(
        step_seconds=step,
        seconds=step * steps + look * looks,
        memory_mb=(taken + trained * _OPTIMIZER_BYTES) / MB,
    )


def require_memory(needed: Estimate, recipe: Recipe) -> None:
    """Refuse a run that does not fit.

    Raises:
        MemoryTooSmallError: with the figures, and what would fit.
    """
    free = _free() / MB
    if needed.memory_mb > free:
        raise _too_small(f"about {needed.memory_mb:,.0f}", free, recipe)


@contextmanager
def memory_errors_told(recipe: Recipe) -> Iterator[None]:
    """Turn a GPU's memory that runs out into an error of ours.

    Args:
        recipe: The run's.

    Raises:
        MemoryTooSmallError: it ran out.
    """
    free = _free() / MB
    try:
        yield
    except torch.OutOfMemoryError:
        raise _too_small(f"more than {free:,.0f}", free, recipe) from None


def _rows(blocks: Sequence[Block], recipe: Recipe) -> list[Block]:
    return [blocks[number % len(blocks)] for number in range(recipe.at_once)]


def _step(model: PreTrainedModel, tokens: torch.Tensor, device: str) -> tuple[float, int]:
    """Take two steps; give the seconds of the second, and the most bytes that they took beside what was there."""
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()
    before = most = _taken()
    seconds = 0.0
    for _ in range(2):
        started = time.perf_counter()
        with torch.autocast(device, torch.bfloat16, enabled=has_bfloat16()):
            loss = model(input_ids=tokens, labels=tokens).loss
        most = max(most, _taken())
        loss.backward()
        # What a GPU is told it does later.
        float(loss.detach())
        most = max(most, _taken())
        seconds = time.perf_counter() - started
    return seconds, most - before


def _taken() -> int:
    """Give the bytes that this process has now or, on a GPU, had at the most."""
    if torch.cuda.is_available():
        return int(torch.cuda.max_memory_allocated())
    return int(psutil.Process().memory_info().rss)


def _free() -> int:
    """Give the bytes that a run may take: on a GPU also those that torch has and does not use."""
    if torch.cuda.is_available():
        kept = torch.cuda.memory_reserved() - torch.cuda.memory_allocated()
        return int(torch.cuda.mem_get_info()[0] + kept)
    return int(psutil.virtual_memory().available)


def _too_small(needed: str, free: float, recipe: Recipe) -> MemoryTooSmallError:
    less = max(
        each for each in range(1, recipe.at_once + 1) if recipe.batch % each == 0 and 2 * each <= max(recipe.at_once, 2)
    )
    return MemoryTooSmallError(needed=needed, free=f"{free:,.0f}", less=less)
