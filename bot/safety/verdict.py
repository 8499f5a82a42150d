"""What the safety layer says of a text, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bot.errors import N_


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


class Action(StrEnum):
    """What is done with a text, from the mildest to the hardest."""

    ALLOW = "allow"
    MASK = "mask"
    BLOCK = "block"


SEVERITY: Mapping[Action, int] = MappingProxyType({action: rank for rank, action in enumerate(Action)})


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the original text, from `start` to before `end`, and what it falls under."""

    start: int
    end: int
    category: Category


@dataclass(frozen=True, slots=True)
class Policy:
    """Which action each category calls for; those not named are allowed."""

    name: str
    actions: Mapping[Category, Action]

    def action(self, category: Category) -> Action:
        """Give the action for a category."""
        return self.actions.get(category, Action.ALLOW)


STANDARD = Policy(
    "standard",
    MappingProxyType(
        {
            Category.PROFANITY: Action.MASK,
            Category.SEXUAL: Action.MASK,
            Category.SLUR: Action.BLOCK,
            Category.SEXUAL_MINORS: Action.BLOCK,
        }
    ),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one text."""

    action: Action
    categories: tuple[Category, ...]
    """All that the text falls under, whatever the policy does about it."""
    score: float
    """How sure it is, 0 to 1; 0 where nothing was found."""
    text: str
    """The text as it may be shown: masked where the action is `mask`, else as it was."""
    spans: tuple[Span, ...] = ()

    @property
    def decisive(self) -> Category | None:
        """The category that a refusal names."""
        return self.categories[0] if self.categories else None
