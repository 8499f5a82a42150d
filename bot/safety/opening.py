"""What the safety layer consists of, opened in one place."""

from __future__ import annotations

from pathlib import Path

from bot.safety.classifier import Classifier
from bot.safety.encoder import EncoderClassifier
from bot.safety.hub import HubClassifier
from bot.safety.lexicon import LEXICON_FILE, Lexicon, load_words
from bot.safety.own import Finder

EMBEDDED = "embedded"
"""The classifier that ships with the project."""
NONE = "none"
"""Words and patterns alone."""


def open_finders(words: Path = LEXICON_FILE) -> tuple[Finder, ...]:
    """Give what looks for words and patterns.

    Raises:
        ConfigurationError: the word lists cannot be read.
    """
    return (Lexicon(load_words(words)),)


def open_classifier(name: str = EMBEDDED) -> Classifier | None:
    """Open what judges sentences; takes half a second, and for a model of the hub some more.

    Args:
        name: `EMBEDDED`, `NONE`, or what `HubClassifier` opens.

    Raises:
        ConfigurationError: it cannot be opened.
    """
    if name == NONE:
        return None
    return EncoderClassifier() if name == EMBEDDED else HubClassifier(name)
