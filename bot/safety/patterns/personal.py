"""Personal data: addresses of e-mail, numbers of telephones, cards and accounts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from types import MappingProxyType

import phonenumbers

from bot.safety.patterns.links import SURE_ENDINGS, WORDLIKE_ENDINGS
from bot.safety.patterns.spans import Span, apart, every, last_word, open_at

REGIONS = ("US", "GB", "DE", "CN")
"""Where a telephone number without a country's code may be from."""

_LOCAL = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+'-"
_LONGEST_LOCAL = 60
_HOST = re.compile(r"(?:[A-Za-z0-9-]{1,30}\.){1,3}[A-Za-z]{2,20}(?![A-Za-z0-9-])")
_ENDINGS = "|".join((*SURE_ENDINGS, *WORDLIKE_ENDINGS))
_AT = r"(?:\s{0,2}[(\[]at[)\]]\s{0,2}|\s{1,2}at\s{1,2})"
_DOT = r"(?:\s{0,2}[(\[]dot[)\]]\s{0,2}|\s{1,2}dot\s{1,2})"
_PART = r"[A-Za-z0-9_+-]"
_SPELLED = re.compile(
    rf"(?<!{_PART})(?=({_PART}(?:[\w.+-]{{0,38}}{_PART})?{_AT}[A-Za-z0-9-]{{1,30}}"
    rf"(?:{_DOT}[A-Za-z0-9-]{{1,20}})?{_DOT}(?:{_ENDINGS})(?![\w-])))",
    re.IGNORECASE | re.ASCII,
)
_SPELLED_OPEN = re.compile(
    rf"(?<!{_PART}){_PART}[\w.+-]{{0,40}}(?:\s{{0,2}}[(\[]?|\s{{0,2}}[(\[]at?|\s{{1,2}}at?"
    rf"|{_AT}[A-Za-z0-9-]{{0,30}}(?:{_DOT}[A-Za-z0-9-]{{0,20}}){{0,2}}"
    r"(?:\s{0,2}[(\[]?(?:d|do|dot)?[)\]]?\s{0,2}))\Z",
    re.IGNORECASE | re.ASCII,
)
SPELLED_HINT = r"(?i)\bdot\b"
_AS_TYPED = "‐‑‒–—―−﹘﹣－＋（）\u00a0\u2007\u2009\u202f\u3000０１２３４５６７８９"
_TO_ASCII = MappingProxyType(str.maketrans(_AS_TYPED, "----------+()     0123456789"))
"""The dashes, spaces and figures that telephones and input methods type, one for one: offsets stay."""
_SIGNS = "0123456789+() ./-\t"
_NUMBER = re.compile(r"[+(]{0,2}[0-9](?:[ \t().\-/]{0,2}[0-9]){6,24}(?![0-9]|[ \t().\-/]{1,2}[0-9])\)?")
NUMBER_HINT = rf"[0-9０-９](?:[ \t().\-/{_AS_TYPED[:-10]}]{{0,2}}[0-9０-９]){{6}}"
_BEFORE_NUMBER = re.compile(r"(?:[A-Za-z0-9_,$€£#]|[0-9][ \t().\-/]{1,2})\Z")
_LETTER = re.compile("[A-Za-z0-9_]")
_LONGEST_NUMBER = 80
_DATE = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{1,4}\Z")
_NATIONAL = re.compile(r"\(?0(?!\d{,7}\Z)\d|\(\d{2,5}\)|\d{3}[ .-]\d{3}[ .-]\d{4}\Z|1[3-9]\d[ -]?\d{4}[ -]?\d{4}\Z")
_CARD_GROUPS = re.compile(r"\d{4}(?:[ -]?\d{2,6}){2,4}\Z")
_CARD = re.compile(r"4(?:\d{12}|\d{15}|\d{18})\Z|(?:5[1-5]|2[2-7]|35|62|6[045])\d{14}\Z|3[47]\d{13}\Z|3[068]\d{12}\Z")
"""The beginnings that the large schemes have, each with its lengths (ISO/IEC 7812)."""
_ACCOUNT = re.compile(r"(?<![A-Za-z0-9])(?=([A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?)(?![A-Za-z0-9]))")
ACCOUNT_HINT = r"[A-Z]{2}[0-9]{2} ?[A-Z0-9]{4} ?[A-Z0-9]{4}"
_ACCOUNT_OPEN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){0,31} ?\Z")


