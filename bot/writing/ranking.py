"""Which of several texts is the best: sample-and-rank. Pure functions.

Of texts that were drawn, the one is taken that the model itself finds likeliest, by token, so that short ones have no
advantage (Adiwardana et al. 2020, "Towards a Human-like Open-Domain Chatbot", section 3.4). Likelihood favours texts
that repeat themselves (Holtzman et al. 2020), so what comes again counts against a text; and so does an end in the
middle of a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.sentences import last_sentence_end
from bot.writing.judging import grams

REPEATED_WEIGHT = 4.0
"""Nats a token for a text that says everything twice; one run of four words in twenty costs a fifth."""
UNFINISHED_WEIGHT = 0.5
"""Nats a token for a text that ends within a sentence."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text as it is shown, and how likely the model finds it."""

    text: str
    tokens: int
    """That `log_likelihood` is of."""
    log_likelihood: float
    """Natural logarithm, at most 0."""


def score(candidate: Candidate) -> float:
    """Give how good a text is, in nats a token: at most 0, and the higher the better; minus infinity for none."""
    if not candidate.text.strip():
        return float("-inf")
    likelihood = candidate.log_likelihood / max(1, candidate.tokens)
    unfinished = UNFINISHED_WEIGHT * (not is_finished(candidate.text))
    return likelihood - REPEATED_WEIGHT * repeated(candidate.text) - unfinished


def ranked(candidates: Sequence[Candidate]) -> list[int]:
    """Give the numbers of texts, the best first; of equals the one that was named first."""
    return sorted(range(len(candidates)), key=lambda number: -score(candidates[number]))


def repeated(text: str) -> float:
    """Give seq-rep-4: of a text's runs of four words, the share that were there before (Welleck et al. 2020).

    Of Chinese, runs of eight characters; 0 where there is no run.
    """
    runs = grams(text)
    return 1 - len(runs) / runs.total() if runs else 0.0


def is_finished(text: str) -> bool:
    """Tell whether a text ends where a sentence does."""
    whole = text.rstrip()
    return bool(whole) and not whole.endswith("…") and last_sentence_end(whole) == len(whole)
