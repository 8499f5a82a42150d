"""JSON lines and CSV: a document a line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

from bot.tuning.document import Document
from bot.tuning.errors import BadLineError, NoSuchColumnError
from bot.tuning.readers.decoding import FILE_BYTES

COLUMN = "text"
_DELIMITERS = ",;\t"
_ANSWERS = ("completion", "story")


def read_json_lines(text: str, *, name: str, source: Path) -> Iterator[Document]:
    """Read a document from each line: an object with `text`, or with `prompt` and `completion` or `story`.

    Args:
        text: The file.
        name: What it is called.
        source: Where it is.

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
        answer = next((key for key in _ANSWERS if key in found), "")
        keys = ("prompt", answer) if "text" not in found and answer else ("", COLUMN)
        request, body = (_text(found.get(key), name, number, key) if key else "" for key in keys)
        if body.strip():
            yield Document(name=f"{name}:{number}", text=body, source=source, request=request.strip())


def read_csv(text: str, *, name: str, source: Path, column: str = COLUMN) -> Iterator[Document]:
    """Read a document from each row of a table with a header; commas, semicolons or tabs part its columns.

    Args:
        text: The file.
        name: What it is called.
        source: Where it is.
        column: The one that holds the texts.

    Raises:
        NoSuchColumnError: there is no such column.
        BadLineError: the table does not hold together.
    """
    delimiter = next((each for each in _DELIMITERS if column in _header(text, each)), "")
    if not delimiter:
        raise NoSuchColumnError(file=name, column=column, known=", ".join(_header(text, ",")) or "none")
    yield from _rows(text, name, source, column, delimiter)


def _header(text: str, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(text[:10_000], newline=""), delimiter=delimiter), [])


def _rows(text: str, name: str, source: Path, column: str, delimiter: str) -> Iterator[Document]:
    # A story is longer than what csv takes for a field, and the limit belongs to the whole process.
    usual = csv.field_size_limit(FILE_BYTES)
    try:
        table = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
        found = [(table.line_num, row[column]) for row in table]
    except csv.Error as error:
        raise BadLineError(file=name, line=table.line_num, reason=f"{error}.") from None
    finally:
        csv.field_size_limit(usual)
    for number, body in found:
        if body and body.strip():
            yield Document(name=f"{name}:{number}", text=body, source=source)


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
