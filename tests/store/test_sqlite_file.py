"""Whoever makes a file log ahead waits for those who hold it, and says so if they hold it too long."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Timer
from typing import TYPE_CHECKING

import pytest

from bot.store.errors import DatabaseBusyError
from bot.store.sqlite_file import log_ahead

if TYPE_CHECKING:
    from pathlib import Path

MANY = 16
FILES = 100  # one in twenty sees somebody turned away without waiting


def mode(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


def test_many_that_switch_at_the_same_moment_all_succeed(tmp_path: Path) -> None:
    for number in range(FILES):
        path = tmp_path / f"{number}.db"
        with ThreadPoolExecutor(MANY) as pool:
            list(pool.map(lambda path: log_ahead(path, wait_seconds=60), [path] * MANY))
        assert mode(path) == "wal"


def test_a_file_that_another_holds_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "held.db"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        Timer(0.2, holder.execute, ["ROLLBACK"]).start()
        log_ahead(path, wait_seconds=60)
    assert mode(path) == "wal"


def test_a_file_that_is_held_too_long_is_said_to_be_busy(tmp_path: Path) -> None:
    path = tmp_path / "held.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseBusyError, match="is busy"):
            log_ahead(path, wait_seconds=0.1)
