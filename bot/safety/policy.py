"""What follows from what is found: the policies that there are, and those that servers make of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from bot.errors import N_
from bot.safety.finder import NO_OWN_RULES, OwnRules
from bot.safety.verdict import HARDNESS, MASK, Action, Category, Hit, Severity, Verdict

Actions = Mapping[tuple[Category, Severity], Action]

LOCKED: Actions = MappingProxyType(
    {
        (category, severity): Action.BLOCK
        for category in (Category.SEXUAL_MINORS, Category.HATE)
        for severity in Severity
    }
    | {(Category.SLUR, Severity.SEVERE): Action.BLOCK}
)
"""What stays blocked everywhere: no policy, no moderator and no operator can switch it off."""


class PolicyName(StrEnum):
    """The policies that a server can choose."""

    STRICT = "strict"
    STANDARD = "standard"
    RELAXED = "relaxed"
    CUSTOM = "custom"


POLICY_NAMES: Mapping[str, str] = MappingProxyType(
    {
        PolicyName.STRICT: N_("strict: no swearing, nothing sexual, no gore"),
        PolicyName.STANDARD: N_("standard: what a bookshop sells to anybody"),
        PolicyName.RELAXED: N_("relaxed: in age-restricted channels alone"),
        PolicyName.CUSTOM: N_("custom: what this server has set"),
    }
)


@dataclass(frozen=True, slots=True)
class Policy:
    """Which action each category and severity calls for.

    Attributes:
        name: What it is called.
        actions: The action for each; those not named are allowed. What is in `LOCKED` is blocked in any case.
        wary: Whether the classifier's word counts where it is less sure.
        own: What a server has added.
    """

    name: str
    actions: Actions
    wary: bool = False
    own: OwnRules = field(default=NO_OWN_RULES)

    def action(self, hit: Hit) -> Action:
        """Give the action that a hit calls for."""
        return self.action_for(hit.category, hit.severity)

    def action_for(self, category: Category, severity: Severity) -> Action:
        """Give the action that hits of a category and severity call for."""
        return LOCKED.get((category, severity)) or self.actions.get((category, severity), Action.ALLOW)

    def with_actions(self, changes: Actions) -> Policy:
        """Give the custom policy that has other actions for some; what is locked stays."""
        return replace(self, name=PolicyName.CUSTOM, actions=MappingProxyType({**self.actions, **changes}))

    def judge(self, text: str, hits: Iterable[Hit]) -> Verdict:
        """Turn what was found in a text into a verdict: the hardest action that a hit calls for."""
        hardest = tuple(sorted(hits, key=lambda hit: (-HARDNESS[self.action(hit)], -hit.severity, hit.start)))
        action = self.action(hardest[0]) if hardest else Action.ALLOW
        return Verdict(
            action,
            tuple(dict.fromkeys(hit.category for hit in hardest)),
            hardest[0].score if hardest else 0.0,
            "" if action is Action.BLOCK else self.masked(text, hardest),
            hardest,
        )

    def masked(self, text: str, hits: Iterable[Hit]) -> str:
        """Give a text with the letters replaced of what is to be masked; every other character stays."""
        characters = list(text)
        for hit in hits:
            if self.action(hit) in {Action.MASK, Action.RETRY}:
                for offset in range(hit.start, hit.end):
                    if not characters[offset].isspace():
                        characters[offset] = MASK
        return "".join(characters)


def _actions(**by_category: str) -> Actions:
    """Read a table: for each category the actions for mild, strong and severe, by their first letters."""
    letters = {"a": Action.ALLOW, "m": Action.MASK, "r": Action.RETRY, "b": Action.BLOCK}
    return MappingProxyType(
        {
            (Category(name.replace("_", "-")), severity): letters[letter]
            for name, row in by_category.items()
            for severity, letter in zip(Severity, row, strict=True)
        }
    )


STRICT = Policy(
    PolicyName.STRICT,
    _actions(
        profanity="mmm", sexual="mbb", slur="bbb", hate="bbb", harassment="abb", threat="abb", self_harm="abb",
        sexual_minors="bbb", violence="amb", drugs="amb", personal_data="mmb", spam="mmb", custom="mmb",
    ),
    wary=True,
)  # fmt: skip
STANDARD = Policy(
    PolicyName.STANDARD,
    _actions(
        profanity="amm", sexual="amb", slur="mbb", hate="bbb", harassment="aaa", threat="aab", self_harm="aab",
        sexual_minors="bbb", violence="aaa", drugs="aaa", personal_data="amb", spam="amb", custom="mmb",
    ),
)  # fmt: skip
RELAXED = Policy(
    PolicyName.RELAXED,
    _actions(
        profanity="aaa", sexual="aaa", slur="amb", hate="bbb", harassment="aaa", threat="aaa", self_harm="aab",
        sexual_minors="bbb", violence="aaa", drugs="aaa", personal_data="amb", spam="amb", custom="mmb",
    ),
)  # fmt: skip
BUILT_IN: Mapping[str, Policy] = MappingProxyType({policy.name: policy for policy in (STRICT, STANDARD, RELAXED)})
"""By name; every table gives, for each category, what is done about what is mild, strong and severe."""
