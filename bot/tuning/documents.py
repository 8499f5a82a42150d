"""The files that somebody names, as documents."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.tuning.document import Document, legible
from bot.tuning.errors import (
    DocumentError,
    EmptyDocumentError,
    LinkError,
    NoSuchFileError,
    TooMuchTextError,
    UnknownFormatError,
)
from bot.tuning.readers.books import read_epub
from bot.tuning.readers.decoding import decode, read_bytes
from bot.tuning.readers.plain import without_markdown
from bot.tuning.readers.stories import read_story_file
from bot.tuning.readers.tables import COLUMN, read_csv, read_json_lines

KINDS = (".txt", ".md", ".jsonl", ".csv", ".epub", ".json")
"""How the names of the files end that are read."""
CHARACTERS = 400_000_000
"""Of all files together: what is read stays in memory, several times over while it is looked through."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file of a folder that is left out."""

    name: str
    error: DocumentError
    """What keeps it out."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read."""

    documents: tuple[Document, ...]
    unreadable: tuple[Unreadable, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A file, and whether somebody named it or it lies in a folder that they named."""

    path: Path
    name: str
    named: bool


def read_documents(paths: Sequence[Path], *, column: str = COLUMN) -> Reading:
    """Read files, and folders with all that is in them, in the order of their names. Blocking.

    A file that lies in a folder and cannot be used is left out and reported. Names that begin with a dot are passed
    over, and links are not followed. A file that is named twice is read once.

    Args:
        paths: Files and folders.
        column: Where the texts of a table, or of lines of JSON, stand.

    Raises:
        DocumentError: a file that was named cannot be used.
        TooMuchTextError: the files are larger together than what is read.
    """
    documents: list[Document] = []
    unreadable: list[Unreadable] = []
    seen: set[Path] = set()
    left = CHARACTERS
    for found in (each for path in paths for each in _files(path)):
        if (real := _real(found.path)) in seen:
            continue
        seen.add(real)
        try:
            if not found.named and found.path.is_symlink():
                raise LinkError(file=found.name)
            read = _read(found.path, found.name, column)
        except DocumentError as error:
            if found.named:
                raise
            unreadable.append(Unreadable(found.name, error))
            continue
        left -= sum(len(document.text) for document in read)
        if left < 0:
            raise TooMuchTextError(limit=CHARACTERS // 1_000_000)
        documents += read
    return Reading(tuple(documents), tuple(unreadable))


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        # A link that leads to itself leads nowhere.
        return path.absolute()


def _files(path: Path) -> Iterator[_Found]:
    if not path.is_dir():
        if not path.exists():
            raise NoSuchFileError(file=legible(str(path)))
        yield _Found(path, legible(path.name), named=True)
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        # What links to a folder is among the folders, and is not walked into.
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        for name in sorted([*names, *links]):
            if not name.startswith("."):
                file = Path(folder) / name
                yield _Found(file, legible(file.relative_to(path.parent).as_posix()), named=False)


def _read(path: Path, name: str, column: str) -> list[Document]:
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise UnknownFormatError(file=name, known=", ".join(KINDS))
    data = read_bytes(path, name)
    found = list(_documents(kind, data, name, path, column))
    if not any(document.text.strip() for document in found):
        raise EmptyDocumentError(file=name)
    return found


def _documents(kind: str, data: bytes, name: str, path: Path, column: str) -> Iterator[Document]:
    if kind == ".epub":
        book = read_epub(data, name=name)
        yield Document(name=name, text=book.text, source=path, left_out=book.left_out)
        return
    text = decode(data, name)
    if kind == ".jsonl":
        yield from read_json_lines(text, name=name, source=path, column=column)
    elif kind == ".csv":
        yield from read_csv(text, name=name, source=path, column=column)
    elif kind == ".json":
        yield read_story_file(text, name=name, source=path)
    else:
        yield Document(name=name, text=without_markdown(text) if kind == ".md" else text, source=path)
