"""JSON lines and CSV: a document a line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Container, Iterator, Sequence
from pathlib import Path

from bot.tuning.document import Document
from bot.tuning.errors import BadLineError, NoSuchColumnError
from bot.tuning.readers.decoding import FILE_BYTES

COLUMN = "text"
_DELIMITERS = ",;\t"
_ANSWERS = ("completion", "story")


def read_json_lines(text: str, *, name: str, source: Path, column: str = COLUMN) -> Iterator[Document]:
    """Read a document from each line: an object with `text`, or with `prompt` and `completion` or `story`.

    Args:
        text: The file.
        name: What it is called.
        source: Where it is.
        column: What is read instead of `text`.

    Raises:
        BadLineError: a line is none of these.
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found: object = json.loads(line)
        except (ValueError, RecursionError):
            raise BadLineError(file=name, line=number, reason="it is not JSON.") from None
        if not isinstance(found, dict):
            raise BadLineError(file=name, line=number, reason="it is not an object.")
        asked, told = _places(column, found)
        request, body = (_text(found.get(key), name, number, key) if key else "" for key in (asked, told))
        if body.strip():
            yield Document(name=f"{name}:{number}", text=body, source=source, request=request.strip())


def read_csv(text: str, *, name: str, source: Path, column: str = COLUMN) -> Iterator[Document]:
    """Read a document from each row of a table with a header; commas, semicolons or tabs part its columns.

    Args:
        text: The file.
        name: What it is called.
        source: Where it is.
        column: The one that holds the texts; without it, `prompt` and `completion` or `story` are read.

    Raises:
        NoSuchColumnError: there is no such column.
        BadLineError: the table does not hold together.
    """
    for delimiter in _DELIMITERS:
        header = _header(text, delimiter)
        asked, told = _places(column, header)
        if told in header and (not asked or asked in header):
            yield from _rows(text, name, source, (asked, told), delimiter)
            return
    raise NoSuchColumnError(file=name, column=column, known=", ".join(_header(text, ",")) or "none")


def _places(column: str, known: Container[str]) -> tuple[str, str]:
    """Say where a request and its answer stand; the first is empty where a text stands for itself."""
    answer = next((each for each in _ANSWERS if each in known), "")
    return ("prompt", answer) if column == COLUMN and column not in known and answer else ("", column)


def _header(text: str, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(text[:10_000], newline=""), delimiter=delimiter), [])


def _rows(text: str, name: str, source: Path, places: tuple[str, str], delimiter: str) -> Iterator[Document]:
    # A story is longer than what csv takes for a field, and the limit belongs to the whole process.
    usual = csv.field_size_limit(FILE_BYTES)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found, begun = [], 1
    try:
        header = next(table)
        begun = table.line_num + 1
        for row in table:
            if row:
                found.append((table.line_num, _cells(header, row, places, name, begun)))
            begun = table.line_num + 1
    except csv.Error as error:
        reason = f"{error} in the row that begins here. Within quotes a quote is written twice."
        raise BadLineError(file=name, line=begun, reason=reason) from None
    finally:
        csv.field_size_limit(usual)
    for number, (request, body) in found:
        if body.strip():
            yield Document(name=f"{name}:{number}", text=body, source=source, request=request.strip())


def _cells(header: Sequence[str], row: Sequence[str], places: tuple[str, str], name: str, line: int) -> tuple[str, str]:
    """Give a row's request and text.

    Raises:
        BadLineError: it has other columns than the header, so that a part of a text would be lost.
    """
    if any(row[len(header) :]) or len(row) < len(header):
        reason = (
            f"it has {len(row)} columns, and the first line {len(header)}. "
            "A text with commas or line breaks in it stands within quotes."
        )
        raise BadLineError(file=name, line=line, reason=reason)
    request, body = (row[header.index(place)] if place else "" for place in places)
    return request, body


def _text(found: object, name: str, number: int, key: str) -> str:
    if not isinstance(found, str):
        raise BadLineError(
            file=name,
            line=number,
            reason=f'it has no {key}. {{"text": "…"}} or {{"prompt": "…", "story": "…"}} is read.',
        )
    try:
        found.encode()
    except UnicodeEncodeError:
        raise BadLineError(file=name, line=number, reason=f"{key} has half of a character in it.") from None
    return found.replace("\r\n", "\n").replace("\r", "\n")