class MailPattern:
    """Finds addresses of e-mail."""

    def spans(self, text: str) -> Iterator[Span]:
        """Give the addresses in a text."""
        found = [place for place in map(partial(_address_around, text), _ats(text)) if place]
        yield from (Span(start, end, "email") for start, end in apart(found))

    def undecided(self, text: str) -> int:
        """Give where the last word begins."""
        return last_word(text)


class SpelledMailPattern:
    """Finds addresses of e-mail that are spelled out: name at host dot com."""

    def spans(self, text: str) -> Iterator[Span]:
        """Give the addresses in a text."""
        yield from (Span(start, end, "email") for start, end in every(_SPELLED, text))

    def undecided(self, text: str) -> int:
        """Give where the words begin that may become one: in prose, the last word."""
        return min(last_word(text), open_at(_SPELLED_OPEN, text, within=150))


class NumberPattern:
    """Finds numbers of telephones, as Google's libphonenumber knows them, and of cards, by Luhn's check digit.

    Args:
        regions: Where a telephone number without a country's code may be from, as ISO 3166 names countries.
    """

    def __init__(self, regions: Sequence[str] = REGIONS) -> None:
        self._regions = tuple(regions)

    def spans(self, text: str) -> Iterator[Span]:
        """Give the numbers in a text; more digits than such a number has, in one row, are none."""
        text = text.translate(_TO_ASCII)
        for match in _NUMBER.finditer(text):
            if _BEFORE_NUMBER.search(text, max(0, match.start() - 3), match.start()):
                continue
            number = match.group().strip()
            name = self._name(number)
            if name is not None and not _LETTER.match(text, match.end()):
                yield Span(match.start() + _encloses(number), match.end() - number.endswith(")"), name)

    def undecided(self, text: str) -> int:
        """Give where the digits at the end begin, with what divides them."""
        tail = text[-_LONGEST_NUMBER:].translate(_TO_ASCII)
        row = tail[len(tail.rstrip(_SIGNS)) :]
        return len(text) - len(row) if any(map(str.isdigit, row)) or row[-1:] in {"+", "("} else len(text)

    def _name(self, number: str) -> str | None:
        digits = "".join(filter(str.isdigit, number))
        if _CARD.match(digits) and _CARD_GROUPS.match(number) and _passes_luhn(digits):
            return "card"
        return "phone" if not _DATE.match(number) and self._is_phone(number) else None

    def _is_phone(self, number: str) -> bool:
        international = number.lstrip("(").startswith("+")
        if not international and not _NATIONAL.match(number):
            return False
        return any(_is_valid(number, region) for region in ((None,) if international else self._regions))


class AccountPattern:
    """Finds international bank account numbers (ISO 13616) by their check digits."""

    def spans(self, text: str) -> Iterator[Span]:
        """Give the account numbers in a text."""
        for start, end in every(_ACCOUNT, text):
            if _passes_97(text[start:end].replace(" ", "")):
                yield Span(start, end, "iban")

    def undecided(self, text: str) -> int:
        """Give where a row of capitals and figures begins that may become one."""
        return open_at(_ACCOUNT_OPEN, text, within=48)


def _ats(text: str) -> Iterator[int]:
    at = text.find("@")
    while at >= 0:
        yield at
        at = text.find("@", at + 1)


def _address_around(text: str, at: int) -> tuple[int, int] | None:
    before = text[max(0, at - _LONGEST_LOCAL) : at]
    local = before[len(before.rstrip(_LOCAL)) :].lstrip(".'-")
    host = _HOST.match(text, at + 1)
    return (at - len(local), host.end()) if local and host else None


def _encloses(number: str) -> bool:
    """Say whether a number stands in a bracket as a whole, and not its first digits alone."""
    return number.startswith("(") and ")" not in number[:-1]


def _is_valid(number: str, region: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, region))
    except phonenumbers.NumberParseException:
        return False


def _passes_luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def _passes_97(account: str) -> bool:
    return int("".join(str(int(sign, 36)) for sign in account[4:] + account[:4])) % 97 == 1
