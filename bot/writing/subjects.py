"""Whether a story names what it was asked to be about. Pure functions."""

from __future__ import annotations

import re

from bot.stories.openings import is_chinese, read_prompt
from bot.writing.judging import words

# What somebody is or does is no longer what the story is about.
_CLAUSE = re.compile(r"(?<=\w)\s+(?:who|whose|which|that|in which)\b.*", re.IGNORECASE | re.DOTALL)
_CHINESE_COUNT = re.compile(r"^[一二两三几][个只条位头匹座名棵艘]?")
_SAYS_NOTHING = frozenset(
    {
        "a", "an", "the", "some", "any", "this", "that", "my", "your", "his", "her", "its", "our", "their", "me", "you",
        "i", "we", "it", "he", "she", "they", "us", "him", "them", "and", "or", "but", "of", "in", "on", "at", "to",
        "with", "for", "from", "by", "as", "into", "about", "out", "up", "down", "off", "over", "is", "are", "was",
        "were", "be", "do", "does", "did", "has", "have", "had", "can", "could", "would", "will", "not", "no", "what",
        "why", "how", "who", "when", "where", "which", "if", "there", "one", "two", "three", "something", "someone",
        "another", "please", "story", "stories", "tale", "tales", "write", "tell", "make", "create", "short", "long",
        "happens", "happen", "happened", "know", "goes", "go", "get", "gets", "very", "really", "good", "nice",
    }
)  # fmt: skip
_PREFIX_LETTERS = 5  # from this length on, a longer word with the same beginning is taken for the same


def subject_of(prompt: str) -> frozenset[str]:
    """Give the words that say what a story is to be about, without their endings; of Chinese, what it ends with.

    Empty for a prompt that begins the story itself, and for a wish that names nothing.
    """
    return subject_of_title(read_prompt(prompt).title)


def subject_of_title(title: str) -> frozenset[str]:
    """Give the same of a wish that was read already; see `Prompt.title`."""
    if is_chinese(title):
        what = _CHINESE_COUNT.sub("", title.rpartition("的")[2])
        return frozenset({what}) if what else frozenset()
    return _telling(_CLAUSE.sub("", title)) or _telling(title)


def names_subject(subject: frozenset[str], text: str) -> bool:
    """Say whether one of a subject's words, in whatever form, stands in a text.

    It is generous (“lonely” will do for “a lonely robot”), and so alike to both sides of a comparison.
    """
    found = {_stem(word) for word in words(text)}
    return any(
        word in found
        or (is_chinese(word) and word in text)
        or (len(word) >= _PREFIX_LETTERS and any(each.startswith(word) for each in found))
        for word in subject
    )


def _telling(text: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in words(text) if word not in _SAYS_NOTHING)


def _stem(word: str) -> str:
    word = re.sub(r"['’]s$", "", word)
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    return re.sub(r"(?<=ch|sh|ss)es$|(?<=x)es$|(?<!s)s$", "", word) if len(word) > 3 else word
