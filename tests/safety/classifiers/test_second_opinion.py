"""better-profanity beside the word lists, where an operator wants it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.safety.classifiers.protocol import Unit
from bot.safety.classifiers.second_opinion import SecondOpinion, Together
from bot.safety.layer import Safety
from bot.safety.opening import NONE, open_classifier
from bot.safety.policy import STANDARD, STRICT
from bot.safety.verdict import Action, Category, Hit, Rule, Severity, Source


class Fixed:
    """Finds the same in every unit."""

    def classify(self, units: Sequence[Unit], *, wary: bool) -> list[list[Hit]]:
        return [[Hit(0, 1, Category.SPAM, Severity.MILD, Rule(Source.CLASSIFIER, "fixed"))] for _ in units]


async def test_what_it_finds_is_mild_swearing_which_the_standard_policy_lets_pass() -> None:
    safety = Safety([], open_classifier(NONE, second_opinion=True))
    verdict = await safety.read("They will kill the king.", STANDARD)
    assert (verdict.action, verdict.categories) == (Action.ALLOW, (Category.PROFANITY,))
    assert (await safety.read("They will kill the king.", STRICT)).action is Action.MASK
    assert (await safety.read("A quiet harbour.", STRICT)).action is Action.ALLOW


def test_without_anybody_to_ask_there_is_no_classifier() -> None:
    assert open_classifier(NONE) is None


def test_of_several_each_has_its_say() -> None:
    (hits,) = Together([SecondOpinion(), Fixed()]).classify([Unit("They will kill the king.")], wary=False)
    assert {hit.rule.name for hit in hits} == {"better-profanity", "fixed"}
