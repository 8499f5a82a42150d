"""What `tune` says of the texts, of the time, and of what came of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.table import Table

from bot.safety.verdict import CATEGORY_NAMES
from bot.tuning.card import number_of
from bot.tuning.progress import loss_before
from bot.tuning.splitting import Split
from bot.tuning.survey import Finding, FindingKind, Survey

if TYPE_CHECKING:
    from bot.tuning.run import Done
    from bot.tuning.training import Trained
    from bot.tuning.trial import Estimate

NAMED_PAGES = 12
"""Of a book, as many pages that are left out are named."""
SENTENCES = {
    FindingKind.TOO_LITTLE: "There is too little to learn from: under {needed:,.0f} tokens a model only gets worse.",
    FindingKind.SMALL: (
        "There is little to learn from, under {plenty:,.0f} tokens: it will be learned by heart. "
        "A few thousand good lines more are better than more steps."
    ),
    FindingKind.UNSEEN: "The steps see {share:.0%} of it. More of it is seen with more --steps, or without --steps.",
    FindingKind.REPEATED: "The steps go through it {times:.1f} times; from the third time on it is learned by heart.",
    FindingKind.HELD_OUT_WITHIN: (
        "Among what is held out is the end of a text that is learned from, so the measured loss flatters."
    ),
    FindingKind.LITTLE_HELD_OUT: (
        "Only {characters:,.0f} characters are held out, since the texts have no place to cut off more: the measured "
        "loss says little."
    ),
    FindingKind.NOTHING_HELD_OUT: (
        "The texts have no place where an end could be held out, so the loss is measured on what is learned from: it "
        "does not tell when a model learns by heart."
    ),
}
"""What an operator is told of each finding."""
SEEN = ("perplexity on text that it learned from", "that it learned from")
"""What is measured, and on which text, where nothing was held out."""


def survey_table(survey: Survey) -> Table:
    """Give the figures of the texts."""
    table = Table("", "", box=None, show_header=False, pad_edge=False)
    languages = ", ".join(f"{language.value} {share:.0%}" for language, share in survey.languages.items())
    dropped = number_of(len(survey.duplicates), "document")
    rows = {
        "documents": f"{survey.documents:,}",
        "characters": f"{survey.characters:,} of {survey.characters_read:,} read (licences, headings, notes left out)",
        "tokens": f"{survey.tokens:,}",
        "languages": languages or "none",
        "duplicates dropped": f"{dropped}, {number_of(survey.duplicate_paragraphs, 'paragraph')}",
        "blocked by safety": _blocked(survey),
        "held out": _held_out(survey),
    }
    for key, value in rows.items():
        table.add_row(key, value)
    for unreadable in survey.unreadable:
        table.add_row("left out", str(unreadable.error))
    for name, pages in survey.left_out.items():
        more = f" and {len(pages) - NAMED_PAGES} more" if len(pages) > NAMED_PAGES else ""
        table.add_row("left out", f"of {name}: {', '.join(pages[:NAMED_PAGES])}{more}")
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


def unasked_lines(parted: Split, base: str) -> Iterator[str]:
    """Say that requests are not learned, if some texts have one.

    Args:
        parted: The texts.
        base: The model that follows requests already.
    """
    if count := sum(bool(each.request) for each in (*parted.training, *parted.held_out)):
        yield (
            f"Before {number_of(count, 'text')} there is a request, which is left out: {base} follows requests "
            "already, in a frame of its own. With --asked requests are taught all the same."
        )


def look_name(survey: Survey) -> str:
    """Say what the looks of a run are at."""
    return "held-out loss" if survey.held_out_documents else "loss on text that it learns from"


def estimate_line(needed: Estimate, steps: int, writing: float) -> str:
    """Say what a run will take.

    Args:
        needed: By what learns.
        steps: How many there are.
        writing: Seconds that the samples before and after take.
    """
    return (
        f"{steps} steps of {needed.step_seconds:.1f} s: about {_time(needed.seconds)}, samples before and after "
        f"{_time(writing)}, and {needed.memory_mb / 1000:.1f} GB of memory besides what is open."
    )


def outcome_lines(name: str, trained: Trained, done: Done, survey: Survey) -> Iterator[str]:
    """Say what came of a run, and what can be done with it."""
    first, best = loss_before(trained.looks), trained.best
    before = "" if first is None else f"{math.exp(first):.1f} before, "
    what, where = ("held-out perplexity", "that it has not seen") if survey.held_out_documents else SEEN
    yield (
        f"{name}: {what} {before}{math.exp(best.loss):.1f} after "
        f"(step {best.step} of {trained.steps}, {_time(trained.seconds)})."
    )
    if first is not None and best.loss >= first:
        yield f"It got worse at text {where}. Fewer steps, a lower --learning-rate, or more text, help."
    if done.memorised.warns:
        yield (
            f"It knows its texts by heart: {done.memorised.share:.0%} of the runs of eight words in what it "
            "writes stand in them. Fewer steps, or more text, help."
        )
    yield f"Its card, curve and samples: {done.folder}"
    yield f'Try it: python -m bot write "Once upon a time" --model {name}'


def _held_out(survey: Survey) -> str:
    if not survey.held_out_documents:
        return "nothing"
    within = ", the end of a text that is learned from among them" if survey.held_out_within else ""
    return (
        f"{number_of(survey.held_out_documents, 'document')}, {survey.held_out_characters:,} characters "
        f"({survey.held_out_share:.1%}{within})"
    )


def _blocked(survey: Survey) -> str:
    if not survey.blocked:
        return "nothing"
    named = ", ".join(f"{CATEGORY_NAMES[category]} {count}" for category, count in survey.blocked.items())
    paragraphs = number_of(survey.blocked_paragraphs, "paragraph")
    return f"{paragraphs} of {number_of(survey.blocked_documents, 'document')} ({named})"


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"
