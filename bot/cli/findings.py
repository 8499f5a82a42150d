"""What the doctor finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's."""

    mark: Literal["✓", "!", "✗", "·"]
    """Well, worth a look, stops the bot, for information."""
    text: str
    advice: str = ""
    """What to do; empty where there is nothing to do."""


def well(text: str) -> Finding:
    """Say that something is as it should be."""
    return Finding("✓", text)


def note(text: str) -> Finding:
    """Say something for information."""
    return Finding("·", text)


def look(text: str, advice: str) -> Finding:
    """Say that something is worth a look, though the bot runs."""
    return Finding("!", text, advice)


def bad(text: str, advice: str) -> Finding:
    """Say that something stops the bot."""
    return Finding("✗", text, advice)
