"""The word lists: what an operator edits, read and checked as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bot.safety.verdict import Category, Severity
from bot.safety.words.normalise import normalise
from bot.safety.words.spellings import inflected
from config.checked import read_toml
from config.settings import CONFIG_DIR

LEXICON_FILE = CONFIG_DIR / "words" / "lexicon.toml"


class Place(StrEnum):
    """Where an entry counts."""

    WORD = "word"
    """As a whole word alone."""
    ANYWHERE = "anywhere"
    """Inside other words as well."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a word of the lists falls under.

    Attributes:
        name: What rules and allow lists call it: the word as it is listed, folded.
        category: What it falls under.
        severity: How bad it is.
        place: Where it counts.
    """

    name: str
    category: Category
    severity: Severity
    place: Place = Place.WORD


@dataclass(frozen=True, slots=True)
class Words:
    """All that is looked for.

    Attributes:
        entries: By folded form; an inflected form has the entry of the word that it was made from.
        innocent: Folded words and phrases that hold an entry and mean no harm: “Scunthorpe”, “spic and span”.
        disguised: The folded words whose misspellings are looked for as well.
        honest: Folded words that are no entries, whatever they look like.
    """

    entries: Mapping[str, Entry]
    innocent: frozenset[str] = field(default=frozenset())
    disguised: frozenset[str] = field(default=frozenset())
    honest: frozenset[str] = field(default=frozenset())

    def __contains__(self, word: str) -> bool:
        return word in self.entries

    def __getitem__(self, word: str) -> Entry:
        return self.entries[word]


class _Forms(BaseModel):
    """Words of one category and severity."""

    model_config = ConfigDict(extra="forbid")

    word: frozenset[str] = frozenset()
    stem: frozenset[str] = frozenset()
    anywhere: frozenset[str] = frozenset()


class _Around(BaseModel):
    """What makes entries innocent that stand within it: words, divided by white space."""

    model_config = ConfigDict(extra="forbid")

    entries: str
    before: str = ""
    behind: str = ""

    def innocent(self) -> Iterator[str]:
        """Give every entry with each of the words before it, and with each of those behind it."""
        for entry in self.entries.split():
            yield from (word + entry for word in self.before.split())
            yield from (entry + word for word in self.behind.split())


class _ListFile(BaseModel):
    """What an operator edits."""

    model_config = ConfigDict(extra="forbid")

    allow: frozenset[str] = frozenset()
    innocent: frozenset[str] = frozenset()
    around: tuple[_Around, ...] = ()
    disguised: frozenset[str] = frozenset()
    categories: dict[Category, frozenset[str]] = Field(default_factory=dict)
    mild: dict[Category, _Forms] = Field(default_factory=dict)
    strong: dict[Category, _Forms] = Field(default_factory=dict)
    severe: dict[Category, _Forms] = Field(default_factory=dict)

    def all_innocent(self) -> Iterator[str]:
        """Give the words and phrases that hold an entry and mean no harm."""
        yield from self.innocent
        for around in self.around:
            yield from around.innocent()

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """Give folded words and what they fall under, those that are meant more exactly later."""
        for category, words in self.categories.items():
            yield from _same(words, category, usual_severity(category), Place.WORD)
        for severity, rows in (
            (Severity.MILD, self.mild), (Severity.STRONG, self.strong), (Severity.SEVERE, self.severe)
        ):  # fmt: skip
            for category, forms in rows.items():
                for stem in sorted(forms.stem | forms.anywhere):
                    entry = Entry(_folded(stem), category, severity)
                    yield from ((form, entry) for form in inflected(entry.name))
                yield from _same(forms.word, category, severity, Place.WORD)
                yield from _same(forms.anywhere, category, severity, Place.ANYWHERE)


def usual_severity(category: Category) -> Severity:
    """Give the severity of a word that is listed by its category alone."""
    return Severity.SEVERE if category in {Category.SLUR, Category.SEXUAL_MINORS} else Severity.STRONG


def plain_words(words: Mapping[str, Category]) -> Words:
    """Take folded words as entries that count as whole words, as strongly as is usual."""
    return Words({word: Entry(word, category, usual_severity(category)) for word, category in words.items() if word})


def load_words(path: Path = LEXICON_FILE) -> Words:
    """Read the word lists: a file of an operator's own, and those that stand beside it.

    Args:
        path: The file whose words go before those of the others; every other `.toml` file in its folder is a list too.

    Raises:
        ConfigurationError: a file cannot be read, or something in it cannot be used.
    """
    others = sorted(other for other in path.parent.glob("*.toml") if other.name != path.name)
    lists = [read_toml(file, TypeAdapter(_ListFile)) for file in (*others, path)]
    entries: dict[str, Entry] = {}
    for one in lists:
        # Of two that give the same form, the one that is listed as such knows better than an inflection.
        entries |= dict(sorted(one.entries(), key=lambda item: item[0] == item[1].name))
    allowed = {_folded(word) for one in lists for word in one.allow} | {""}
    innocent = frozenset(_folded(word) for one in lists for word in one.all_innocent()) - {""}
    kept = {form: entry for form, entry in entries.items() if form not in allowed and entry.name not in allowed}
    disguised = frozenset(_folded(word) for one in lists for word in one.disguised)
    return Words(MappingProxyType(kept), innocent, disguised, frozenset(allowed))


def _folded(word: str) -> str:
    return normalise(word)[0].strip()


def _same(words: frozenset[str], category: Category, severity: Severity, place: Place) -> Iterator[tuple[str, Entry]]:
    for word in sorted(words):
        folded = _folded(word)
        yield folded, Entry(folded, category, severity, place)
