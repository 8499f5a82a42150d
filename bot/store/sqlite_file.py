"""An SQLite file before it is a database: what can be learned without touching it, and how it is made to log."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.store.errors import DatabaseBrokenError, DatabaseForeignError, DatabaseNewerError
from bot.store.transactions import translate

if TYPE_CHECKING:
    from pathlib import Path

_AGAIN_SECONDS = 0.01


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


def log_ahead(path: Path, *, wait_seconds: float) -> None:
    """Have changes written to a log first (WAL), so that readers and the writer do not wait for one another; blocking.

    A file is made if there is none, and remembers it from then on. Of those who switch at the same moment SQLite turns
    all but one away without waiting (each holds what the others need), so they are tried again here.

    Raises:
        DatabaseBusyError: another program holds it for longer than `wait_seconds`.
        StoreError: it cannot be opened or written.
    """
    until = time.monotonic() + wait_seconds
    while True:
        try:
            with closing(sqlite3.connect(path, timeout=wait_seconds)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
                return
        except sqlite3.Error as error:
            busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() >= until:
                raise translate(error, str(path)) from error
        time.sleep(_AGAIN_SECONDS)
