"""Links, invites and mentions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from bot.safety.patterns.spans import LONGEST, Span, every, last_word, open_at

LABEL = 50
"""Characters of a masked link's words; with longer ones only its address is found."""
_ADDRESS = 150

SURE_ENDINGS = (
    "com", "net", "org", "info", "biz", "gg", "io", "dev", "app", "xyz", "edu", "gov", "uk", "ru", "cn", "eu",
)  # fmt: skip
"""What a domain ends with that is no word of a language: a link without anything behind it."""
WORDLIKE_ENDINGS = (
    "me", "in", "it", "is", "to", "at", "so", "us", "be", "no", "my", "am", "co", "ly", "tv", "cc", "de", "fr", "es",
    "nl", "pl", "br", "jp", "kr", "ai", "live", "top", "link", "club", "shop", "store", "online", "site", "click",
)  # fmt: skip
"""What may as well be the next sentence's first word: a link only where a path follows."""
_SURE = "|".join(SURE_ENDINGS)
_WORDLIKE = "|".join(WORDLIKE_ENDINGS)
DOMAIN_HINT = rf"(?i)://|www\.|\.(?:{_SURE})|\.(?:{_WORDLIKE})/"

_CLOSERS = "<>\"'()，。；：！？、）」』》”’"
_SCHEME = re.compile(r"(?:https?|ftp|discord|steam|tg)://|(?<![\w.@/-])www\.(?=[A-Za-z0-9])", re.IGNORECASE | re.ASCII)
_BODY = re.compile(rf"[!-;=?-~]{{1,{_ADDRESS}}}|(?=[^\x00-\x7f])[^\s{_CLOSERS}]{{1,60}}")
_BARE_END = re.compile(
    rf"\.(?:(?:{_SURE})(?![\w-]|\.[A-Za-z0-9])(?:[:/?#][!-;=?-~]{{0,100}})?|(?:{_WORDLIKE})(?=/)[!-;=?-~]{{1,100}})",
    re.IGNORECASE | re.ASCII,
)
_DOMAIN_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-."
_NOT_BEFORE_DOMAIN = frozenset("@/\\_%+")
_LONGEST_DOMAIN = 60
_TRAILING = ".,;:!?)]}'\"*_~|"
_GAP = r"[\s\u200b-\u200d\u2060]{0,3}"
_DOT = rf"{_GAP}(?:\.|\bdot\b|\(dot\)|\[dot\]|[(\[]\.[)\]]){_GAP}"
_INVITE = re.compile(
    rf"(?=((?:discord(?:app)?(?:{_DOT}gg(?!\w)|\.(?:io|me|li)(?!\w)|{_DOT}com{_GAP}/{_GAP}invite)"
    r"|(?<!\w)(?:dsc|dis|invite)\.gg(?!\w))(?:/[\w-]{1,32})?))",
    re.IGNORECASE | re.ASCII,
)
_INVITE_OPEN = re.compile(
    r"discord[\sa-z.()\[\]/\u200b-\u200d\u2060]{0,30}(?:/[\w-]{0,32})?\Z", re.IGNORECASE | re.ASCII
)
_LABEL_OPEN = re.compile(rf"\[[^\[\]\n]{{1,{LABEL}}}(?:\](?:\(\S{{0,{_ADDRESS + 10}}})?)?\Z")
INVITE_HINT = r"(?i)discord|d(?:sc|is)\.gg|invite\.gg"
_MENTION = re.compile(r"@(?:everyone|here)(?![A-Za-z0-9_])|<@&\d{5,20}>|<@!?\d{5,20}>")


class LinkPattern:
    """Finds links and invites.

    Args:
        allowed: Domains whose pages may be linked to, theirs beneath them too.
    """

    def __init__(self, allowed: Collection[str] = ()) -> None:
        self._allowed = tuple(domain.lower().strip(".") for domain in allowed)

    def spans(self, text: str) -> Iterator[Span]:
        """Give the links and invites in a text; a link to an invite is an invite."""
        yield from self._addresses(text)
        yield from self._bare(text)
        if not self._allows("discord.gg"):
            yield from (Span(start, end, "invite") for start, end in every(_INVITE, text))

    def undecided(self, text: str) -> int:
        """Give where the last word begins, or the words of a masked link or of an invite that has gaps."""
        return min(
            last_word(text), open_at(_LABEL_OPEN, text), open_at(_INVITE_OPEN, text, within=84), _open_address(text)
        )

    def _addresses(self, text: str) -> Iterator[Span]:
        schemes = list(_SCHEME.finditer(text))
        nexts = (*(match.start() for match in schemes[1:]), len(text))
        for scheme, following in zip(schemes, nexts, strict=False):
            body = _BODY.match(text, scheme.end())
            if body is None:
                continue
            body_text = text[scheme.end() : min(body.end(), following)].rstrip(_TRAILING)
            start, end = scheme.start(), scheme.end() + len(body_text)
            address = text[start:end]
            if not body_text or self._allows(_host(address)):
                continue
            name = "invite" if _INVITE.search(address) else "link"
            label = _label_start(text, start)
            if label is not None:
                yield Span(label, end + text.startswith(")", end), "masked-link" if name == "link" else name)
            else:
                yield Span(start, end, name)

    def _bare(self, text: str) -> Iterator[Span]:
        for match in _BARE_END.finditer(text):
            earliest = max(0, match.start() - _LONGEST_DOMAIN - 1)
            before = text[earliest : match.start()]
            name = before[len(before.rstrip(_DOMAIN_CHARACTERS)) :].lstrip(".-")
            start = match.start() - len(name)
            if (
                not name
                or name.endswith(".")
                or len(name) > _LONGEST_DOMAIN
                or (start and text[start - 1] in _NOT_BEFORE_DOMAIN)
            ):
                continue
            end = match.start() + len(match.group().rstrip(_TRAILING))
            if not self._allows(_host(text[start:end])):
                yield Span(start, end, "invite" if _INVITE.search(text[start:end]) else "link")

    def _allows(self, host: str) -> bool:
        return any(host == domain or host.endswith(f".{domain}") for domain in self._allowed)


class MentionPattern:
    """Finds mentions of everybody, of roles and of people."""

    def spans(self, text: str) -> Iterator[Span]:
        """Give the mentions in a text."""
        for match in _MENTION.finditer(text):
            name = "mention" if match.group().startswith("<@") else "mass-mention"
            yield Span(match.start(), match.end(), "role-mention" if match.group().startswith("<@&") else name)

    def undecided(self, text: str) -> int:
        """Give where the last word begins."""
        return last_word(text)


def _label_start(text: str, address: int) -> int | None:
    """Give where the words of a masked link begin whose address is there; None where it is no masked link."""
    opening = address - 1 if text.startswith("<", address - 1) and address > 0 else address
    if opening < 2 or text[opening - 2 : opening] != "](":
        return None
    start = text.rfind("[", max(0, opening - 3 - LABEL), opening - 2)
    return start if start >= 0 and not any(sign in text[start + 1 : opening - 2] for sign in "]\n") else None


def _host(address: str) -> str:
    """Give the host of an address as browsers read it, to whom a backslash is a slash."""
    rest = address.partition("://")[2] or address
    return re.split(r"[/?#\\]", rest, maxsplit=1)[0].rpartition("@")[2].partition(":")[0].lower().strip(".")


def _open_address(text: str) -> int:
    """Give where an address begins whose host is not ASCII and that no space has ended."""
    tail = text[-LONGEST:]
    for match in _SCHEME.finditer(tail):
        if not any(map(str.isspace, tail[match.end() :])):
            return len(text) - len(tail) + match.start()
    return len(text)
