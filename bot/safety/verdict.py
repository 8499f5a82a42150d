"""What the safety layer says of a text, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from types import MappingProxyType

from bot.errors import N_

MASK = "•"


class Category(StrEnum):
    """What a text can fall under."""

    PROFANITY = "profanity"
    SLUR = "slur"
    HATE = "hate"
    HARASSMENT = "harassment"
    THREAT = "threat"
    SEXUAL = "sexual"
    SEXUAL_MINORS = "sexual-minors"
    SELF_HARM = "self-harm"
    VIOLENCE = "violence"
    DRUGS = "drugs"
    PERSONAL_DATA = "personal-data"
    SPAM = "spam"
    CUSTOM = "custom"


CATEGORY_NAMES: Mapping[Category, str] = MappingProxyType(
    {
        Category.PROFANITY: N_("swearing"),
        Category.SLUR: N_("slurs"),
        Category.HATE: N_("hate"),
        Category.HARASSMENT: N_("harassment"),
        Category.THREAT: N_("threats"),
        Category.SEXUAL: N_("sexual content"),
        Category.SEXUAL_MINORS: N_("sexual content about minors"),
        Category.SELF_HARM: N_("self-harm"),
        Category.VIOLENCE: N_("violence"),
        Category.DRUGS: N_("drugs"),
        Category.PERSONAL_DATA: N_("personal data"),
        Category.SPAM: N_("spam"),
        Category.CUSTOM: N_("this server's own rules"),
    }
)


class Severity(IntEnum):
    """How bad a hit is within its category."""

    MILD = 1
    """What a children's book may hold: “damn”, a naked swimmer, a glass of whisky."""
    STRONG = 2
    """What a broadcaster would bleep."""
    SEVERE = 3
    """What no server wants to have been posted."""

    @property
    def key(self) -> str:
        """What it is stored as."""
        return self.name.lower()


SEVERITIES: Mapping[str, Severity] = MappingProxyType({severity.key: severity for severity in Severity})
"""By what they are stored as."""


class Action(StrEnum):
    """What is done about a hit, from the mildest to the hardest."""

    ALLOW = "allow"
    MASK = "mask"
    """Its letters are replaced, one for one."""
    RETRY = "retry"
    """Where the model wrote it, it is written again; where a person did, it is masked."""
    BLOCK = "block"
    """Where the model wrote it, it is written again; a person's text is refused."""


HARDNESS: Mapping[Action, int] = MappingProxyType({action: rank for rank, action in enumerate(Action)})


REWRITTEN = frozenset({Action.RETRY, Action.BLOCK})
"""What is done about a hit by writing again, where the model wrote it."""


class Source(StrEnum):
    """What kind of rule found a hit."""

    WORD = "word"
    PATTERN = "pattern"
    CLASSIFIER = "classifier"
    OWN_WORD = "own word"
    OWN_PATTERN = "own pattern"


SOURCE_NAMES: Mapping[Source, str] = MappingProxyType(
    {
        Source.WORD: N_("the list of words"),
        Source.PATTERN: N_("the list of patterns"),
        Source.CLASSIFIER: N_("the reading of whole sentences"),
        Source.OWN_WORD: N_("a word of this server's own list"),
        Source.OWN_PATTERN: N_("an expression of this server's own list"),
    }
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What found a hit.

    Attributes:
        source: The kind of rule.
        name: Which of its kind: the entry of a word list, the name of a pattern, the label of a classifier, a server's
            own expression. Never a piece of the text that was read.
    """

    source: Source
    name: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A piece of the original text, from `start` to before `end`, and what it falls under.

    Attributes:
        start: Offset of the first character.
        end: Offset behind the last one.
        category: What it falls under.
        severity: How bad it is.
        rule: What found it.
        score: How sure the rule is, above 0 to 1; a word or pattern is always sure.
        form: Which form of a listed word it is, as the lists give it: an inflection, or the word itself.
    """

    start: int
    end: int
    category: Category
    severity: Severity
    rule: Rule
    score: float = 1.0
    form: str = ""

    def moved(self, by: int) -> Hit:
        """Give the hit at its place in a text that has so many more characters before it."""
        return replace(self, start=self.start + by, end=self.end + by)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one text."""

    action: Action
    categories: tuple[Category, ...]
    """All that the text falls under, whatever the policy does about it; the one that decided comes first."""
    score: float
    """How sure it is of the first category, 0 to 1; 0 where nothing was found."""
    text: str
    """The text as it may be shown: masked where the action is `mask` or `retry`, empty where it is `block`."""
    hits: tuple[Hit, ...] = ()
    """What was found, the hardest first."""

    @property
    def decisive(self) -> Hit | None:
        """The hit that the action follows from."""
        return self.hits[0] if self.hits else None
