"""Subjects of English passages: names, and nouns that a passage has far more often than everything else has.

No dictionary says what is a noun: it stands behind “the”, “a” or “his”, and before a verb, a preposition or the end of
a sentence. What stands behind those and before a noun is an adjective. Whoever acts is preferred to what lies there.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bot.tuning.subjects.subject import Subject

_TOKEN = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*|[^\w\s]|\d+")
_POSSESSIVE = re.compile(r"[’']s?$")
_ENDS = frozenset('.!?“”"‘:;—`')
_ARTICLES = frozenset({"a", "an"})
_DETERMINERS = frozenset(
    {
        "a", "an", "the", "his", "her", "my", "your", "their", "our", "its", "this", "that", "these", "those", "every",
        "each", "no",
    }
)  # fmt: skip
# What somebody does.
_ACTS = frozenset(
    {
        "said", "cried", "answered", "replied", "asked", "called", "came", "went", "ran", "looked", "began", "took",
        "thought", "told", "saw", "sat", "stood", "gave", "knew", "laughed", "spoke", "turned", "heard", "made", "got",
        "who", "whom", "had", "could", "would", "did", "exclaimed", "shook", "felt", "wished", "wanted", "jumped",
    }
)  # fmt: skip
# What stands behind a noun, and hardly ever behind an adjective.
_AFTER = _ACTS | frozenset(
    {
        "and", "or", "but", "of", "in", "on", "at", "to", "with", "which", "that", "was", "is", "were", "are", "has",
        "have", "should", "will", "can", "might", "must", "does", "for", "from", "by", "as", "into", "upon", "over",
        "under", "through", "before", "behind", "beside", "he", "she", "it", "they", "i", "we", "you", "the", "a", "an",
        "his", "her", "their", "not", "so", "then", "when", "where", "while", "till", "until", "if", "there", "be",
        "than", "again", "away", "up", "down", "out", "off", "now", "all", "after", "like", "because", "without",
        "about",
    }
)  # fmt: skip
_FUNCTION = _AFTER | _DETERMINERS | {"yes", "no", "oh", "ah"}
_STOPPED = frozenset({"Mr", "Mrs", "Dr", "St"})
_TITLES = _STOPPED | {"Miss", "Ms", "Sir", "Lady", "Lord", "Aunt", "Uncle", "Captain", "Professor", "Madame"}
_NO_NAMES = frozenset(
    {
        "i", "o", "oh", "ah", "god", "lord", "heaven", "heavens", "christmas", "sunday", "monday", "tuesday",
        "wednesday", "thursday", "friday", "saturday", "january", "february", "march", "april", "may", "june", "july",
        "august", "september", "october", "november", "december", "sir", "madam", "english", "french", "german", "mr",
        "mrs", "miss", "dr", "yes", "no",
    }
)  # fmt: skip
# What says which one, and not what it is like.
_NO_ADJECTIVES = frozenset(
    {
        "certain", "other", "same", "such", "single", "mere", "own", "very", "first", "second", "third", "next", "last",
        "few", "great", "whole", "half", "particular", "different", "new",
    }
)  # fmt: skip
_NAME_SHARE = 0.75
_NOUN_SHARE = 0.6
_ENOUGH = 2
_OFTEN = 4
_NAME_WORDS = 3
_COUNTED_SHARE = 0.08
_LIVELY = 3.0
"""A noun that always acts counts four times as much as one that never does."""


@dataclass(slots=True)
class _Word:
    """What is known of a word, however it is written."""

    count: int = 0
    small: int = 0
    large: int = 0
    """Written with a capital where no sentence begins."""
    determined: int = 0
    """Behind a determiner."""
    noun: int = 0
    """Of those, before something that stands behind nouns."""
    counted: int = 0
    """Of those, behind “a” or “an”."""
    named: int = 0
    """Behind “the”."""
    acting: int = 0
    """Before what somebody does."""


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    initial: bool
    """A sentence begins with it, so that its capital says nothing."""
    owns: bool = False
    """What belongs to it follows: “Dorothy’s”."""

    @property
    def is_word(self) -> bool:
        return self.text[0].isalpha()


@dataclass(slots=True)
class EnglishWords:
    """The words of everything that is learned from.

    Args:
        vague: Nouns that a story is never about: “thing”, “way”.
    """

    vague: frozenset[str] = frozenset()
    _words: dict[str, _Word] = field(default_factory=dict)
    _written: Counter[str] = field(default_factory=Counter)
    """Words with capitals, and such words in a row: “Time Traveller”."""
    _definite: Counter[str] = field(default_factory=Counter)
    """Of those, behind “the”."""
    _total: int = 0

    def add(self, paragraphs: Iterable[str]) -> None:
        """Count the words of paragraphs."""
        for paragraph in paragraphs:
            tokens = _tokens(paragraph)
            for run, definite in _runs(tokens):
                name = _without_initial(run)
                self._written[name] += 1
                self._definite[name] += definite
            for number, token in enumerate(tokens):
                if token.is_word:
                    before = tokens[number - 1].text.lower() if number else ""
                    after = tokens[number + 1] if number + 1 < len(tokens) else _Token(".", initial=False)
                    self._count(token, before, after)

    def subjects(self, paragraphs: Sequence[str]) -> list[Subject]:
        """Say what a passage is about, the most telling first; nothing where nothing stands out.

        Args:
            paragraphs: How the passage begins: what is not there is not what a reader would ask for.
        """
        tokens = [token for paragraph in paragraphs for token in _tokens(paragraph)]
        opening = {token.text.lower() for token in _tokens(paragraphs[0])} if paragraphs else set()
        length = sum(token.is_word for token in tokens)
        counts = Counter(token.text.lower() for token in tokens if token.is_word)
        names = self._names(tokens)
        scores: dict[Subject, float] = {}
        for word, count in counts.items():
            known = self._words.get(word)
            if known is None or count < _ENOUGH or word not in opening:
                continue
            subject = names.get(word) or self._noun(word, tokens)
            if subject:
                # How much more of the passage the word is than of everything: a log-odds, as often as it is there.
                rate = (known.count + 1) / (self._total + 1)
                score = count * math.log(count / length / rate) * (1 + _LIVELY * known.acting / known.count)
                scores[subject] = max(score, scores.get(subject, 0.0))
        return [subject for subject in sorted(scores, key=lambda each: -scores[each]) if scores[subject] > 0]

    def _count(self, token: _Token, before: str, after: _Token) -> None:
        word = self._words.setdefault(token.text.lower(), _Word())
        self._total += 1
        word.count += 1
        if not token.initial:
            word.large += token.text[0].isupper()
            word.small += token.text[0].islower()
        word.named += before == "the"
        word.acting += after.text.lower() in _ACTS
        if before in _DETERMINERS:
            word.determined += 1
            if not after.is_word or after.text.lower() in _AFTER:
                word.noun += 1
                word.counted += before in _ARTICLES

    def _names(self, tokens: Sequence[_Token]) -> dict[str, Subject]:
        """Give the names of a passage by each of their words, the longest form that a word has."""
        found: dict[str, Subject] = {}
        for run, _ in _runs(tokens):
            words = self._known_part([token.text for token in run])
            if not words:
                continue
            subject = self._named(words)
            for word in words:
                known = found.get(word.lower())
                if (self._is_name(word) or len(words) > 1) and (not known or len(known.word) < len(subject.word)):
                    found[word.lower()] = subject
        return found

    def _known_part(self, words: list[str]) -> list[str]:
        """Give what of words with capitals is a name: all where they are often together, else from the first name."""
        if 1 < len(words) <= _NAME_WORDS and self._written[" ".join(words)] >= _OFTEN:
            return words
        while words and not self._is_name(words[0]) and words[0] not in _TITLES:
            words = words[1:]
        fits = any(map(self._is_name, words)) and words[-1].lower() not in _NO_NAMES and len(words) <= _NAME_WORDS
        return words if fits else []

    def _is_name(self, text: str) -> bool:
        word = self._words.get(text.lower(), _Word())
        known = word.large >= _ENOUGH and word.large >= _NAME_SHARE * (word.large + word.small)
        return known and text.lower() not in _NO_NAMES and text.lower() not in self.vague

    def _named(self, words: Sequence[str]) -> Subject:
        written = " ".join(words)
        name = " ".join(f"{word}." if word in _STOPPED else word for word in words)
        definite = self._definite[written] >= 0.5 * max(1, self._written[written])
        return Subject(name, f"the {name}", f"The {name}") if definite else Subject(name, name, name)

    def _noun(self, text: str, tokens: Sequence[_Token]) -> Subject | None:
        word = self._words[text]
        telling = (
            word.noun >= _ENOUGH
            and word.noun >= _NOUN_SHARE * word.determined
            and word.determined >= 0.25 * word.count
            and len(text) > 2
            and text not in self.vague
            and not text.endswith("ly")
        )
        if not telling or self._is_name(text):
            return None
        title = text.title()
        if self._is_plural(text):
            return Subject(text, text, title)
        if word.counted >= max(_ENOUGH, _COUNTED_SHARE * word.determined):
            described = self._described(text, tokens)
            return Subject(text, _with_article(described), f"The {described.title()}")
        return Subject(text, f"the {text}", f"The {title}")

    def _is_plural(self, text: str) -> bool:
        singulars = (text[:-1], text.removesuffix("es"), f"{text.removesuffix('ies')}y", f"{text.removesuffix('ves')}f")
        known = any(each != text and len(each) > 2 and each in self._words for each in singulars)
        return text.endswith("s") and not text.endswith("ss") and known and not self._words[text].counted

    def _described(self, noun: str, tokens: Sequence[_Token]) -> str:
        """Give a noun with the adjective that it first has in a passage behind “a”."""
        texts = [token.text.lower() for token in tokens]
        for article, adjective, word in zip(texts, texts[1:], texts[2:], strict=False):
            if article in _ARTICLES and word == noun and self._is_adjective(adjective):
                return f"{adjective} {noun}"
        return noun

    def _is_adjective(self, text: str) -> bool:
        word = self._words.get(text, _Word())
        before_nouns = word.determined - word.noun
        return (
            text.isalpha()
            and before_nouns >= 3
            and before_nouns >= 0.6 * word.determined
            and text not in _NO_ADJECTIVES
        )


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    initial = True
    for match in _TOKEN.finditer(text):
        word = _POSSESSIVE.sub("", match.group()) or match.group()
        found.append(_Token(word, initial, owns=word != match.group()))
        initial = word in _ENDS
    return found


def _runs(tokens: Sequence[_Token]) -> Iterator[tuple[list[_Token], bool]]:
    """Give words with capitals that stand in a row, and whether “the” stands before them.

    A full stop behind “Mr” parts nothing.
    """
    run: list[_Token] = []
    before = ""
    for token in (*tokens, _Token(".", initial=False)):
        if token.text == "." and run and run[-1].text in _STOPPED:
            continue
        large = token.is_word and token.text[0].isupper() and not token.text.isupper()
        goes_on = large and token.text.lower() not in _FUNCTION
        if goes_on:
            run.append(token)
        if run and (not goes_on or token.owns):
            yield run, before == "the"
            run = []
        if not run:
            before = token.text.lower()


def _without_initial(run: list[_Token]) -> str:
    """Give what surely are capitals of names: the first word of a sentence has one in any case."""
    return " ".join(token.text for token in run[run[0].initial :])


def _with_article(words: str) -> str:
    # “An hour” and “a unicorn” are rarer than what the letter says.
    vowel = words[0] in "aeiou" and not words.startswith(("uni", "use", "one", "eu"))
    return f"{'an' if vowel or words.startswith(('hour', 'honest', 'heir')) else 'a'} {words}"
