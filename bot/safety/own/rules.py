"""A server's own words and expressions: checked before they are kept, and looked for in texts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate
from types import MappingProxyType

import re2  # type: ignore[import-untyped]  # it has no stubs

from bot.safety.finder import Finder, OwnRules
from bot.safety.own.errors import (
    AnchoredExpressionError,
    EmptyWordError,
    EndlessExpressionError,
    NothingExpressionError,
    RuleTooLongError,
    UnreadableExpressionError,
)
from bot.safety.patterns.spans import apart
from bot.safety.verdict import Action, Category, Hit, Rule, Severity, Source
from bot.safety.words.lexicon import Lexicon
from bot.safety.words.normalise import normalise
from bot.safety.words.spellings import with_endings

WORDS = 100
"""Blocked words, and as many allowed ones, that a server may have."""
EXPRESSIONS = 25
WORD_LENGTH = 60
"""Characters of a word, or of a phrase."""
EXPRESSION_LENGTH = 200
SPAN = 100
"""Characters of the longest match of an expression that counts; it is never longer than a line either.

So much of a line is held back in the stream of a server that has expressions: RE2 does not say where a match may be
under way.
"""
PLACES = 50
"""Places of a text from each of which the reach of an expression is looked for; beyond, matches follow one another."""
MOST_PLACES = 1_000
"""Places of a text at which an expression is looked for; behind them it has found all that follows."""
MEMORY = 1 << 20
"""Bytes that a compiled expression may take."""

SEVERITY_OF: Mapping[Action, Severity] = MappingProxyType({Action.MASK: Severity.STRONG, Action.BLOCK: Severity.SEVERE})
"""What a moderator chooses for a rule, and the severity for which the built-in policies do that."""

_EVERYDAY = ("a", "e", "the", "and", "he", "1", "-", " ", ",", ".", "”", "的", "我", "，", "。")
_ESCAPE = re.compile(r"\\[^Az]", re.DOTALL)
_CLASS = re.compile(r"\[\^?\]?(?:\[:\^?\w+:\]|[^\]])*\]")
_ANCHOR = re.compile(r"[\^$]|\\[Az]")


def checked_word(word: str) -> str:
    """Give a word or a phrase as it is looked for: in small letters, without accents.

    Raises:
        EmptyWordError: nothing is left of it.
        RuleTooLongError: it has more characters than `WORD_LENGTH`.
    """
    folded = _folded(word)
    if len(folded) > WORD_LENGTH:
        raise RuleTooLongError(length=len(folded), limit=WORD_LENGTH)
    if not any(map(str.isalnum, folded)):
        raise EmptyWordError
    return folded


def checked_expression(expression: str) -> str:
    """Give an expression of RE2 if a server may have it; it is looked for in capitals and small letters alike.

    Raises:
        RuleTooLongError: it has more characters than `EXPRESSION_LENGTH`.
        UnreadableExpressionError: it is none, or too large when compiled.
        AnchoredExpressionError: it asks for the beginning or the end of a text or line.
        NothingExpressionError: it matches where there is nothing.
        EndlessExpressionError: it matches what stands in every text.
    """
    if len(expression) > EXPRESSION_LENGTH:
        raise RuleTooLongError(length=len(expression), limit=EXPRESSION_LENGTH)
    compiled = _compiled(expression)
    anchor = _ANCHOR.search(_CLASS.sub("", _ESCAPE.sub("", expression)))
    if anchor:
        raise AnchoredExpressionError(sign=anchor.group())
    for sample in ("", *_EVERYDAY):
        match = compiled.search(sample)
        if match and match.start() == match.end():
            raise NothingExpressionError
        if match:
            raise EndlessExpressionError(sample=sample)
    return expression


def own_rules(
    blocked: Mapping[str, Action],
    allowed: Collection[str] = (),
    expressions: Mapping[str, Action] = MappingProxyType({}),
) -> OwnRules:
    """Compile what a server has added.

    Args:
        blocked: Words that it does not want, as `checked_word` gave them, and what is done about each: mask or block.
        allowed: Words that it wants to pass, likewise; with them pass their forms with the endings of verbs and nouns.
        expressions: What `checked_expression` let pass, and what is done about each.
    """
    finders: list[Finder] = []
    if blocked:
        finders.append(OwnWords({word: SEVERITY_OF[action] for word, action in blocked.items()}))
    if expressions:
        finders.append(OwnExpressions({text: SEVERITY_OF[action] for text, action in expressions.items()}))
    passing = {form for word in allowed for form in with_endings(_folded(word))}
    return OwnRules(tuple(finders), frozenset(passing), slow=bool(expressions))


class OwnWords:
    """Finds a server's words, in whatever dress the list of words would be found.

    Args:
        words: Words and how bad they are to that server. They are folded again, as what was stored may have been folded
            by an older table.
    """

    def __init__(self, words: Mapping[str, Severity]) -> None:
        # Of words that fold alike the hardest counts.
        ordered = sorted(words.items(), key=lambda word: word[1])
        self._words = {_folded(word): (severity, Rule(Source.OWN_WORD, word)) for word, severity in ordered}
        self._lexicon = Lexicon(dict.fromkeys(self._words, Category.CUSTOM), own=True)

    def find(self, text: str) -> list[Hit]:
        """Give the words in a text."""
        return [
            Hit(hit.start, hit.end, Category.CUSTOM, *self._words[hit.rule.name]) for hit in self._lexicon.find(text)
        ]

    def settled(self, text: str) -> int:
        """Give the offset before which no word can begin or go on that is not there already."""
        return self._lexicon.settled(text)


class OwnExpressions:
    """Finds a server's expressions, within a line and `SPAN` characters.

    From every place where one matches, its longest reach counts up to where the next begins: so what is found does not
    depend on where the reading began. An expression that matches at more than `PLACES` places of a text is looked for
    from the end of each match on, as reading every place of such a text takes too long; one at `MOST_PLACES` places has
    found the rest of the text. So the time grows with the length, whatever the expression: RE2 is asked about `SPAN`
    characters twice for each of `PLACES` places, and else reads each character a few times.

    Args:
        expressions: Expressions and how bad what they find is to that server.
    """

    def __init__(self, expressions: Mapping[str, Severity]) -> None:
        self._rules = [
            (_compiled(text), severity, Rule(Source.OWN_PATTERN, text)) for text, severity in expressions.items()
        ]

    def find(self, text: str) -> list[Hit]:
        """Give what the expressions match in a text."""
        data = text.encode("utf-8", "replace")
        there = [rule for rule in self._rules if rule[0].search(data)]
        if not there:
            return []
        offsets = _offsets(text)
        return [
            Hit(start, end, Category.CUSTOM, severity, name)
            for compiled, severity, name in there
            for start, end in apart(list(_matches(compiled, data, offsets)))
        ]

    def settled(self, text: str) -> int:
        """Give the offset `SPAN` characters before the end, or where the last line begins."""
        return max(text.rfind("\n") + 1, len(text) - SPAN)


def _folded(word: str) -> str:
    return normalise(word)[0].strip()


def _compiled(expression: str) -> re2._Regexp:
    options = re2.Options()
    options.case_sensitive = False
    options.never_nl = True
    options.log_errors = False
    options.max_mem = MEMORY
    try:
        return re2.compile(expression, options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        raise UnreadableExpressionError(
            reason=reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
        ) from error


def _offsets(text: str) -> Sequence[int]:
    """Give where each character of a text begins when it is encoded, and where the last one ends."""
    if text.isascii():
        return range(len(text) + 1)
    return list(accumulate((len(character.encode("utf-8", "replace")) for character in text), initial=0))


def _matches(compiled: re2._Regexp, data: bytes, offsets: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Give, for places where an expression matches within `SPAN` characters, how far it reaches there."""
    place, length, found = 0, len(offsets) - 1, 0
    while place < length:
        if found == MOST_PLACES:
            yield place, length
            return
        end = _reach(compiled, data, offsets, place)
        if end is None:
            match = compiled.search(data, offsets[place], offsets[min(place + 2 * SPAN, length)])
            start = bisect_left(offsets, match.start()) if match else length
            # What begins far behind may reach beyond what was looked at.
            place = max(place + 1, start) if start < place + SPAN else place + SPAN
            continue
        yield place, end
        found += 1
        # The last character is read again: two letters in a row are found where they stand, wherever one began.
        place = place + 1 if found < PLACES else max(place + 1, end - 1)


def _reach(compiled: re2._Regexp, data: bytes, offsets: Sequence[int], place: int) -> int | None:
    """Give how far an expression reaches that matches at a place, within `SPAN` characters."""
    match = compiled.match(data, offsets[place], offsets[min(place + SPAN, len(offsets) - 1)])
    return bisect_left(offsets, match.end()) if match and match.end() > match.start() else None
