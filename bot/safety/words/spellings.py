"""The forms that a listed word comes in: its inflections, and the ways in which it is commonly misspelt on purpose."""

from __future__ import annotations

from collections.abc import Iterator

_ENDINGS = (
    "", "s", "z", "es", "ed", "er", "ers", "in", "ing", "ings", "y", "ier", "iest", "a", "as", "az", "ah", "head",
    "heads", "face", "faced", "faces", "hole", "holes", "wad", "wads", "bag", "bags", "ish", "able",
)  # fmt: skip
_PLAIN_ENDINGS = ("s", "es", "ed", "er", "ers", "in", "ing", "ings", "y", "ier", "iest")
_VOWELS = "aeiou"
_LONG = 5
"""Letters of a word that is known though one of its vowels is left out."""
_INSTEAD = (
    ("ck", "k"), ("ck", "kk"), ("ck", "cc"), ("ck", "q"), ("ck", "c"), ("ck", "xk"), ("cks", "x"), ("f", "ph"),
    ("u", "v"), ("u", "oo"), ("u", "x"), ("i", "x"), ("i", "ee"), ("i", "y"), ("o", "0"), ("er", "a"), ("er", "ah"),
    ("er", "uh"), ("er", "r"), ("ers", "az"), ("ers", "as"), ("ing", "in"), ("ing", "en"), ("tch", "sh"),
    ("tch", "ch"), ("tch", "tsh"), ("c", "k"), ("k", "c"), ("w", "vv"), ("wh", "h"), ("ss", "zz"), ("gg", "qq"),
    ("g", "q"), ("s", "z"), ("or", "hor"),
)  # fmt: skip
"""Letters, and what is written for them."""


def inflected(stem: str) -> Iterator[str]:
    """Give a word with the usual endings of verbs, nouns and insults; an `e` at its end gives way to a vowel."""
    for ending in _ENDINGS:
        yield stem + ending
        if stem.endswith("e") and ending and ending[0] in "aeiy":
            yield stem[:-1] + ending


def with_endings(word: str) -> Iterator[str]:
    """Give a word, and its plain inflections: its last letter may be doubled before an ending, and an `e` give way."""
    yield word
    for ending in _PLAIN_ENDINGS:
        yield word + ending
        if ending[0] in "aeiy":
            yield word + word[-1:] + ending
            yield word.removesuffix("e") + ending


def misspelt(word: str) -> Iterator[str]:
    """Give the spellings in which a word of one piece is meant to be read and not to be found.

    Sounds written otherwise, vowels left out, two letters exchanged, written backwards, and pig Latin.
    """
    for old, new in _INSTEAD:
        if old in word:
            yield word.replace(old, new)
    without = word[0] + "".join(letter for letter in word[1:] if letter not in _VOWELS)
    if len(without) >= 3:
        yield without
    if len(word) >= _LONG:
        yield from (word[:place] + word[place + 1 :] for place in range(1, len(word)) if word[place] in _VOWELS)
    for place in range(1, len(word) - 1):
        yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    yield word[1] + word[0] + word[2:]
    yield word[::-1]
    onset = next((index for index, letter in enumerate(word) if letter in _VOWELS), 0)
    yield word[onset:] + word[:onset] + ("ay" if onset else "way")


def in_two(word: str) -> Iterator[str]:
    """Give a word with a space somewhere in it."""
    for place in range(1, len(word)):
        yield f"{word[:place]} {word[place:]}"
