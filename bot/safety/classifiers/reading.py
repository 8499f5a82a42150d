"""A text as the classifier reads it: what is drawn is named, what is hidden is gone."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SKIN = {"\U0001f3fb": " white", "\U0001f3fc": " white", "\U0001f3fe": " black", "\U0001f3ff": " black"}
_SPACE = re.compile(r"\s+")
_DRAWN = re.compile("[\u2190-\u2bff\u3030\u303d\ufe0f\u200d\U0001f000-\U0001faff]")


def plain(text: str) -> str:
    """Give a text in compatibility forms, with emoji in words (“🔪” is “hocho”, as Unicode calls it)."""
    text = unicodedata.normalize("NFKC", text)
    if not text.isascii():
        text = _DRAWN.sub(lambda drawn: _named(drawn[0]), text)
        text = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return _SPACE.sub(" ", text).strip()


@lru_cache(maxsize=4096)
def _named(character: str) -> str:
    if character in _SKIN:
        return _SKIN[character]
    if unicodedata.category(character) not in {"So", "Sk"}:
        return ""
    return f" {unicodedata.name(character, '').lower()} "
