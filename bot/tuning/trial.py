"""What a run will take, measured by a step before anything long begins."""

from __future__ import annotations

import time
from collections.abc import Sequence
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
    """
    process = psutil.Process()
    before = process.memory_info().rss
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model.to(device)
    model.train()
    rows = [blocks[number % len(blocks)] for number in range(recipe.at_once)]
    tokens = torch.tensor(rows, device=device)
    seconds, most = 0.0, 0
    for _ in range(2):
        started = time.perf_counter()
        with torch.autocast(device, torch.bfloat16, enabled=has_bfloat16()):
            loss = model(input_ids=tokens, labels=tokens).loss
        most = max(most, process.memory_info().rss)
        loss.backward()
        most = max(most, process.memory_info().rss)
        seconds = time.perf_counter() - started
    model.zero_grad()
    trained = sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
    step = seconds * recipe.batch / recipe.at_once
    steps = recipe.steps_for(len(blocks))
    looks = steps // min(recipe.evaluate_every, steps) + 1
    look = seconds / recipe.at_once * held_out * _LOOK_SHARE
    return Estimate(
        step_seconds=step,
        seconds=step * steps + look * looks,
        memory_mb=(most - before + trained * _OPTIMIZER_BYTES) / MB,
    )


def require_memory(needed: Estimate, recipe: Recipe) -> None:
    """Refuse a run that does not fit.

    Raises:
        MemoryTooSmallError: with the figures, and what would fit.
    """
    free = psutil.virtual_memory().available / MB
    if needed.memory_mb > free:
        less = max(
            each
            for each in range(1, recipe.at_once + 1)
            if recipe.batch % each == 0 and 2 * each <= max(recipe.at_once, 2)
        )
        raise MemoryTooSmallError(needed=f"{needed.memory_mb:,.0f}", free=f"{free:,.0f}", less=less)
