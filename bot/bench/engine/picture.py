"""The comparison of engines as a picture."""

from __future__ import annotations

import io
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.bench.engine.table import Row, Table

OWN = {"openvino": "#3b5bdb", "torch": "#2b8a3e"}
OTHERS = {
    "openvino-raw": "#91a7ff",
    "generate-float32": "#adb5bd",
    "generate-bfloat16": "#868e96",
    "ctranslate2": "#e8590c",
    "llama.cpp": "#5f3dc4",
}


def draw_engines(table: Table, title: str) -> bytes:
    """Draw speed and the time to the first token against the streams, as a PNG of 1,200 × 520 pixels. Blocking.

    Args:
        table: With at least one row.
        title: What was measured, and where.
    """
    figure = Figure(figsize=(12, 5.2), dpi=100, layout="constrained")
    speed, wait = figure.subplots(1, 2)
    for engine, colour in (OTHERS | OWN).items():
        rows = sorted((row for row in table.rows if row.engine == engine), key=lambda row: row.streams)
        if rows:
            line = {"color": colour, "linewidth": 2.5 if engine in OWN else 1.5, "label": f"{engine} ({rows[0].dtype})"}
            counts = [row.streams for row in rows]
            speed.plot(counts, [row.tokens_per_s for row in rows], "o-", **line)
            wait.plot(counts, [row.ttft_ms_p95 for row in rows], "o-", **line)
    _finish(speed, table.rows, "tokens a second, all streams")
    _finish(wait, table.rows, "milliseconds to the first token (p95)")
    wait.set_yscale("log")
    speed.legend(loc="upper left")
    figure.suptitle(title)
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def _finish(axes: Axes, rows: Sequence[Row], shown: str) -> None:
    counts = sorted({row.streams for row in rows})
    axes.set_xscale("log", base=2)
    axes.set_xticks(counts, [str(count) for count in counts])
    axes.set_xlabel("texts written at once")
    axes.set_ylabel(shown)
    axes.grid(visible=True, alpha=0.3)
