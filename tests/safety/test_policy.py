"""What follows from what is found."""

from __future__ import annotations

import pytest

from bot.safety.policy import BUILT_IN, LOCKED, RELAXED, STANDARD, STRICT
from bot.safety.verdict import HARDNESS, Action, Category, Hit, Rule, Severity, Source


def hit(category: Category, severity: Severity = Severity.STRONG, start: int = 0, end: int = 4) -> Hit:
    return Hit(start, end, category, severity, Rule(Source.WORD, "word"))


@pytest.mark.parametrize("policy", BUILT_IN)
@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("category", [Category.HATE, Category.SEXUAL_MINORS])
def test_hate_and_sexual_content_about_minors_stay_blocked_everywhere(
    policy: str, category: Category, severity: Severity
) -> None:
    assert BUILT_IN[policy].action(hit(category, severity)) is Action.BLOCK


@pytest.mark.parametrize("key", LOCKED)
def test_no_custom_policy_switches_off_what_is_locked(key: tuple[Category, Severity]) -> None:
    custom = RELAXED.with_actions({key: Action.ALLOW})
    assert custom.action(hit(*key)) is Action.BLOCK


@pytest.mark.parametrize("category", Category)
def test_each_policy_is_at_least_as_hard_on_what_is_worse_and_the_strict_one_hardest(category: Category) -> None:
    for policy in BUILT_IN.values():
        ranks = [HARDNESS[policy.action(hit(category, severity))] for severity in Severity]
        assert ranks == sorted(ranks)
    for severity in Severity:
        ranks = [HARDNESS[policy.action(hit(category, severity))] for policy in (RELAXED, STANDARD, STRICT)]
        assert ranks == sorted(ranks)


def test_the_hardest_action_decides_and_its_category_comes_first() -> None:
    verdict = STANDARD.judge(
        "damn fuck slur", [hit(Category.PROFANITY, start=5, end=9), hit(Category.SLUR, start=10, end=14)]
    )
    assert verdict.action is Action.BLOCK
    assert verdict.categories == (Category.SLUR, Category.PROFANITY)
    assert verdict.text == ""


def test_what_is_written_again_by_the_model_is_masked_for_a_person() -> None:
    policy = STANDARD.with_actions({(Category.VIOLENCE, Severity.STRONG): Action.RETRY})
    verdict = policy.judge("a gory end", [hit(Category.VIOLENCE, start=2, end=6)])
    assert (verdict.action, verdict.text) == (Action.RETRY, "a •••• end")
