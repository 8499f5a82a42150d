"""`python -m bot bench engine`: the engine beside what people would use instead."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Column
from rich.table import Table as Shown

from bot.bench.engine import table
from bot.bench.engine.bandwidth import bandwidth_gb_s
from config.settings import Settings


def measure(
    settings: Settings,
    model: str | None,
    streams: Sequence[int],
    repeats: int,
    engines: Sequence[str],
    picture: Path | None,
) -> dict[str, Any]:
    """Measure, show the figures, draw them if asked to, and give them for a file."""
    errors = Console(stderr=True)
    with errors.status("measuring the memory's bandwidth") as status:
        bandwidth = bandwidth_gb_s()
        found = asyncio.run(table.measure(settings, model, streams, repeats, engines, status.update))
    _show(found, bandwidth)
    if picture and found.rows:
        from bot.bench.engine.picture import draw_engines  # noqa: PLC0415 - needs the extra `torch`

        title = f"{found.rows[0].model}: 64 + 64 tokens, memory {bandwidth:.0f} GB/s"
        picture.write_bytes(draw_engines(found, title))
    return {"bandwidth_gb_s": round(bandwidth, 1), **found.as_json()}


def _show(found: table.Table, bandwidth: float) -> None:
    console = Console(width=max(100, Console().width))
    columns = ("engine", "dtype", "streams", "tokens/s", "first, p50", "p95", "memory")
    shown = Shown(*(Column(name, no_wrap=True) for name in columns), box=None)
    for rows, mode in ((found.rows, ""), (found.reproducible, " (reproducible)")):
        for row in sorted(rows, key=lambda row: (row.engine, row.streams)):
            shown.add_row(
                f"{row.engine}{mode}",
                row.dtype,
                str(row.streams),
                f"{row.tokens_per_s:,.0f}",
                f"{row.ttft_ms_p50:,.0f} ms",
                f"{row.ttft_ms_p95:,.0f} ms",
                f"{row.peak_mb:,.0f} MB",
            )
    console.print(shown)
    for name, values in found.ratios().items():
        console.print(f"{name}: " + ", ".join(f"{ratio:.2f} at {count}" for count, ratio in values.items()))
    console.print(f"memory is read at {bandwidth:.1f} GB/s")
    for reason in found.left_out:
        console.print(reason, style="yellow")
