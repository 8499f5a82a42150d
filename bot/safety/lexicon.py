"""The words that the safety layer looks for, and one compiled pattern for all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from bot.safety.normalise import normalise
from bot.safety.verdict import Category, Hit, Rule, Severity, Source
from config.checked import read_toml
from config.settings import CONFIG_DIR

LEXICON_FILE = CONFIG_DIR / "words" / "lexicon.toml"


class _LexiconFile(BaseModel):
    """What an operator edits."""

    model_config = ConfigDict(extra="forbid")

    allow: frozenset[str] = frozenset()
    categories: dict[Category, frozenset[str]]


def load_words(path: Path = LEXICON_FILE) -> Mapping[str, Category]:
    """Read better-profanity's list and the project's own, which says what is fiction and what is worse than that.

    Raises:
        ConfigurationError: the file cannot be read, or something in it cannot be used.
    """
    own = read_toml(path, TypeAdapter(_LexiconFile))
    listed = files("better_profanity").joinpath("profanity_wordlist.txt").read_text(encoding="utf-8")
    words = {normalise(word)[0]: Category.PROFANITY for word in listed.split("\n") if word.strip()}
    for category, entries in own.categories.items():
        words |= {normalise(word)[0]: category for word in entries}
    allowed = {normalise(word)[0] for word in own.allow} | {""}
    return {word: category for word, category in words.items() if word not in allowed}


class Lexicon:
    """Finds words in texts.

    Args:
        words: Folded words and what they fall under.
    """

    def __init__(self, words: Mapping[str, Category]) -> None:
        self.words = words
        # Longest first: an alternation takes the first that fits.
        alternation = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"
        self._pattern = re.compile(rf"(?<![^\W_])(?:{alternation})(?![^\W_])")
        self._longest = max(map(len, words), default=0) + 1

    def find(self, text: str) -> list[Hit]:
        """Give the words in a text."""
        folded, origin = normalise(text)
        return [self._hit(origin, match) for match in self._pattern.finditer(folded)]

    def settled(self, text: str) -> int:
        """Give the offset before which no word can begin or go on that is not there already."""
        folded, origin = normalise(text)
        undecided = len(folded) - self._longest
        if undecided <= 0:
            return 0
        cut = origin[undecided]
        return next((hit.start for hit in self.find(text) if hit.start < cut < hit.end), cut)

    def _hit(self, origin: list[int], match: re.Match[str]) -> Hit:
        category = self.words[match.group()]
        severity = Severity.SEVERE if category in {Category.SLUR, Category.SEXUAL_MINORS} else Severity.STRONG
        start, end = origin[match.start()], origin[match.end() - 1] + 1
        return Hit(start, end, category, severity, Rule(Source.WORD, match.group()))
