"""`python -m bot bench safety`: what the safety layer finds, and what it costs."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.bench.safety import evasions, speed
from bot.bench.safety.evasions import Rate
from bot.bench.safety.quality import Share, confusion, read_development, shares
from bot.bench.stories import typed_prompts
from bot.safety.layer import Safety
from bot.safety.opening import NONE, open_classifier, open_finders
from bot.safety.policy import STANDARD
from bot.standalone import open_alone
from config.settings import Settings

PROSE = (
    "The lighthouse keeper had not slept for three nights. “Who goes there?” he called into the fog, and nobody "
    "answered. Below him the sea drew back from the rocks as if it were taking a breath, and then he saw the lamp of "
    "a ship, far too near, and heard men laughing. He rang the bell until his arms ached. "
)
TEXTS = 4_000
SUMS = frozenset({"all single", "mixtures", "Chinese", "honest English", "honest Chinese"})
"""Rows of `evasions.measure` that are shown in any case; single kinds where something is missed."""


def measure(settings: Settings, model: str | None) -> dict[str, Any]:
    """Measure quality and speed, and print both.

    Args:
        settings: The operator's.
        model: What writes the streams that the guard reads; None leaves that out.
    """
    finders, classifier = open_finders(), open_classifier(settings.safety.classifier)
    safety, words = Safety(finders, classifier), Safety(finders)
    groups, samples = read_development()
    verdicts = asyncio.run(safety.read_all([sample.text for sample in samples], STANDARD))
    found = shares(groups, samples, verdicts)
    disguised = evasions.measure(finders[0])
    _show(found, disguised)
    figures: dict[str, Any] = {
        "quality": {
            each.group: {"found": round(each.share, 4), "texts": each.texts, "aim": each.asked.aim} for each in found
        },
        "confusion": confusion(samples, verdicts),
        "disguises": {kind: round(rate.share, 4) for kind, rate in disguised.items()},
        **speed.finders_cost(finders, PROSE),
        "words_texts_per_s_200": round(asyncio.run(speed.texts_per_second(words, _texts(TEXTS)))),
    }
    if classifier is not None:
        figures |= speed.classifier_cost(classifier, PROSE * 2)
        figures["texts_per_s_200"] = round(asyncio.run(speed.texts_per_second(safety, _texts(TEXTS // 8))))
    if model is not None:
        figures |= asyncio.run(_streams(settings, model, safety))
    return figures


def _texts(number: int) -> list[str]:
    """Give different texts of 200 characters."""
    whole = PROSE * 2
    return [f"{index} {whole[index % 200 : index % 200 + 195]}"[:200] for index in range(number)]


async def _streams(settings: Settings, model: str, safety: Safety) -> dict[str, float]:
    unread = settings.model_copy(update={"safety": settings.safety.model_copy(update={"classifier": NONE})})
    async with open_alone(unread, model) as parts:
        return await speed.stream_cost(parts.engine, model, safety, typed_prompts())


def _show(found: Sequence[Share], disguised: Mapping[str, Rate]) -> None:
    table = Table("group", "texts", "found", "95 %", "aim", box=None)
    for each in found:
        interval, aim = each.interval, f"{'≥' if each.asked.wanted else '≤'} {each.asked.aim:.1%}"
        table.add_row(
            each.group,
            str(each.texts),
            f"{each.share:.1%}",
            f"{interval.low:.1%} – {interval.high:.1%}",
            aim if each.reached else f"{aim}  missed",
        )
    rates = Table("disguised words, honest lines", "of", "as they should be", box=None)
    for kind, rate in disguised.items():
        if kind in SUMS or rate.share < 1:
            rates.add_row(kind, str(rate.all), f"{rate.share:.1%}")
    console = Console(file=sys.stdout)
    console.print(table)
    console.print(rates)
