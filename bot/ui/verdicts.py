"""What the safety layer says of a text, in words that a moderator understands."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.errors import N_
from bot.safety.patterns.finder import PATTERN_NAMES
from bot.safety.verdict import CATEGORY_NAMES, SOURCE_NAMES, Action, Hit, Severity, Source, Verdict
from bot.ui.texts import Translate

ACTION_NAMES: Mapping[Action, str] = MappingProxyType(
    {
        Action.ALLOW: N_("let pass"),
        Action.MASK: N_("masked"),
        Action.RETRY: N_("written again"),
        Action.BLOCK: N_("blocked"),
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
