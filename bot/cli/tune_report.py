"""What `tune` says of the texts, of the time, and of what came of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.table import Table

from bot.safety.verdict import CATEGORY_NAMES
from bot.tuning.progress import loss_before
from bot.tuning.survey import Finding, FindingKind, Survey

if TYPE_CHECKING:
    from bot.tuning.run import Done
    from bot.tuning.training import Trained
    from bot.tuning.trial import Estimate

SENTENCES = {
    FindingKind.TOO_LITTLE: "There is too little to learn from: under {needed:,.0f} tokens a model only gets worse.",
    FindingKind.SMALL: (
        "There is little to learn from, under {plenty:,.0f} tokens: it will be learned by heart. "
        "A few thousand good lines more are better than more steps."
    ),
    FindingKind.UNSEEN: "The steps see {share:.0%} of it. More of it is seen with more --steps, or without --steps.",
    FindingKind.REPEATED: "The steps go through it {times:.1f} times; from the third time on it is learned by heart.",
    FindingKind.HELD_OUT_WITHIN: (
        "What is held out is the end of a text that is learned from, so the measured loss flatters."
    ),
    FindingKind.NOTHING_HELD_OUT: "There is one paragraph alone, so nothing can be held out to measure by.",
}
"""What an operator is told of each finding."""


def survey_table(survey: Survey) -> Table:
    """Give the figures of the texts."""
    table = Table("", "", box=None, show_header=False, pad_edge=False)
    languages = ", ".join(f"{language.value} {share:.0%}" for language, share in survey.languages.items())
    rows = {
        "documents": f"{survey.documents:,}",
        "characters": f"{survey.characters:,} of {survey.characters_read:,} read (licences, headings, notes left out)",
        "tokens": f"{survey.tokens:,}",
        "languages": languages or "none",
        "duplicates dropped": f"{len(survey.duplicates)} documents, {survey.duplicate_paragraphs} paragraphs",
        "blocked by safety": _blocked(survey),
        "held out": f"{survey.held_out_documents} documents, {survey.held_out_characters:,} characters",
    }
    for key, value in rows.items():
        table.add_row(key, value)
    for unreadable in survey.unreadable:
        table.add_row("left out", str(unreadable.error))
    for empty in survey.empty:
        table.add_row("left out", f"{empty}: no story in it")
    return table


def found_lines(survey: Survey, seen_tokens: int) -> Iterator[str]:
    """Give what an operator should know before it begins, a sentence each."""
    for finding in survey.findings(seen_tokens):
        yield sentence(finding)


def sentence(finding: Finding) -> str:
    """Say a finding."""
    return SENTENCES[finding.kind].format(**finding.values)


def estimate_line(needed: Estimate, steps: int) -> str:
    """Say what a run will take."""
    return (
        f"{steps} steps of {needed.step_seconds:.1f} s: about {_time(needed.seconds)}, and "
        f"{needed.memory_mb / 1000:.1f} GB of memory besides what is open."
    )


def outcome_lines(name: str, trained: Trained, done: Done) -> Iterator[str]:
    """Say what came of a run, and what can be done with it."""
    first, best = loss_before(trained.looks), trained.best
    before = "" if first is None else f"{math.exp(first):.1f} before, "
    yield (
        f"{name}: held-out perplexity {before}{math.exp(best.loss):.1f} after "
        f"(step {best.step} of {trained.steps}, {_time(trained.seconds)})."
    )
    if first is not None and best.loss >= first:
        yield "It got worse at text that it has not seen. Fewer steps, a lower --learning-rate, or more text, help."
    if done.memorised.warns:
        yield (
            f"It knows its texts by heart: {done.memorised.share:.0%} of the runs of eight words in what it "
            "writes stand in them. Fewer steps, or more text, help."
        )
    yield f"Its card, curve and samples: {done.folder}"
    yield f'Try it: python -m bot write "Once upon a time" --model {name}'


def _blocked(survey: Survey) -> str:
    if not survey.blocked:
        return "nothing"
    named = ", ".join(f"{CATEGORY_NAMES[category]} {count}" for category, count in survey.blocked.items())
    return f"{survey.blocked_paragraphs} paragraphs of {survey.blocked_documents} documents ({named})"


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"
