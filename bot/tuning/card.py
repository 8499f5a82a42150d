"""A model's card: what it was made from and how, and what it came to. Markdown with the hub's front matter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from bot.tuning.memorised import Memorised
from bot.tuning.progress import Look, kept_of, loss_before
from bot.tuning.recipe import Recipe
from bot.tuning.samples import Sample
from bot.tuning.survey import Survey


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What a card tells."""

    name: str
    base: str
    licence: str
    made: date
    survey: Survey
    sources: Sequence[str]
    """The files that it learned from, by name."""
    recipe: Recipe
    steps: int
    seconds: float
    looks: Sequence[Look]
    memorised: Memorised
    """Of its samples."""
    recited: Memorised
    """Of what it wrote after the first words of passages that it learned from."""
    samples: Sequence[tuple[Sample, Sample]]
    """Before and after, of the same prompt and seed."""


def model_card(facts: Facts) -> str:
    """Write it."""
    best, before = kept_of(facts.looks), loss_before(facts.looks)
    survey, recipe = facts.survey, facts.recipe
    languages = [language.value for language, share in survey.languages.items() if share >= 0.05]
    knobs = "\n".join(f"| `{field.name}` | {getattr(recipe, field.name)} |" for field in fields(Recipe))
    texts = "\n\n".join(
        f"**{_in_line(one.prompt)}**\n\n> before: {_quoted(one.text)}\n\n> after: {_quoted(other.text)}"
        for one, other in facts.samples
    )
    return f"""---
license: {facts.licence.lower()}
base_model: {facts.base}
language: [{", ".join(languages)}]
library_name: peft
---
# {facts.name}

Made on {facts.made.isoformat()} from {facts.base} by fine-tuning. Its licence is that of {facts.base} \
({facts.licence}), as far as the texts that it learned from allow.

## What it learned from
{number_of(survey.documents, "document")}, {survey.characters:,} characters, {survey.tokens:,} tokens: \
{", ".join(facts.sources)}.
Left out: {number_of(len(survey.duplicates), "duplicate")}; because of the safety layer, \
{number_of(survey.blocked_paragraphs, "paragraph")}.
{_held_out(survey)}

## How
{best.step} of {facts.steps} steps are kept, {facts.seconds / 60:.1f} minutes.

| | |
|---|---|
{knobs}

## What came of it
| on {_measured_on(survey)} | before | after |
|---|---|---|
| loss (nats per token) | {_figure(before, ".3f")} | {best.loss:.3f} |
| perplexity | {_figure(before and math.exp(before), ".1f")} | {math.exp(best.loss):.1f} |

{_said_of("its samples", facts.memorised)}

{_said_of("what it writes after the first words of its texts", facts.recited)}

![The loss of each step](curve.png)

## The same prompts and seeds, before and after
{texts}
"""


def number_of(count: int, thing: str) -> str:
    """Give a count with what is counted: “1 document”, “2,000 documents”."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def _held_out(survey: Survey) -> str:
    if not survey.held_out_documents:
        return "Held out: nothing, so that no figure here is of text that it has not seen."
    documents = f"{number_of(survey.held_out_documents, 'document')}, {survey.held_out_characters:,} characters"
    within = " Among them is the end of a text that it learned from." if survey.held_out_within else ""
    return f"Held out: {documents} ({survey.held_out_share:.1%}).{within}"


def _measured_on(survey: Survey) -> str:
    return "held-out text" if survey.held_out_documents else "text that it learned from"


def _said_of(texts: str, found: Memorised) -> str:
    share = f"{found.share:.1%} of the runs of eight words in {texts} stand in what it learned from"
    if not found.longest:
        return f"{share}."
    warning = " **It knows its texts by heart.** Fewer steps, or more text, help." if found.warns else ""
    return f"{share}; the longest passage that does: “{_in_line(found.longest)[:300]}”.{warning}"


def _in_line(text: str) -> str:
    return " ".join(text.split())


def _quoted(text: str) -> str:
    return "\n> ".join(text.strip().splitlines())


def _figure(value: float | None, form: str) -> str:
    return "not known" if value is None else format(value, form)
