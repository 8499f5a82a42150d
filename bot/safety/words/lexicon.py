"""The finder of words: one compiled matcher for all of them, and closer looks where a text is unusual."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.safety.verdict import Category, Hit, Rule, Source
from bot.safety.words.forms import Forms
from bot.safety.words.lists import LEXICON_FILE, Words, load_words, plain_words
from bot.safety.words.normalise import Folder
from bot.safety.words.search import Search
from bot.safety.words.tail import settled

__all__ = ["LEXICON_FILE", "Lexicon", "load_words"]


class Lexicon:
    """Finds words in texts, in whatever disguise they come.

    Args:
        words: What is looked for; of a plain mapping every word counts as a whole word, as strongly as is usual.
        own: Whether they are a server's own, which may be everyday words; see `Forms`.
    """

    def __init__(self, words: Words | Mapping[str, Category], *, own: bool = False) -> None:
        self.words = words
        self._folder = Folder()
        self._forms = Forms(words if isinstance(words, Words) else plain_words(words), own=own)
        self._search = Search(self._forms)

    def find(self, text: str) -> list[Hit]:
        """Give the words in a text; of several that begin together, those that no longer one is as bad as."""
        by_start: dict[int, list[tuple[tuple[int, ...], Hit]]] = {}
        for start, end, form in self._search.find(text, self._folder):
            entry = self._forms.entries[form]
            hit = Hit(start, end, entry.category, entry.severity, Rule(Source.WORD, entry.name), form=form)
            rank = (end, entry.severity, entry.name in self._forms.disguised, len(form))
            by_start.setdefault(start, []).append((rank, hit))
        return [hit for found in by_start.values() for hit in _worst(found)]

    def settled(self, text: str) -> int:
        """Give the offset before which no word can begin or go on that is not there already, whatever may follow."""
        return settled(text, self._forms, self._folder)


def _worst(found: Iterable[tuple[tuple[int, ...], Hit]]) -> Iterator[Hit]:
    """Give, of hits that begin together, the longest, and shorter ones that are worse than all longer ones."""
    worst = 0
    for _, hit in sorted(found, key=lambda item: item[0], reverse=True):
        if hit.severity > worst:
            worst = hit.severity
            yield hit
