"""Every line of JSON and every row of a table is a document, or is named."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bot.tuning.errors import BadLineError, NoSuchColumnError
from bot.tuning.readers.tables import read_csv, read_json_lines

HERE = Path("somewhere")


def lines(text: str, column: str = "text") -> list[tuple[str, str, str]]:
    found = read_json_lines(text, name="a.jsonl", source=HERE, column=column)
    return [(document.name, document.request, document.text) for document in found]


def rows(text: str, column: str = "text") -> list[tuple[str, str]]:
    return [(each.name, each.text) for each in read_csv(text, name="a.csv", source=HERE, column=column)]


def test_a_line_is_a_text_or_an_answer_to_a_prompt() -> None:
    text = (
        '{"text": "It rained.\\r\\nIt stopped.", "id": 7}\n\n'
        '{"prompt": " a dragon ", "completion": "Once."}\n'
        '{"prompt": "pirates", "story": "Twice.\u2028Thrice."}\n'
        '{"text": "  "}\n'
    )
    assert lines(text) == [
        ("a.jsonl:1", "", "It rained.\nIt stopped."),
        ("a.jsonl:3", "a dragon", "Once."),
        ("a.jsonl:4", "pirates", "Twice.\u2028Thrice."),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not an object"),
        ('{"story": "Once."}', "it has no prompt"),
        ('{"prompt": "a dragon"}', "it has no text"),
        ('{"text": 7}', "it has no text"),
        ('{"text": "\\ud800"}', "half of a character"),
    ],
)
def test_a_line_that_is_neither_is_named(line: str, reason: str) -> None:
    with pytest.raises(BadLineError, match=f"a.jsonl, line 2: .*{reason}"):
        lines('{"text": "fine"}\n' + line)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_is_read_whatever_parts_its_columns(delimiter: str) -> None:
    table = 'id,text\n1,"It ""rained"",\nand stopped."\n2,\n3,Twice.\n'.replace(",", delimiter)
    expected = f'It "rained"{delimiter}\nand stopped.'
    assert rows(table) == [("a.csv:3", expected), ("a.csv:5", "Twice.")]


def test_another_column_can_be_named() -> None:
    assert rows("text,story\nno,yes\n", "story") == [("a.csv:2", "yes")]


def test_a_column_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(NoSuchColumnError, match=r"a\.csv has no column text\. Its columns: id, story\."):
        rows("id,story\n1,Once.\n")


def test_a_whole_novel_fits_a_field_and_the_process_keeps_its_limit() -> None:
    before, novel = csv.field_size_limit(), "It rained. " * 20_000
    assert rows(f"text\n{novel}\n") == [("a.csv:2", novel)]
    assert csv.field_size_limit() == before


@pytest.mark.parametrize("answer", ["story", "completion"])
def test_a_table_of_prompts_and_stories_is_read_as_such(answer: str) -> None:
    table = f'id,prompt,{answer}\n1, a dragon ,"Once, twice."\n2,pirates,\n'
    found = read_csv(table, name="a.csv", source=HERE)
    assert [(each.name, each.request, each.text) for each in found] == [("a.csv:2", "a dragon", "Once, twice.")]


def test_a_column_can_be_named_for_lines_of_json_too() -> None:
    assert lines('{"text": "no", "body": "Once."}', "body") == [("a.jsonl:1", "", "Once.")]
    assert lines('{"prompt": "a dragon", "story": "Once."}', "story") == [("a.jsonl:1", "", "Once.")]
    with pytest.raises(BadLineError, match="it has no body"):
        lines('{"text": "no"}', "body")


@pytest.mark.parametrize(
    ("table", "line", "reason"),
    [
        ("id,text\n1,Once.\n2,He came, saw and left.\n", 3, "it has 3 columns, and the first line 2"),
        ("id,text\n1,Once he came\nand left.\n", 3, "it has 1 columns, and the first line 2"),
        ('id,text\n1,Once.\n2,"Hello, he said.\n3,Twice.\n', 3, "in the row that begins here"),
        ('id,text\n1,"Hello, he said.\n2,Twice.\n3,"Thrice."\n', 2, "in the row that begins here"),
    ],
)
def test_a_row_that_would_lose_a_part_of_a_text_is_named(table: str, line: int, reason: str) -> None:
    with pytest.raises(BadLineError, match=f"a.csv, line {line}: .*{reason}"):
        rows(table)


def test_empty_cells_behind_the_last_column_lose_nothing() -> None:
    assert rows("id,text\n1,Once.,,\n\n2,Twice.\n") == [("a.csv:2", "Once."), ("a.csv:4", "Twice.")]
