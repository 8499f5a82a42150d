"""The loss of a run as a picture."""

from __future__ import annotations

import io
from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bot.tuning.progress import Look, kept_of

SMOOTHED = 20
"""Steps that the mean of the training loss is taken over."""


def draw_curve(
    losses: Sequence[tuple[int, float]], looks: Sequence[Look], name: str, looked_at: str = "held out"
) -> bytes:
    """Draw the loss of each step and each look, as a PNG of 1,000 × 560 pixels. Blocking.

    The best look is marked; from there on, if the loss rose again, the ground is red: the model was learning by heart.

    Args:
        losses: Step and loss of what was learned from.
        looks: At what was held out.
        name: The model's.
        looked_at: What they were at, if nothing was held out.
    """
    figure = Figure(figsize=(10, 5.6), dpi=100, layout="constrained")
    axes = figure.add_subplot()
    steps = [step for step, _ in losses]
    axes.plot(steps, _smooth([loss for _, loss in losses]), color="#9aa3b2", label="learned from (mean of 20 steps)")
    axes.plot([look.step for look in looks], [look.loss for look in looks], "o-", color="#3b5bdb", label=looked_at)
    best = kept_of(looks)
    axes.plot([best.step], [best.loss], "o", markersize=12, markerfacecolor="none", color="#2b8a3e", label="kept")
    axes.annotate(
        f"step {best.step}: {best.loss:.3f}", (best.step, best.loss), (0, 16), textcoords="offset points", ha="right"
    )
    lowest, last = min(looks, key=lambda look: look.loss), looks[-1]
    if last.loss > lowest.loss:
        axes.axvspan(lowest.step, last.step, color="#fa5252", alpha=0.12, label="overfitting")
    axes.set_title(f"Fine-tuning {name}")
    axes.set_xlabel("step")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel("loss (nats per token)")
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def _smooth(losses: Sequence[float]) -> list[float]:
    return [
        sum(losses[max(0, at - SMOOTHED + 1) : at + 1]) / len(losses[max(0, at - SMOOTHED + 1) : at + 1])
        for at in range(len(losses))
    ]
