"""In which language a text is, as far as the product tells them apart. Pure functions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum

from bot.stories.openings import is_chinese

_SAMPLE = 20_000
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    {
        "the", "and", "of", "to", "a", "in", "was", "it", "he", "she", "that", "you", "his", "her", "with", "for",
        "had", "is", "on", "as", "but", "they", "i", "at", "not", "said", "my", "we", "this", "were", "be", "him",
    }
)  # fmt: skip
"""The commonest words of English stories. They make up 40 of 100 words there, and a few where words are shared: “he” is
Danish too, “was” German, “a” Spanish."""
_SHARE = 0.2


class Language(StrEnum):
    """A language that stories are told in here, or none of them."""

    ENGLISH = "en"
    CHINESE = "zh"
    OTHER = "other"


def language_of(text: str) -> Language:
    """Say which language a text is in, by its beginning."""
    sample = text[:_SAMPLE]
    if is_chinese(sample):
        return Language.CHINESE
    words = _WORD.findall(sample.lower())
    known = sum(word in _ENGLISH for word in words)
    return Language.ENGLISH if known >= _SHARE * len(words) and words else Language.OTHER


def shares(texts: Iterable[str]) -> Mapping[Language, float]:
    """Give the share of all characters that is in each language, the largest first; those of none are left out."""
    characters: Counter[Language] = Counter()
    for text in texts:
        characters[language_of(text)] += len(text)
    total = characters.total()
    return {language: count / total for language, count in characters.most_common() if count}
