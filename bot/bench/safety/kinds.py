"""Kinds of disguise that were written after the finder, without a look at it, and those of words in Chinese."""

from __future__ import annotations

import random
from collections.abc import Mapping
from types import MappingProxyType

from bot.bench.safety.disguising import FIRST, Disguise, between, inserted, shifted, spelt

__all__ = ["ALL", "CHINESE", "FIRST", "LATER", "SORTS"]

_VOWELS = "aeiou"
_MARKS = [chr(code) for code in range(0x300, 0x315)]
_TURNED = dict(zip("abcdefghijklmnoprtuvwy", "ɐqɔpǝɟƃɥᴉɾʞlɯuodɹʇnʌʍʎ", strict=True))
_RAISED = dict(zip("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True))
_HOOKED = dict(zip("bcdfghkmnpstuvyz", "ɓƈɗƒɠɦƙɱɲƥʂƭųʋƴȥ", strict=True))
_GREEK = dict(zip("aeikoptuvwxn", "αεικορτυνωχη", strict=True))
_FAUX_CYRILLIC = dict(zip("abeghkmnrtuwy", "аьеgнкмпятцшу", strict=True))
_DRAWN = {"k": "|<", "h": "|-|", "u": "|_|", "d": "|)", "w": "\\/\\/", "v": "\\/", "o": "()", "n": "|\\|", "m": "|\\/|"}
_TRADITIONAL = dict(zip("妈鸡贱货骚脑残马", "媽雞賤貨騷腦殘馬", strict=True))
_SOUNDS = (("ck", "kk"), ("f", "ph"), ("er", "ah"), ("s", "z"), ("or", "0r"), ("i", "ee"))


def _swapped(word: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _without_vowels(word: str, _: random.Random) -> str:
    short = word[0] + "".join(letter for letter in word[1:] if letter not in _VOWELS)
    return short if len(short) >= 3 else word


def _zalgo(word: str, chance: random.Random) -> str:
    return "".join(letter + "".join(chance.choices(_MARKS, k=chance.randint(1, 8))) for letter in word)


def _pig_latin(word: str, _: random.Random) -> str:
    onset = next((place for place, letter in enumerate(word) if letter in _VOWELS), 0)
    return word[onset:] + word[:onset] + ("ay" if onset else "way")


def _turned(word: str, _: random.Random) -> str:
    return "".join(_TURNED.get(letter, letter) for letter in reversed(word))


def _middle_masked(word: str, _: random.Random) -> str:
    return word[0] + "*" * (len(word) - 2) + word[-1]


def _cut(mark: str) -> Disguise:
    def disguise(word: str, chance: random.Random) -> str:
        place = chance.randint(1, len(word) - 1)
        return word[:place] + mark + word[place:]

    return disguise


def _mixed_case_dots(word: str, chance: random.Random) -> str:
    return "".join(letter + chance.choice(["", ".", "-", "_"]) for letter in word[:-1]) + word[-1]


def _uneven_spaces(word: str, chance: random.Random) -> str:
    return "".join(letter + " " * chance.randint(1, 3) for letter in word[:-1]) + word[-1]


def _by_sound(word: str, chance: random.Random) -> str:
    usable = [pair for pair in _SOUNDS if pair[0] in word]
    return word.replace(*chance.choice(usable)) if usable else word


def _each_in(opening: str, closing: str) -> Disguise:
    return lambda word, _: "".join(opening + letter + closing for letter in word)


def _bold_letters(word: str, _: random.Random) -> str:
    return " ".join(f"**{letter}**" for letter in word)


def _half_bold(word: str, chance: random.Random) -> str:
    place = chance.randint(1, len(word) - 1)
    return f"**{word[:place]}**{word[place:]}"


def _one_foreign(word: str, chance: random.Random) -> str:
    tables = [_GREEK, _HOOKED, _RAISED, _FAUX_CYRILLIC]
    usable = [(place, table[letter]) for place, letter in enumerate(word) for table in tables if letter in table]
    if not usable:
        return word
    place, other = chance.choice(usable)
    return word[:place] + other + word[place + 1 :]


def _marked_links(word: str, chance: random.Random) -> str:
    place = chance.randint(1, len(word) - 1)
    return f"[{word[:place]}](https://example.org){word[place:]}"


LATER: Mapping[str, Disguise] = MappingProxyType(
    {
        "backwards": lambda word, _: word[::-1],
        "letters exchanged": _swapped,
        "vowels left out": _without_vowels,
        "combining marks": _zalgo,
        "pig Latin": _pig_latin,
        "upside down": _turned,
        "raised letters": spelt(_RAISED),
        "hooked letters": spelt(_HOOKED),
        "Greek": spelt(_GREEK),
        "faux Cyrillic": spelt(_FAUX_CYRILLIC),
        "drawn letters": spelt(_DRAWN),
        "middle masked": _middle_masked,
        "cut by a space": _cut(" "),
        "cut by a hyphen": _cut("-"),
        "cut by a dot": _cut("."),
        "cut by an apostrophe": _cut("'"),
        "uneven signs": _mixed_case_dots,
        "uneven spaces": _uneven_spaces,
        "by sound": _by_sound,
        "bold letters": _bold_letters,
        "half bold": _half_bold,
        "struck out within": inserted("~~"),
        "backslashes": between("\\"),
        "slashes": between("/"),
        "asterisks between": between("*"),
        "commas": between(", "),
        "plus signs": between("+"),
        "ellipses": between("…"),
        "pipes": between("|"),
        "brackets": _each_in("[", "]"),
        "parentheses": _each_in("(", ")"),
        "fractur": shifted(0x1D51E),
        "monospaced": shifted(0x1D68A),
        "squared": shifted(0x1F130),
        "negative squared": shifted(0x1F170),
        "word joiners": between("\u2060"),
        "hair spaces": between("\u200a"),
        "right to left": lambda word, _: "\u202e" + word[::-1] + "\u202c",
        "variation selectors": between("\ufe0f"),
        "one foreign letter": _one_foreign,
        "link within": _marked_links,
        "last letter again": lambda word, chance: word + word[-1] * chance.randint(1, 6),
        "two exclamation marks": inserted("!!"),
        "tildes": between("~"),
        "middle dots": between("·"),
        "bullets": between("•"),
        "hash signs": between("#"),
    }
)
ALL: Mapping[str, Disguise] = MappingProxyType({**FIRST, **LATER})
_SPELT = frozenset(
    {
        "stretched",
        "doubled letters",
        "letters exchanged",
        "vowels left out",
        "by sound",
        "backwards",
        "last letter again",
    }
)
_LETTERS = frozenset(
    {
        "capitals", "alternating capitals", "digits", "signs", "masked vowel", "full width", "accents", "Cyrillic",
        "small capitals", "circled", "mathematical", "regional indicators", "combining marks", "raised letters",
        "hooked letters", "Greek", "faux Cyrillic", "fractur", "monospaced", "squared", "negative squared",
        "one foreign letter",
    }
)  # fmt: skip
_ALONE = frozenset({"plain", "pig Latin", "upside down", "right to left", "middle masked", "drawn letters"})
SORTS = (_SPELT, _LETTERS, frozenset(ALL) - _SPELT - _LETTERS - _ALONE)
"""The kinds that can be put on one after the other: spelt otherwise, other letters, signs between the letters."""


def _random_between(marks: str) -> Disguise:
    return lambda word, chance: "".join(sign + chance.choice(marks) for sign in word[:-1]) + word[-1]


CHINESE: Mapping[str, Disguise] = MappingProxyType(
    {
        "plain": lambda word, _: word,
        "traditional": spelt(_TRADITIONAL),
        "spaces": between(" "),
        "full-width spaces": between("\u3000"),
        "dots": between("."),
        "middle dots": between("·"),
        "asterisks": between("*"),
        "emoji": _random_between("💥🔥😀👀"),
        "zero width": between("\u200b"),
        "uneven signs": _random_between(" .*-_/"),
        "bold within": inserted("**"),
        "spoiler within": inserted("||"),
        "slashes": between("/"),
        "vertical bars": between("｜"),
        "plus signs": between("+"),
        "one of them bold": lambda word, _: f"**{word[0]}**{word[1:]}",
        "tildes": between("～"),
    }
)
"""Kinds for words in Chinese."""
