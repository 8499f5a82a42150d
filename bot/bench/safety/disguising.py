"""The kinds of disguise that people put words in, each a pure function of the word and a seeded source of chance."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType

Disguise = Callable[[str, random.Random], str]

_CYRILLIC = dict(zip("aceopxyikhbtm", "асеорхуікһьтм", strict=True))
_DIGITS = dict(zip("aeiostlbg", "43105719" + "9", strict=True)) | {"b": "8", "t": "7", "l": "1"}
_SIGNS = {"a": "@", "i": "!", "s": "$", "t": "+", "c": "(", "l": "|", "e": "€", "k": "|<", "o": "()"}
_SMALL_CAPITALS = dict(zip("abcdefghijklmnoprstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", strict=True))
_ACCENTED = dict(zip("aceiounsy", "äçéîöüñšý", strict=True))
_EMOJI = "💥🔥😀🍆❤✨👀🎉"
_VOWELS = "aeiou"


def spelt(table: Mapping[str, str]) -> Disguise:
    """Give the disguise that puts something else in each letter's place."""
    return lambda word, _: "".join(table.get(letter, letter) for letter in word)


def between(separator: str) -> Disguise:
    """Give the disguise that puts something between the letters."""
    return lambda word, _: separator.join(_signs(word))


def _signs(word: str) -> list[str]:
    """Give the letters, each with the marks on it."""
    signs: list[str] = []
    for character in word:
        if signs and unicodedata.combining(character):
            signs[-1] += character
        else:
            signs.append(character)
    return signs


def shifted(base: int) -> Disguise:
    """Give the disguise by an alphabet that begins elsewhere in Unicode."""
    return lambda word, _: "".join(chr(base + ord(letter) - 97) if "a" <= letter <= "z" else letter for letter in word)


def inserted(*marks: str) -> Disguise:
    """Give the disguise that puts marks in two places within a word."""

    def disguise(word: str, chance: random.Random) -> str:
        first = chance.randint(1, len(word) - 1)
        opened = chance.randint(0, first - 1)
        mark = chance.choice(marks)
        return word[:opened] + mark + word[opened:first] + mark + word[first:]

    return disguise


def _some(table: Mapping[str, str]) -> Disguise:
    """Put something else in the place of at least one letter that has it, and of half of the others."""

    def disguise(word: str, chance: random.Random) -> str:
        places = [place for place, letter in enumerate(word) if letter in table]
        if not places:
            return word
        changed = {chance.choice(places)} | {place for place in places if chance.random() < 0.5}
        return "".join(table[letter] if place in changed else letter for place, letter in enumerate(word))

    return disguise


def _masked_vowel(word: str, chance: random.Random) -> str:
    places = [place for place, letter in enumerate(word) if place and letter in _VOWELS]
    if not places:
        return word
    place = chance.choice(places)
    return word[:place] + chance.choice("*#%@!") + word[place + 1 :]


def _stretched(word: str, chance: random.Random) -> str:
    place = chance.randrange(len(word))
    return word[:place] + word[place] * chance.randint(3, 8) + word[place + 1 :]


def _doubled(word: str, _: random.Random) -> str:
    return "".join(letter * 2 for letter in word)


def _with_emoji(word: str, chance: random.Random) -> str:
    return "".join(letter + chance.choice(_EMOJI) for letter in word[:-1]) + word[-1]


def _in_emoji(word: str, chance: random.Random) -> str:
    return chance.choice(_EMOJI).join(word)


def _alternating(word: str, _: random.Random) -> str:
    return "".join(letter.upper() if place % 2 else letter for place, letter in enumerate(word))


FIRST: Mapping[str, Disguise] = MappingProxyType(
    {
        "plain": lambda word, _: word,
        "capitals": lambda word, _: word.upper(),
        "alternating capitals": _alternating,
        "digits": _some(_DIGITS),
        "signs": _some(_SIGNS),
        "masked vowel": _masked_vowel,
        "stretched": _stretched,
        "doubled letters": _doubled,
        "full width": shifted(0xFF41),
        "accents": _some(_ACCENTED),
        "Cyrillic": _some(_CYRILLIC),
        "small capitals": spelt(_SMALL_CAPITALS),
        "circled": shifted(0x24D0),
        "mathematical": shifted(0x1D41A),
        "regional indicators": shifted(0x1F1E6),
        "zero width": between("\u200b"),
        "soft hyphens": between("\u00ad"),
        "spaces": between(" "),
        "dots": between("."),
        "dashes": between("-"),
        "underscores": between("_"),
        "line breaks": between("\n"),
        "emoji between": _with_emoji,
        "bold within": inserted("**", "__"),
        "spoiler within": inserted("||"),
        "code within": inserted("`"),
    }
)
"""The kinds that the finder was built against."""
