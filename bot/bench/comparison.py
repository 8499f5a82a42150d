"""Which of two sides writes better, in figures: each of both, and how sure their difference is. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.bench.diversity import distinct_by_text
from bot.bench.statistics import Interval, paired_bootstrap
from bot.bench.stories import faults_of
from bot.writing.judging import words
from bot.writing.ranking import repeated
from bot.writing.subjects import names_subject, subject_of

Values = Sequence[float | None]
"""A value for each text; None where there is nothing to say of it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What both sides made of one prompt; an empty text is nothing."""

    prompt: str
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that is counted."""

    name: str
    of: Callable[[Sequence[str], Sequence[str]], Values]
    """From prompts and their texts, none of which is empty."""
    is_share: bool = True
    """Of texts; else it is a number of its own kind."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A figure of both sides, over the same prompts."""

    name: str
    is_share: bool
    texts: int
    """Pairs that it was counted over."""
    a: float
    b: float
    interval: Interval | None
    """95 %, of `a - b`; None where there are too few prompts."""

    @property
    def difference(self) -> float:
        """How much more A has."""
        return self.a - self.b

    @property
    def differs(self) -> bool:
        """Whether chance alone would hardly make such a difference."""
        return self.told is not None and not self.told.holds(0.0)

    @property
    def told(self) -> Interval | None:
        """The interval, unless all prompts differ alike: then the draws tell nothing of how sure that is."""
        return self.interval if self.interval and self.interval.low < self.interval.high else None

    def as_json(self) -> dict[str, Any]:
        """Give the row for a file."""
        ends = {"low": self.interval.low, "high": self.interval.high} if self.interval else {"low": None, "high": None}
        return {"texts": self.texts, "a": self.a, "b": self.b, "difference": self.difference, **ends}


def _each(rule: Callable[[str], float]) -> Callable[[Sequence[str], Sequence[str]], Values]:
    return lambda _, texts: [float(rule(text)) for text in texts]


def _distinct(size: int) -> Callable[[Sequence[str], Sequence[str]], Values]:
    return lambda _, texts: distinct_by_text(texts, size)


def _named(prompts: Sequence[str], texts: Sequence[str]) -> Values:
    subjects = map(subject_of, prompts)
    return [
        float(names_subject(subject, text)) if subject else None for subject, text in zip(subjects, texts, strict=True)
    ]


NOTHING = "nothing_written"
FIGURES = (
    Figure("mid_sentence", _each(lambda text: faults_of(text).mid_sentence)),
    Figure("looping", _each(lambda text: faults_of(text).looping)),
    Figure("junk", _each(lambda text: faults_of(text).junk)),
    Figure("short", _each(lambda text: faults_of(text).short)),
    Figure("subject_named", _named),
    Figure("repeated_4_grams", _each(repeated)),
    Figure("distinct_1", _distinct(1)),
    Figure("distinct_2", _distinct(2)),
    Figure("words", _each(lambda text: len(words(text))), is_share=False),
)


def compare(pairs: Sequence[Pair], seed: int, figures: Sequence[Figure] = FIGURES) -> list[Row]:
    """Count over pairs.

    Whether anything was written is counted over all of them, and everything else over those where both sides wrote:
    what one of them made of its easier prompts is not set against all that the other did.

    Args:
        pairs: In their order; of one prompt there may be several.
        seed: Of the draws for the intervals.
        figures: What is counted.

    Returns:
        A row for each figure of which there is a value; none for no pairs.
    """
    both = [pair for pair in pairs if pair.a and pair.b]
    prompts = [pair.prompt for pair in both]
    rows = [
        _row(
            NOTHING,
            [pair.prompt for pair in pairs],
            [not pair.a for pair in pairs],
            [not pair.b for pair in pairs],
            seed,
        )
    ]
    for figure in figures:
        a, b = (figure.of(prompts, texts) for texts in ([pair.a for pair in both], [pair.b for pair in both]))
        rows.append(_row(figure.name, prompts, a, b, seed, is_share=figure.is_share))
    return [row for row in rows if row]


def _row(name: str, prompts: Sequence[str], a: Values, b: Values, seed: int, *, is_share: bool = True) -> Row | None:
    known = [
        (prompt, one, other)
        for prompt, one, other in zip(prompts, a, b, strict=True)
        if one is not None and other is not None
    ]
    if not known:
        return None
    differences: dict[str, list[float]] = {}
    for prompt, one, other in known:
        differences.setdefault(prompt, []).append(one - other)
    return Row(
        name=name,
        is_share=is_share,
        texts=len(known),
        a=sum(one for _, one, _ in known) / len(known),
        b=sum(other for _, _, other in known) / len(known),
        interval=_within_bounds(paired_bootstrap(list(differences.values()), seed), is_share=is_share),
    )


def _within_bounds(interval: Interval | None, *, is_share: bool) -> Interval | None:
    """Cut an interval where no difference of shares can lie."""
    if interval is None or not is_share:
        return interval
    return Interval(max(interval.low, -1.0), min(interval.high, 1.0))
