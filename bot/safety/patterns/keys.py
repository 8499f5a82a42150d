"""Tokens and keys: whoever has one of these can act as its owner."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from bot.safety.patterns.spans import Span, every, last_word, open_at

_FORMS: Mapping[str, str] = MappingProxyType(
    {
        "discord-token": r"(?<![\w-])[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,45}|(?<![\w-])mfa\.[\w-]{60,95}",
        "webhook": r"(?i:discord(?:app)?\.com)/api/(?:v\d{1,2}/)?webhooks/\d{15,21}/[\w-]{20,90}",
        "aws-key": r"(?<![\w-])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])",
        "github-token": r"(?<![\w-])(?:gh[pousr]_[A-Za-z0-9]{36,100}|github_pat_[A-Za-z0-9_]{22,120})",
        "api-key": (
            r"(?<![\w-])(?:sk-(?=[\w-]{0,24}\d)[\w-]{20,150}|[sr]k_live_[A-Za-z0-9]{16,100}|AIza[\w-]{35}"
            r"|xox[abprs]-[\w-]{10,100}|hf_[A-Za-z0-9]{30,60})"
        ),
        "private-key": r"-----BEGIN (?:[A-Z]{1,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----",
    }
)
"""How each is written, by the documents of those who give them out."""
KEY_HINT = (
    r"[MNO][\w-]{23}[\w-]*\.[\w-]{6}\.|mfa\.|webhooks/\d|AKIA|ASIA|gh[pousr]_|github_pat_|\bsk-|k_live_|AIza"
    r"|xox[abprs]-|\bhf_|PRIVATE KEY"
)
_PATTERNS = tuple((name, re.compile(f"(?=({form}))", re.ASCII)) for name, form in _FORMS.items())
_HEADER_OPEN = re.compile(r"-----BEGIN [A-Z ]{0,36}-{0,5}\Z")


class KeyPattern:
    """Finds tokens and keys."""

    def spans(self, text: str) -> Iterator[Span]:
        """Give the tokens and keys in a text."""
        for name, pattern in _PATTERNS:
            yield from (Span(start, end, name) for start, end in every(pattern, text))

    def undecided(self, text: str) -> int:
        """Give where the last word begins, or the header of a private key."""
        return min(last_word(text), open_at(_HEADER_OPEN, text, within=64))
