"""What the safety layer says of a text, in words that a moderator understands."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.errors import N_
from bot.safety.patterns.finder import PATTERN_NAMES
from bot.safety.policy import Policy, PolicyName
from bot.safety.verdict import CATEGORY_NAMES, SOURCE_NAMES, Action, Category, Hit, Severity, Source, Verdict
from bot.ui.texts import Translate

ACTION_NAMES: Mapping[Action, str] = MappingProxyType(
    {
        Action.ALLOW: N_("let pass"),
        Action.MASK: N_("masked"),
        Action.RETRY: N_("written again"),
        Action.BLOCK: N_("blocked"),
    }
)
ACTION_MEANINGS: Mapping[Action, str] = MappingProxyType(
    {
        Action.ALLOW: N_("It stays as it is."),
        Action.MASK: N_("Dots stand for its letters."),
        Action.RETRY: N_("The model writes it again; what a person wrote is masked."),
        Action.BLOCK: N_("The model writes it again; what a person wrote is refused."),
    }
)
POLICY_TITLES: Mapping[str, str] = MappingProxyType(
    {
        PolicyName.STRICT: N_("strict"),
        PolicyName.STANDARD: N_("standard"),
        PolicyName.RELAXED: N_("relaxed"),
        PolicyName.CUSTOM: N_("custom"),
    }
)
SEVERITY_NAMES: Mapping[Severity, str] = MappingProxyType(
    {Severity.MILD: N_("mild"), Severity.STRONG: N_("strong"), Severity.SEVERE: N_("severe")}
)
MOST_HITS = 15


def rule_line(hit: Hit, speak: Translate) -> str:
    """Say which rule found a hit."""
    rule = hit.rule
    if rule.source is Source.PATTERN:
        return speak(PATTERN_NAMES.get(rule.name, SOURCE_NAMES[rule.source]))
    if rule.source is Source.CLASSIFIER:
        return speak(N_("the reading of whole sentences, {percent} % sure"), percent=round(100 * hit.score))
    return speak(N_("{list}: ||{entry}||"), list=speak(SOURCE_NAMES[rule.source]), entry=rule.name.replace("|", "¦"))


def hit_line(hit: Hit, action: Action, speak: Translate) -> str:
    """Say what a hit is, and what is done about it."""
    return speak(
        N_("**{category}** ({severity}): {action}, by {rule}"),
        category=speak(CATEGORY_NAMES[hit.category]),
        severity=speak(SEVERITY_NAMES[hit.severity]),
        action=speak(ACTION_NAMES[action]),
        rule=rule_line(hit, speak),
    )


def verdict_lines(verdict: Verdict, actions: Mapping[Hit, Action], speak: Translate) -> list[str]:
    """Say what is made of a text, the hardest hit first.

    Args:
        verdict: The judgement.
        actions: What the policy does about each hit.
        speak: The language.
    """
    lines = [speak(N_("As a whole: **{action}**."), action=speak(ACTION_NAMES[verdict.action]))]
    different = dict.fromkeys(hit_line(hit, actions[hit], speak) for hit in verdict.hits)
    lines += [f"- {line}" for line in list(different)[:MOST_HITS]]
    if not verdict.hits:
        lines.append(speak(N_("Nothing was found in it.")))
    return lines


def policy_lines(policy: Policy, speak: Translate) -> list[str]:
    """Say what a policy does about each category, from mild to severe."""
    name = speak(POLICY_TITLES[policy.name])
    lines = [speak(N_("Here holds **{policy}**. What is done about mild, strong and severe:"), policy=name)]
    lines += [f"- {speak(CATEGORY_NAMES[category])}: {actions_line(policy, category, speak)}" for category in Category]
    return lines


def actions_line(policy: Policy, category: Category, speak: Translate) -> str:
    """Say what a policy does about a category, from mild to severe."""
    return " · ".join(speak(ACTION_NAMES[policy.action_for(category, severity)]) for severity in Severity)
