"""`python -m bot db`: one line for each finding, one sentence for each failure."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.db import app
from bot.store import migrations


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TALELOOM_DATABASE_URL", raising=False)
    monkeypatch.setenv("TALELOOM_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data" / "taleloom.db"


def db(*args: str) -> Result:
    return CliRunner().invoke(app, args)


def failed(result: Result) -> str:
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_upgrade_makes_the_database_and_may_be_repeated(file: Path) -> None:
    for _ in range(2):
        result = db("upgrade")
        assert result.exit_code == 0
        assert result.stdout == f"{file}: up to date, revision {migrations.head()}\n"
    assert file.exists()


def test_check_of_a_sound_database_finds_nothing(file: Path) -> None:
    db("upgrade")
    result = db("check")
    assert (result.exit_code, result.stdout) == (0, f"{file}: no findings\n")


def test_check_prints_a_line_for_each_finding(file: Path) -> None:
    db("upgrade")
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.executemany("INSERT INTO messages VALUES (?, 2, 999, 0)", [(1,), (2,)])
    result = db("check")
    assert result.exit_code == 1
    assert result.stdout.count(f"{file}: messages: row ") == 2


@pytest.mark.parametrize("command", [["check"], ["backup", "copy.db"]])
def test_a_missing_database_is_not_made_in_passing(file: Path, command: list[str]) -> None:
    assert "`db upgrade`" in failed(db(*command))
    assert not file.exists()
    assert not Path("copy.db").exists()


def test_a_damaged_database_is_told_in_one_line(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"no database " * 400)
    assert "damaged" in failed(db("upgrade"))
    assert file.read_bytes() == b"no database " * 400


def test_a_backup_is_a_database_and_overwrites_nothing(file: Path, tmp_path: Path) -> None:
    db("upgrade")
    result = db("backup", "copy.db")
    assert result.exit_code == 0
    assert result.stdout.startswith("copy.db: ")
    copied = (tmp_path / "copy.db").read_bytes()
    assert copied.startswith(b"SQLite format 3")
    assert "overwrites nothing" in failed(db("backup", "copy.db"))
    assert (tmp_path / "copy.db").read_bytes() == copied


def test_a_wrong_setting_is_told_in_one_line(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALELOOM_LIMITS__QUEUE", "many")
    assert "TALELOOM_LIMITS__QUEUE" in failed(db("check"))


def test_a_wrong_address_is_told_in_one_line(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALELOOM_DATABASE_URL", "mysql+nothing://user:secret@host/name")
    assert "secret" not in failed(db("check"))
