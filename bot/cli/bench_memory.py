"""`python -m bot bench memory`: whether models take what `models info` says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import typer
from rich.console import Console
from rich.table import Column, Table

from bot.bench.engine import memory
from bot.bench.engine.shapes import VOCABULARY
from bot.engine.models.backend import running
from bot.engine.models.memory import MB
from bot.engine.models.registry import load_registry
from bot.engine.models.shape import Shape
from config.settings import Settings


def measure(settings: Settings, models: Sequence[str], dtypes: Sequence[str] | None) -> dict[str, Any]:
    """Measure, show the figures, and give them for a file."""
    known = {name: shape for name, shape in _shapes() if shape.vocabulary == VOCABULARY}
    if not known.keys() >= set(models):
        raise typer.BadParameter(f"Give models among {', '.join(known)}.")
    named = [(name, known[name]) for name in models]
    rows = asyncio.run(_rows(settings, named, dtypes or [running(settings.engine).dtype]))
    columns = ("weights", "workspace", "cache", "said", "measured", "measured / said")
    table = Table("model", "dtype", *(Column(name, justify="right") for name in columns), box=None)
    for row in rows:
        said = row.said
        sizes = (said.weights, said.workspace, said.cache, said.total, row.measured_mb * MB)
        table.add_row(row.model, row.dtype, *(f"{size / MB:,.0f} MB" for size in sizes), f"{row.ratio:.2f}")
    Console(width=max(100, Console().width)).print(table)
    return {
        "rows": [
            {
                "model": row.model,
                "backend": row.backend,
                "dtype": row.dtype,
                "said_mb": round(row.said.total / MB),
                "measured_mb": round(row.measured_mb),
                "ratio": round(row.ratio, 2),
            }
            for row in rows
        ]
    }


def _shapes() -> Iterator[tuple[str, Shape]]:
    for name, entry in load_registry().items():
        if entry.profile.shape:
            yield name, entry.profile.shape


async def _rows(
    settings: Settings, models: Sequence[tuple[str, Shape]], dtypes: Sequence[str]
) -> list[memory.MemoryRow]:
    with Console(stderr=True).status("measuring") as status:
        return [row async for row in memory.measure(settings, models, dtypes, status.update)]
