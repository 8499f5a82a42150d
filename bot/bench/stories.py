"""How good stories are that nobody picked: counts of what a reader would be annoyed by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.stories.sentences import last_sentence_end
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


def typed_prompts(file: Path = PROMPTS) -> list[str]:
    """Read prompts as people type them, one a line."""
    return [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def measure(texts: Sequence[str], written_again: int = 0) -> StoryFigures:
    """Count over finished texts; an empty one is a failure."""
    written = [text.strip() for text in texts if text.strip()]
    return StoryFigures(
        stories=len(texts),
        mid_sentence=sum(last_sentence_end(text) != len(text) for text in written),
        looping=sum(map(loops, written)),
        junk=sum(find_junk(text) is not None for text in written),
        short=sum(letters(text) < SHORT_LETTERS for text in written),
        failed=len(texts) - len(written),
        written_again=written_again,
        words=round(sum(len(text.split()) for text in written) / max(1, len(written)), 1),
    )
