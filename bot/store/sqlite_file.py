"""What can be learned of an SQLite file without touching it, and how one is copied."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.store.errors import DatabaseBrokenError, DatabaseForeignError, DatabaseNewerError
from bot.store.transactions import translate

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Probe:
    """What stands in a file."""

    revision: str | None
    """None: it was never written by Taleloom."""
    empty: bool
    """It has no tables at all."""


def probe(path: Path) -> Probe:
    """Look into a file that is there already; blocking.

    The file is opened for reading only, so that nothing is changed in one that will be refused: not even the log that
    a killed process left beside it is folded into it.

    Raises:
        DatabaseBrokenError: its pages do not hold together, or it is no SQLite file.
        DatabaseBusyError: another program holds it.
        DatabaseUnreachableError: it cannot be opened.
    """
    logs = [path.with_name(f"{path.name}-{kind}") for kind in ("wal", "journal")]
    if any(log.exists() for log in logs):
        return _probe(path, "mode=ro")
    # Even a reader makes a log beside a file that has none, unless it is told that nobody writes.
    try:
        return _probe(path, "mode=ro&immutable=1")
    except DatabaseBrokenError:
        if any(log.exists() for log in logs):
            return _probe(path, "mode=ro")
        raise


def _probe(path: Path, how: str) -> Probe:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True, timeout=5)) as connection:
            findings = quick_check(connection)
            if findings:
                raise DatabaseBrokenError(place=path, reason=findings[0])
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            marked = "alembic_version" in tables
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if marked else None
            return Probe(revision=row[0] if row else None, empty=not tables)
    except sqlite3.Error as error:
        raise translate(error, str(path)) from error


def quick_check(connection: sqlite3.Connection) -> list[str]:
    """List what SQLite finds wrong with the file, at most 100 lines; empty for a sound one."""
    lines = [str(line) for (line,) in connection.execute("PRAGMA quick_check")]
    return [] if lines == ["ok"] else lines


def refuse_unknown(path: Path, known: frozenset[str]) -> None:
    """Refuse a file that this version must not write to; blocking.

    Raises:
        DatabaseNewerError: its revision is not among the known ones.
        DatabaseForeignError: it holds another program's tables.
        StoreError: as `probe`.
    """
    found = probe(path)
    if found.revision is None:
        if not found.empty:
            raise DatabaseForeignError(place=path)
    elif found.revision not in known:
        raise DatabaseNewerError(place=path, revision=found.revision)
