"""What is compiled from the word lists: every form that is looked for, and what it is looked up by."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping

from ahocorasick_rs import AhoCorasick

from bot.safety.words.between import Between
from bot.safety.words.disguises import Disguises
from bot.safety.words.lists import Entry, Place, Words
from bot.safety.words.normalise import squeeze
from bot.safety.words.spellings import in_two, misspelt

HAN = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""The characters of Chinese and Japanese, and their punctuation, as a range of a pattern."""
PHRASE = re.compile(r"[\s-]")
_HAS_SIGN = re.compile(r"[0-9@$!|]")
_HAS_HAN = re.compile(f"[{HAN}]")
_NO_LETTER = re.compile(r"[^a-z0-9]+")
_SHORTEST_SQUEEZED = 3
_SHORTEST_JOINED = 6
_LEET: Mapping[str, Mapping[int, str]] = {
    one: str.maketrans(
        {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "1": one, "!": one, "|": one}
    )
    for one in "il"
}


def plainly(text: str, one: str = "i") -> str:
    """Give a folded text with each sign read as the likeliest letter, strokes as an i or an l; its length stays."""
    return text.translate(_LEET[one])


class Forms:
    """All forms of all words.

    Args:
        words: The words.
        own: Whether they are a server's own, which may be everyday words: `good` does not mean `god` then as `shiit`
            does `shit`, while a comma between the words of a name hides nothing.
    """

    def __init__(self, words: Words, *, own: bool = False) -> None:
        self.doubled = not own
        """Whether a letter that is merely doubled may be a stretched one."""
        self.entries: Mapping[str, Entry] = dict(_all_forms(words))
        self.names: tuple[str, ...] = tuple(self.entries)
        self.disguised = words.disguised
        self.innocent: tuple[str, ...] = tuple(sorted(words.innocent))
        self.bounds: Mapping[str, tuple[bool, bool]] = {form: _bounds(form, self.entries[form]) for form in self.names}
        """For each form whether it must begin and end where a word does."""
        self.matcher = AhoCorasick([*self.names, *self.innocent])
        self.squeezed: Mapping[str, tuple[str, ...]] = _by_squeezed(
            name for name in self.names if " " not in name or name in words.entries
        )
        self.squeezed_names: tuple[str, ...] = tuple(self.squeezed)
        self.squeezed_matcher = AhoCorasick(self.squeezed_names)
        inside = {form for form, entry in self.entries.items() if entry.place is Place.ANYWHERE}
        self.disguises = Disguises(self.names, inside, doubled=self.doubled)
        self.masked: Mapping[str, str] = dict(_masked(words))
        """Forms in which letters are replaced by asterisks, by what is to be seen of them."""
        continued = (*self.names, *self._rests(words.innocent))
        self._phrases = sorted({squeeze(plainly(form)) for form in continued if PHRASE.search(form)})
        self.phrases = frozenset(form for form in words.entries if " " in form)
        """The listed forms of several words."""
        self.between = Between(self.phrases, commas=own)
        # A form that ends with a letter is decided only when it is known that no other letter follows.
        self._han = frozenset(
            form[:end]
            for form in continued
            if _HAS_HAN.search(form)
            for end in range(1, len(form) + (not _HAS_HAN.match(form[-1])))
        )

    def begins_phrase(self, text: str) -> bool:
        """Say whether words that follow a folded text may make it a phrase, or a phrase innocent."""
        if _HAS_SIGN.search(text):
            return any(self._begins_phrase(squeeze(plainly(text, one))) for one in "il")
        return self._begins_phrase(squeeze(text))

    def _begins_phrase(self, begun: str) -> bool:
        place = bisect_left(self._phrases, begun)
        return place < len(self._phrases) and self._phrases[place].startswith(begun)

    def begins_han(self, text: str) -> bool:
        """Say whether characters that follow a folded text may make it a Chinese form, or one innocent."""
        return text in self._han

    def _rests(self, innocent: Iterable[str]) -> Iterator[str]:
        """Give what is innocent from where a form begins in it: before that, nothing is undecided."""
        for phrase in innocent:
            for _, start, _ in self.matcher.find_matches_as_indexes(phrase, overlapping=True):
                yield phrase[start:]


def _all_forms(words: Words) -> Iterator[tuple[str, Entry]]:
    """Give the misspelt forms first, so that what is listed as it stands goes before them."""
    forms: dict[str, Entry] = {}
    for word in sorted(words.disguised):
        entry = words.entries.get(word)
        if entry is not None:
            meant = Entry(entry.name, entry.category, entry.severity)
            spellings = [*misspelt(word), *(split for split in in_two(word) if not words.honest & set(split.split()))]
            forms |= {form: meant for form in spellings if form not in words.honest}
    for form, entry in words.entries.items():
        joined = PHRASE.sub("", form)
        if joined != form and len(joined) >= _SHORTEST_JOINED and joined not in words.honest:
            forms.setdefault(joined, entry)
    yield from (forms | dict(words.entries)).items()


def _masked(words: Words) -> Iterator[tuple[str, str]]:
    for word in sorted(words.disguised, reverse=True):
        if word in words.entries and len(word) > 3:
            hidden = len(word) - 2
            yield word[0] + "*" * hidden + word[-1], word
            yield word[:2] + "*" * hidden, word
            yield word[0] + "*" * (hidden - 1) + word[-2:], word
            for place in range(1, len(word) - 1):
                yield word[:place] + "*" + word[place + 1 :], word
            for place in range(1, len(word) - 2):
                yield word[:place] + "**" + word[place + 2 :], word
    if "fuck" in words.entries:
        yield "f***", "fuck"


def _bounds(form: str, entry: Entry) -> tuple[bool, bool]:
    if entry.place is Place.ANYWHERE:
        return False, False
    return form[0].isalnum() and not _HAS_HAN.match(form[0]), form[-1].isalnum() and not _HAS_HAN.match(form[-1])


def _by_squeezed(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    forms: dict[str, tuple[str, ...]] = {}
    for name in names:
        short = squeeze(name)
        if len(short) >= _SHORTEST_SQUEEZED and name.isascii() and not _NO_LETTER.search(name.replace(" ", "")):
            forms[short] = (*forms.get(short, ()), name)
    return forms
