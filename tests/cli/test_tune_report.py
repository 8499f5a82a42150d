"""What an operator reads of their texts before anything is learned."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from bot.cli.tune_report import estimate_line, found_lines, look_name, survey_table, unasked_lines
from bot.safety.verdict import Category
from bot.tuning.document import Document
from bot.tuning.languages import Language
from bot.tuning.splitting import Split
from bot.tuning.survey import Survey
from bot.tuning.trial import Estimate

FIGURES = Survey(
    documents=10,
    characters=10_000,
    tokens=300_000,
    languages={Language.ENGLISH: 1.0},
    characters_read=12_000,
    empty=(),
    left_out={"mill.epub": tuple(f"page-{number}.xhtml" for number in range(14))},
    duplicates=(),
    duplicate_paragraphs=0,
    unreadable=(),
    blocked_documents=0,
    blocked_paragraphs=0,
    blocked={},
    held_out_documents=2,
    held_out_characters=500,
    held_out_within=True,
)


def shown(survey: Survey) -> str:
    console = Console(file=io.StringIO(), width=400)
    console.print(survey_table(survey))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_what_is_held_out_is_told_with_its_share() -> None:
    assert "2 documents, 500 characters (5.0%, the end of a text that is learned from among them)" in shown(FIGURES)
    assert "2 documents, 500 characters (5.0%)" in shown(replace(FIGURES, held_out_within=False))


def test_where_nothing_is_held_out_it_is_said() -> None:
    nothing = replace(FIGURES, held_out_documents=0, held_out_characters=0, held_out_within=False)
    assert "held out            nothing" in shown(nothing)
    assert "the loss is measured on what is learned from" in " ".join(found_lines(nothing, 300_000))
    assert (look_name(nothing), look_name(FIGURES)) == ("loss on text that it learns from", "held-out loss")


def test_where_little_is_held_out_it_is_said() -> None:
    little = replace(FIGURES, held_out_characters=22)
    assert "Only 22 characters are held out" in " ".join(found_lines(little, 300_000))
    assert "Only" not in " ".join(found_lines(FIGURES, 300_000))


def test_pages_of_a_book_that_are_left_out_are_named() -> None:
    assert "of mill.epub: page-0.xhtml, page-1.xhtml" in shown(FIGURES)
    assert "page-11.xhtml and 2 more" in shown(FIGURES)


def test_requests_that_a_base_would_not_hear_are_counted() -> None:
    told = Document(name="a", text="Once.", source=Path("a"))
    asked = replace(told, request="a dragon")
    (line,) = unasked_lines(Split((told, asked), (asked,), within=False), "smollm2-135m")
    assert line.startswith("Before 2 texts there is a request, which is left out: smollm2-135m follows")
    assert list(unasked_lines(Split((told,), (), within=False), "smollm2-135m")) == []


def test_one_thing_is_told_in_the_singular() -> None:
    one = replace(FIGURES, documents=1, held_out_documents=1, blocked={Category.SLUR: 1}, blocked_paragraphs=1)
    lines = shown(replace(one, blocked_documents=1))
    assert "1 document, 500 characters" in lines
    assert "1 paragraph of 1 document (" in lines


def test_the_samples_are_part_of_what_a_run_will_take() -> None:
    needed = Estimate(step_seconds=6.5, seconds=47, memory_mb=4_600)
    assert estimate_line(needed, 4, 75) == (
        "4 steps of 6.5 s: about 47 seconds, samples before and after 75 seconds, and 4.6 GB of memory besides what is "
        "open."
    )
