"""Sentences made from patterns with slots."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.classifier.labels import LABELS, UNKNOWN, Example

_SLOT = re.compile(r"\{(\w+)\}")


def learned(file: Path, a_pattern: int, seed: int, beside: Sequence[str] = ()) -> Iterator[Example]:
    """Fill the patterns of a file to learn from them.

    Args:
        file: What is said in its head.
        a_pattern: Examples of each; those with few ways to be filled come again, as what is rare has to.
        seed: Of all that is left to chance.
        beside: Harmless sentences; two in five examples get one of them before or behind.
    """
    dice = random.Random(seed)  # noqa: S311 - nothing depends on its being unforeseeable
    for pattern in _read(file):
        for _ in range(a_pattern):
            yield Example(_joined(pattern.filled(dice), beside, dice), pattern.answers, pattern.source)


def measuring(file: Path, a_pattern: int, seed: int) -> Iterator[Example]:
    """Fill the patterns of a file to measure what was learned: up to so many different examples of each."""
    dice = random.Random(seed)  # noqa: S311
    for pattern in _read(file):
        for text in sorted({pattern.filled(dice) for _ in range(a_pattern)}):
            yield Example(text, pattern.answers, pattern.source, held_out=True)


@dataclass(frozen=True)
class _Pattern:
    text: str
    slots: Mapping[str, Sequence[str]]
    answers: tuple[int, ...]
    source: str

    def filled(self, dice: random.Random) -> str:
        """Fill the slots, and write it as people type: now and then without capitals, or without the full stop."""
        text = _SLOT.sub(lambda slot: dice.choice(self.slots[slot[1]]), self.text)
        text = text[0].upper() + text[1:]
        if dice.random() < 0.3:
            text = text.lower()
        if dice.random() < 0.3:
            text = text.rstrip(".")
        return text


def _read(file: Path) -> Iterator[_Pattern]:
    written = tomllib.loads(file.read_text(encoding="utf-8"))
    for group in written["groups"]:
        answers = tuple(
            UNKNOWN if label in group.get("unknown", ()) else int(label in group["labels"]) for label in LABELS
        )
        for text in group["patterns"]:
            yield _Pattern(text, written["slots"], answers, f"patterns:{group['name']}")


def _joined(text: str, beside: Sequence[str], dice: random.Random) -> str:
    if not beside or dice.random() > 0.4:
        return text
    other = dice.choice(beside)
    return f"{other} {text}" if dice.random() < 0.5 else f"{text} {other}"
