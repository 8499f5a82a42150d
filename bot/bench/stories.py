"""How good stories are that nobody picked: counts of what a reader would be annoyed by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.sentences import last_sentence_end
from bot.writing.judging import find_junk, letters, loops
from config.settings import CONFIG_DIR

PROMPTS = CONFIG_DIR / "prompts" / "typed.txt"
SHORT_LETTERS = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryFigures:
    """Counts over a number of stories."""

    stories: int
    mid_sentence: int
    """End without a full stop or its like."""
    looping: int
    """A run of four words comes more than three times."""
    junk: int
    """Hold chat markers, lists, statistics or addresses."""
    short: int
    """Have fewer than 60 letters."""
    failed: int
    """Nothing was written."""
    written_again: int
    """Were mended on the way: a sentence was taken back and written again."""
    words: float
    """Mean words of a story."""

    def as_json(self) -> dict[str, Any]:
        """Give the figures for a file."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class Faults:
    """What a reader would be annoyed by in one text; the names are those of `StoryFigures`."""

    mid_sentence: bool
    looping: bool
    junk: bool
    short: bool


def faults_of(text: str) -> Faults:
    """Look through a text that has no space at its end."""
    return Faults(
        mid_sentence=last_sentence_end(text) != len(text),
        looping=loops(text),
        junk=find_junk(text) is not None,
        short=letters(text) < SHORT_LETTERS,
    )


def typed_prompts(file: Path = PROMPTS) -> list[str]:
    """Read prompts as people type them, one a line."""
    return [line for line in file.read_text(encoding="utf-8-sig").splitlines() if line.strip()]


def measure(texts: Sequence[str], written_again: int = 0) -> StoryFigures:
    """Count over finished texts; an empty one is a failure."""
    written = [text.strip() for text in texts if text.strip()]
    faults = [faults_of(text) for text in written]
    return StoryFigures(
        stories=len(texts),
        mid_sentence=sum(each.mid_sentence for each in faults),
        looping=sum(each.looping for each in faults),
        junk=sum(each.junk for each in faults),
        short=sum(each.short for each in faults),
        failed=len(texts) - len(written),
        written_again=written_again,
        words=round(sum(len(text.split()) for text in written) / max(1, len(written)), 1),
    )
