"""Where sentences end, in English and Chinese: what trimming, cutting and splitting agree on."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A full stop after one of these ends no sentence.
ABBREVIATIONS = frozenset(
    {
        "mr", "mrs", "ms", "dr", "prof", "rev", "hon", "st", "mt", "sr", "jr", "capt", "col", "gen", "lt", "sgt", "maj",
        "gov", "sen", "rep", "messrs", "mme", "mlle", "vol", "vs", "etc", "viz", "cf", "esq", "inc", "ltd", "co",
        "dept", "approx", "e.g", "i.e", "a.m", "p.m",
    }
)  # fmt: skip
CLOSERS = "\"'”’»)]}*_」』）】〉》"
# Chinese has no space behind a sentence; an ellipsis within an English word or before one is a pause.
_END = re.compile(
    rf"[.!?…]+[{re.escape(CLOSERS)}]*(?=\s|$)"
    rf"|[。！？…]*[。！？][。！？…]*[{re.escape(CLOSERS)}]*|…++[{re.escape(CLOSERS)}]*+(?![a-zA-Z])"
)
# Before a number it is short for “number”, and before anything else it is an answer.
_NUMBER = "no"
_WORD_BEFORE = re.compile(r"([^\W\d_]+(?:\.[^\W\d_]+)*)\.$")


def sentence_ends(text: str) -> Iterator[int]:
    """Give the offsets just behind each finished sentence, closing quotes and brackets included.

    An initial (“J. M. Barrie”) or an abbreviation ends no sentence, nor does a mark within a word or number.
    """
    for match in _END.finditer(text):
        if not _is_abbreviation(text, match):
            yield match.end()


def _is_abbreviation(text: str, match: re.Match[str]) -> bool:
    if match.group() != ".":
        return False
    word = _WORD_BEFORE.search(text, max(0, match.start() - 12), match.end())
    if word is None:
        return False
    if word[1].lower() == _NUMBER:
        following = text[match.end() : match.end() + 3].strip()
        return match.end() < len(text) and (not following or following[0].isdigit())
    is_initial = len(word[1]) == 1 and word[1].isupper() and word[1] != "I"
    # Behind either a capital would begin a sentence as well as a name: the name is the likelier.
    return (is_initial or word[1].lower() in ABBREVIATIONS) and match.end() < len(text)


def last_sentence_end(text: str) -> int:
    """Give the offset behind the last finished sentence; 0 if there is none."""
    end = 0
    for end in sentence_ends(text):  # noqa: B007 - the last one is wanted
        pass
    return end


def cut_before(text: str, limit: int) -> int:
    """Give the best offset, at most `limit`, at which a text can be broken: paragraph, sentence, line, word, any.

    A break in the first half would waste the space, so the next coarser kind is taken then.
    """
    if len(text) <= limit:
        return len(text)
    head = text[:limit]
    # The character behind the limit is shown too, for a sentence that ends exactly there.
    candidates = (
        head.rfind("\n\n") + 2,
        max((end for end in sentence_ends(text[: limit + 1]) if end <= limit), default=0),
        head.rfind("\n") + 1,
        head.rfind(" ") + 1,
    )
    return next((cut for cut in candidates if cut > limit // 2), limit)


def split(text: str, limit: int) -> list[str]:
    """Split a text into parts of at most `limit` characters, at sentences where it can be."""
    parts = []
    while text:
        cut = cut_before(text, limit)
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [part for part in parts if part]
