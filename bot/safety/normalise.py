"""Text as a matcher should see it, with a way back to the original."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=8192)
def _fold(character: str) -> str:
    """Give what a character stands for: compatibility forms unified, case and accents gone, invisible ones empty."""
    if unicodedata.category(character) in {"Cf", "Mn", "Me", "Cc"} and character not in "\n\t":
        return ""
    folded = unicodedata.normalize("NFKD", character.casefold())
    return "".join(part for part in folded if unicodedata.category(part) not in {"Mn", "Me", "Cf"})


def normalise(text: str) -> tuple[str, list[int]]:
    """Fold a text for matching; white space of any kind and length becomes one space.

    Returns:
        The folded text, and for each of its characters the offset in the original that it came from.
    """
    characters: list[str] = []
    origin: list[int] = []
    for offset, character in enumerate(text):
        if character.isascii() and character.isalnum():
            characters.append(character.lower())
            origin.append(offset)
            continue
        for part in _fold(character):
            if not part.isspace():
                characters.append(part)
                origin.append(offset)
            elif not characters or characters[-1] != " ":
                characters.append(" ")
                origin.append(offset)
    return "".join(characters), origin
