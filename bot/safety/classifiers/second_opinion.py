"""What better-profanity says of a sentence: an operator's choice, beside the word lists and never instead of them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.safety.classifiers.protocol import Classifier, Unit
from bot.safety.verdict import Category, Hit, Rule, Severity, Source

NAME = "better-profanity"


class SecondOpinion:
    """Asks better-profanity, whose list calls kings' deaths and pawns profane: what it finds is mild.

    It takes a quarter of a millisecond a character. Like every classifier it is called off the event loop.
    """

    def __init__(self) -> None:
        from better_profanity import Profanity  # noqa: PLC0415 - compiles its list for half a second

        self._profanity = Profanity()
        self._profanity.load_censor_words()

    def classify(self, units: Sequence[Unit], *, wary: bool) -> list[list[Hit]]:
        """Give a hit over each unit in which it finds a word."""
        del wary
        rule = Rule(Source.CLASSIFIER, NAME)
        return [
            [Hit(0, len(unit.text), Category.PROFANITY, Severity.MILD, rule)]
            if self._profanity.contains_profanity(unit.text)
            else []
            for unit in units
        ]


class Together:
    """Several classifiers, each of which has its say.

    Args:
        classifiers: Whom to ask.
    """

    def __init__(self, classifiers: Sequence[Classifier]) -> None:
        self._classifiers = tuple(classifiers)

    def classify(self, units: Sequence[Unit], *, wary: bool) -> list[list[Hit]]:
        """Give for each unit what any of them finds."""
        said = [classifier.classify(units, wary=wary) for classifier in self._classifiers]
        return [[hit for hits in of_unit for hit in hits] for of_unit in zip(*said, strict=True)]
