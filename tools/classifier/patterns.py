"""Sentences made from patterns with slots."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.classifier.labels import LABELS, UNKNOWN, Example

KEPT_OUT = 4
"""Every so many patterns of a group one measures instead of being learned from."""
_SLOT = re.compile(r"\{(\w+)\}")


def sentences(file: Path, a_pattern: int, seed: int, beside: Sequence[str] = ()) -> Iterator[Example]:
    """Fill the patterns of a file.

    Args:
        file: What is said in its head.
        a_pattern: Examples of each; those with few ways to be filled come again, as what is rare has to.
        seed: Of all that is left to chance.
        beside: Harmless sentences; two in five examples get one of them before or behind.
    """
    dice = random.Random(seed)  # noqa: S311 - nothing depends on its being unforeseeable
    written = tomllib.loads(file.read_text(encoding="utf-8"))
    for group in written["groups"]:
        answers = tuple(
            UNKNOWN if label in group.get("unknown", ()) else int(label in group["labels"]) for label in LABELS
        )
        source = f"patterns:{group['name']}"
        for place, pattern in enumerate(group["patterns"]):
            held_out = place % KEPT_OUT == KEPT_OUT - 1
            texts = [_filled(pattern, written["slots"], dice) for _ in range(a_pattern)]
            if held_out:
                yield from (Example(text, answers, source, held_out) for text in sorted(set(texts))[: a_pattern // 4])
            else:
                yield from (Example(_joined(text, beside, dice), answers, source, held_out) for text in texts)


def _joined(text: str, beside: Sequence[str], dice: random.Random) -> str:
    if not beside or dice.random() > 0.4:
        return text
    other = dice.choice(beside)
    return f"{other} {text}" if dice.random() < 0.5 else f"{text} {other}"


def _filled(pattern: str, slots: dict[str, list[str]], dice: random.Random) -> str:
    """Fill the slots, and write it as people type: now and then without capitals, or without the full stop."""
    text = _SLOT.sub(lambda slot: dice.choice(slots[slot[1]]), pattern)
    text = text[0].upper() + text[1:]
    if dice.random() < 0.3:
        text = text.lower()
    if dice.random() < 0.3:
        text = text.rstrip(".")
    return text
