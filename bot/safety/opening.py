"""What the safety layer consists of, opened in one place."""

from __future__ import annotations

from collections.abc import Collection

from bot.safety.classifiers.encoder import EncoderClassifier
from bot.safety.classifiers.hub import HubClassifier
from bot.safety.classifiers.protocol import Classifier
from bot.safety.classifiers.second_opinion import SecondOpinion, Together
from bot.safety.finder import Finder
from bot.safety.patterns.finder import PatternFinder
from bot.safety.words.lexicon import Lexicon, load_words

EMBEDDED = "embedded"
"""The classifier that ships with the project."""
NONE = "none"
"""Words and patterns alone."""


def finders(lexicon: Lexicon, domains: Collection[str] = ()) -> tuple[Finder, ...]:
    """Give what looks for words and patterns.

    Args:
        lexicon: The words.
        domains: Whose pages may be linked to, those of their subdomains too.
    """
    return lexicon, PatternFinder(domains)


def open_finders(domains: Collection[str] = ()) -> tuple[Finder, ...]:
    """Read the word lists, and give what looks for words and patterns; see `finders`.

    Raises:
        ConfigurationError: the word lists cannot be read.
    """
    return finders(Lexicon(load_words()), domains)


def open_classifier(name: str = EMBEDDED, *, second_opinion: bool = False) -> Classifier | None:
    """Open what judges sentences; takes half a second, and for a model of the hub some more.

    Args:
        name: `EMBEDDED`, `NONE`, or what `HubClassifier` opens.
        second_opinion: Whether better-profanity is asked as well.

    Raises:
        ConfigurationError: it cannot be opened.
    """
    asked: list[Classifier] = []
    if name != NONE:
        asked.append(EncoderClassifier() if name == EMBEDDED else HubClassifier(name))
    if second_opinion:
        asked.append(SecondOpinion())
    return Together(asked) if len(asked) > 1 else next(iter(asked), None)
