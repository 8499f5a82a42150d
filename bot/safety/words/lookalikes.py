"""What characters look like: letters in disguise, and what a sign may stand for.

Unicode's own table of confusable characters (UTS #39, by the package confusable-homoglyphs) comes first; what it misses
stands here: faux Cyrillic, small capitals, hooked and turned letters, squared ones, and signs that leetspeak reads.
"""

from __future__ import annotations

import json
import string
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

_OWN = {
    "a": "ᴀɐɒαадꭺΛ∆ª🅰₳ᗩ",
    "b": "ʙɓƀьъвβƃƄ฿ꮟᏼ🅱ᗷ",
    "c": "ᴄɔƈçсς¢©ćꞓƇↄ₵ʗᑕ",
    "d": "ᴅɖɗđðƌԁժᗪ",
    "e": "ᴇɛəǝеэєɘɇεξ€ℇ℮ꬲɆ",
    "f": "ꜰƒғϝʄɟ₣ꞙᶂᖴ",
    "g": "ɢɡɠǥցƍ₲ʛᘜ",
    "h": "ʜɦħнһɥհћђⱧɧᕼ",
    "i": "ɪıɨɩίїіιɫ¡ᴉ❗ӏᓰꓲ",
    "j": "ᴊʝɉјյᒍ",
    "k": "ᴋƙκкʞкқҡ₭ҝᛕ",
    "l": "ʟłɭɮƚℓ£ꞁʅⱠᒪ",
    "m": "ᴍɱмɯ₥ʍᗰ",
    "n": "ɴɲŋпηийիռƞ₦πɳᑎ",
    "o": "ᴏøσоɵθ¤ɸбօ○●◯⭕🅾ᝪᎾꮎ",
    "p": "ᴘƥþρр₱ᑭ",
    "q": "ǫʠɋզԛᑫ",
    "r": "ʀɾɽгяɹɍřɼ®ʁⱤᖇ",
    "s": "ꜱʂšѕ§ʃƨ💲₴ᔕ",
    "t": "ᴛƭŧтτʇțʈ†✝₮ɬᖶ",
    "u": "ᴜʊυцսúûůµμʉᴝ∪ɄᑌỤᵤႮⴎ",
    "v": "ᴠʋνѵ√ᐯ",
    "w": "ᴡшщωɯѡԝ₩ʬψᗯ",
    "x": "хχ×ҳ❌✖✕✗✘🗙Ӿ᙭",
    "y": "ʏƴуүγчʎ¥ɏўɎ",
    "z": "ᴢƶʐźȥƨʒⱫᘔ",
}
_OWN_RUNS = (
    (0x1F150, "abcdefghijklmnopqrstuvwxyz"),
    (0x1F170, "abcdefghijklmnopqrstuvwxyz"),
    (0x1F1E6, "abcdefghijklmnopqrstuvwxyz"),
    (0x249C, "abcdefghijklmnopqrstuvwxyz"),
    (0x2776, "123456789"),
    (0x2780, "123456789"),
    (0x278A, "123456789"),
)

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "gb", "7": "t", "8": "b", "9": "g",
        "@": "a", "$": "s", "!": "il", "|": "il", "+": "t", "(": "c", "<": "c", "{": "c", "[": "c", "#": "h", "^": "a",
        "?": "i", ";": "i", "]": "i", "~": "n", "%": "x", "}": "d", ")": "d",
    }
)  # fmt: skip
"""What a sign or digit may be read as, the likeliest first."""


def _readings(pairs: str) -> Mapping[int, str]:
    """Read pairs of a character and the letter that it may be; a capital may be the same."""
    table = {pair[0]: pair[1] for pair in pairs.split()}
    return MappingProxyType({ord(case): letter for shape, letter in table.items() for case in {shape, shape.upper()}})


TURNED: Mapping[int, str] = MappingProxyType(
    dict(zip(map(ord, "ɐqɔpǝɟƃɓɥᴉıɾʞlʅɯuodbɹʇnʌʍʎ"), "abcdefgghiijkllmnopqrtuvwy", strict=True))
)
"""What letters are when a text stands on its head; it is read backwards then."""
ON_ITS_HEAD = frozenset("ɐɔǝɟƃɥᴉɾʞɯɹʇʌʍʎ")
"""The letters by which such a text is known."""

OTHERWISE: tuple[Mapping[int, str], ...] = (
    _readings("нn иu йu вv уu лl пp чh хh ωw υv νn ηh ɥh ρr"),
    _readings("иi йi лn ɔc ʍw ɐa ʋu"),
    # Alphabets that are pieced together from other scripts.
    _readings("卂a 乃b 匚c 乇e 千f 卄h 丨i ﾌj ㄥl 爪m 几n ㄖo 卩p 尺r 丂s ㄒt ㄩu 山w 乂x ㄚy 乙z"),
    _readings("คa ๒b ๔d єe ﻮg ђh เi ןj ๓m ภn ๏o קp гr รs ยu שv ฬw אx ץy չz"),
)
"""Second and third readings of letters that look like several, to be put in a text's place before it is folded."""
_COMMON_HAN = frozenset("乃千几尺山乙爪")
SEEN_OTHERWISE = frozenset(chr(code) for table in OTHERWISE for code in table) - _COMMON_HAN | ON_ITS_HEAD
"""The characters of which one at least makes it worth while to read a text otherwise."""

SEQUENCES: Mapping[str, str] = MappingProxyType(
    {
        "|_|": "u", "(_)": "u", "[_]": "u", "\\_/": "u", "|-|": "h", "}{": "h", "|\\|": "n", "/\\/": "n", "|\\/|": "m",
        "/\\/\\": "m", "\\/\\/": "w", "vv": "w", "()": "o", "[]": "o", "{}": "o", "<>": "o", "|<": "k", "|{": "k",
        "|(": "k", "1<": "k", "|=": "f", "|*": "p", "|>": "p", "|)": "d", "|]": "d", "|3": "b", "13": "b", "|2": "r",
        "\\/": "v", "/\\": "a", "/-\\": "a", "|_": "l", "ph": "f", "><": "x", "`/": "y",
    }
)  # fmt: skip
"""Letters drawn with two to four signs."""


def _is_han(character: str) -> bool:
    return "\u2e80" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff" or character >= "\U00020000"


def _letters() -> dict[str, str]:
    """Give the letter that each look-alike is folded to."""
    confusable = json.loads(files("confusable_homoglyphs").joinpath("confusables.json").read_text(encoding="utf-8"))
    letters: dict[str, str] = {}
    for letter in string.ascii_lowercase:
        for shape in (letter, letter.upper()):
            for entry in confusable.get(shape, ()):
                other = entry["c"]
                if len(other) == 1 and not other.isascii() and other.isalnum() and not _is_han(other):
                    letters.setdefault(other, letter)
    for start, row in _OWN_RUNS:
        letters |= {chr(start + index): letter for index, letter in enumerate(row)}
    for letter, others in (*_OWN.items(), ("'", "‘’ʼ′＇"), ("-", "‐‑‒–−")):
        letters |= dict.fromkeys(others, letter)
    return letters


LETTERS: Mapping[str, str] = MappingProxyType(_letters())
"""The Latin letter that a character of another kind looks like."""
