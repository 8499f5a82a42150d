"""What is no word but has a form: links, mentions, personal data, keys and floods."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

import re2  # type: ignore[import-untyped]  # it has no stubs

from bot.errors import N_
from bot.safety.patterns.floods import MARK_HINT, FloodPattern, MarkPattern
from bot.safety.patterns.keys import KEY_HINT, KeyPattern
from bot.safety.patterns.links import DOMAIN_HINT, INVITE_HINT, LinkPattern, MentionPattern
from bot.safety.patterns.personal import (
    ACCOUNT_HINT,
    NUMBER_HINT,
    REGIONS,
    SPELLED_HINT,
    AccountPattern,
    MailPattern,
    NumberPattern,
    SpelledMailPattern,
)
from bot.safety.patterns.spans import LONGEST, Pattern
from bot.safety.verdict import Category, Hit, Rule, Severity, Source

PATTERN_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "invite": N_("an invite to a server"),
        "link": N_("a link"),
        "masked-link": N_("a link behind other words"),
        "mass-mention": N_("a mention of everybody"),
        "role-mention": N_("a mention of a role"),
        "mention": N_("a mention of a person"),
        "email": N_("an e-mail address"),
        "phone": N_("a telephone number"),
        "card": N_("the number of a payment card"),
        "iban": N_("the number of a bank account"),
        "discord-token": N_("a token of a Discord account"),
        "webhook": N_("the address of a webhook"),
        "aws-key": N_("a key of Amazon Web Services"),
        "github-token": N_("a token of a GitHub account"),
        "api-key": N_("a key of a service"),
        "private-key": N_("a private key"),
        "repeated-character": N_("one character over and over"),
        "zalgo": N_("letters beneath heaps of marks"),
        "emoji-wall": N_("a wall of emoji"),
        "blank-wall": N_("a wall of empty lines"),
    }
)
"""By the name of a `Rule` from here, what a moderator reads."""

_PERSONAL = frozenset({"email", "phone", "card", "iban"})
_KEYS = frozenset({"discord-token", "webhook", "aws-key", "github-token", "api-key", "private-key"})
_MILD = frozenset({"mass-mention", "role-mention", "mention"})
_TO_ASCII = MappingProxyType(
    {code + 0xFEE0: code for code in map(ord, "./:@0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")}
)
"""Fullwidth letters, figures and the signs of addresses, one for one: offsets stay."""
_FULLWIDTH_HINT = r"[\x{ff0e}-\x{ff1a}\x{ff20}-\x{ff3a}\x{ff41}-\x{ff5a}]"


class PatternFinder:
    """Finds links, mentions, personal data, keys and floods.

    One pass of RE2 says which of them there may be at all; in prose there are none, and nothing more is done. All of it
    takes time that grows with the length, whatever the text: a find has a longest length.

    Args:
        allowed_domains: Domains whose pages may be linked to, those beneath them too.
        regions: Where a telephone number without a country's code may be from, as ISO 3166 names countries.
    """

    def __init__(self, allowed_domains: Collection[str] = (), regions: Sequence[str] = REGIONS) -> None:
        links, floods = LinkPattern(allowed_domains), FloodPattern()
        hinted: Sequence[tuple[str, Pattern]] = (
            (DOMAIN_HINT, links),
            (INVITE_HINT, links),
            ("@(?:everyone|here)|<@", MentionPattern()),
            ("@", MailPattern()),
            (SPELLED_HINT, SpelledMailPattern()),
            (NUMBER_HINT, NumberPattern(regions)),
            (ACCOUNT_HINT, AccountPattern()),
            (KEY_HINT, KeyPattern()),
            (MARK_HINT, MarkPattern()),
        )
        self._hinted = tuple(pattern for _, pattern in hinted)
        self._floods = floods
        self._hints = re2.Set.SearchSet()
        for hint in (*(hint for hint, _ in hinted), _FULLWIDTH_HINT):
            self._hints.Add(hint)
        self._hints.Compile()

    def find(self, text: str) -> list[Hit]:
        """Give what there is in a text, in any order."""
        hinted = self._hinted_in(text)
        if len(self._hinted) in hinted:
            text = text.translate(_TO_ASCII)
            hinted = self._hinted_in(text)
        patterns = dict.fromkeys((self._floods, *(self._hinted[number] for number in hinted)))
        return [
            Hit(start, end, *_kind(name), Rule(Source.PATTERN, name))
            for pattern in patterns
            for start, end, name in pattern.spans(text)
        ]

    def settled(self, text: str) -> int:
        """Give the offset before which nothing begins or goes on but what is there; near the last word's beginning."""
        tail = text[-LONGEST - 100 :].translate(_TO_ASCII)
        shift = len(text) - len(tail)
        undecided = min(pattern.undecided(tail) for pattern in (*self._hinted, self._floods))
        return shift + max(undecided, len(tail) - LONGEST)

    def _hinted_in(self, text: str) -> Sequence[int]:
        return self._hints.Match(text.encode("utf-8", "surrogatepass")) or ()


def _kind(name: str) -> tuple[Category, Severity]:
    if name in _KEYS:
        return Category.PERSONAL_DATA, Severity.SEVERE
    if name in _PERSONAL:
        return Category.PERSONAL_DATA, Severity.STRONG
    return Category.SPAM, Severity.MILD if name in _MILD else Severity.STRONG
