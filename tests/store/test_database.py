"""The database is opened with care: what cannot be trusted is refused, and left as it was."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

from bot.ids import ChannelId, TurnId, UserId
from bot.store import Database, errors, migrations, schema
from bot.store.transactions import translate
from bot.turns import Draft, TurnKind
from tests.store.conftest import POSTGRES

if TYPE_CHECKING:
    from pathlib import Path

PROMPT = Draft(kind=TurnKind.PROMPT, text="The lighthouse keeper had not spoken in seven years", author_id=UserId(7))


def at(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


def contents(file: Path) -> dict[str, bytes]:
    """All that lies beside the database too, less the shared memory that a reader may make."""
    return {path.name: path.read_bytes() for path in file.parent.iterdir() if not path.name.endswith("-shm")}


async def filled(file: Path) -> None:
    database = await Database.open(at(file))
    await begin(database)
    await database.close()


def _touch(file: Path) -> list[str]:
    file.touch()
    return []


async def begin(database: Database) -> TurnId:
    _, turn = await database.stories.begin(
        PROMPT, guild_id=None, channel_id=ChannelId(5), author_id=UserId(7), private=False
    )
    return turn.id


async def refused(file: Path, kind: type[errors.StoreError]) -> str:
    before = contents(file)
    with pytest.raises(kind) as caught:
        await Database.open(at(file))
    assert contents(file) == before
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


async def test_a_new_database_is_made_with_its_folder_and_has_no_findings(file: Path) -> None:
    database = await Database.open(at(file))
    assert file.exists()
    assert await database.check() == []
    assert await database.revision() == migrations.head()
    await database.close()


async def test_opening_again_changes_nothing_and_finds_what_was_kept(file: Path) -> None:
    await filled(file)
    database = await Database.open(at(file))
    story = await database.stories.latest(ChannelId(5))
    assert story is not None
    assert [turn.text for turn in await database.stories.path(story.head_id)] == [PROMPT.text]
    await database.close()


async def test_the_versions_build_what_the_schema_says(database: Database) -> None:
    def differences(connection: sa.Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), schema.metadata))

    async with database._engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_file_is_written_ahead_with_foreign_keys_on_for_every_connection(file: Path) -> None:
    database = await Database.open(at(file))
    async with database._transactions.read() as one, database._transactions.read() as other:
        for connection in (one, other):
            assert await connection.scalar(sa.text("PRAGMA journal_mode")) == "wal"
            assert await connection.scalar(sa.text("PRAGMA foreign_keys")) == 1
            assert await connection.scalar(sa.text("PRAGMA synchronous")) == 1
            assert await connection.scalar(sa.text("PRAGMA busy_timeout")) == 5000
    await database.close()


async def test_numbers_of_stories_are_never_given_out_twice(file: Path) -> None:
    await filled(file)
    with closing(sqlite3.connect(file)) as raw:
        made = " ".join(
            sql for (sql,) in raw.execute("SELECT sql FROM sqlite_master WHERE name IN ('stories', 'turns')")
        )
    assert made.count("AUTOINCREMENT") == 2


async def test_a_newer_database_is_refused_and_left_untouched(file: Path) -> None:
    await filled(file)
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = 'r9999'")
    assert "r9999" in await refused(file, errors.DatabaseNewerError)


async def test_a_newer_database_that_was_killed_is_left_untouched_with_its_log(file: Path) -> None:
    await filled(file)
    script = (
        "import os, signal, sqlite3, sys\n"
        "raw = sqlite3.connect(sys.argv[1])\n"
        "with raw: raw.execute(\"UPDATE alembic_version SET version_num = 'r9999'\")\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", script, str(file)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert contents(file)["taleloom.db-wal"]
    await refused(file, errors.DatabaseNewerError)


async def test_garbage_is_refused_and_left_untouched(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"Once upon a time there was a file that held no database at all. " * 100)
    await refused(file, errors.DatabaseBrokenError)


async def test_a_truncated_database_is_refused_and_left_untouched(file: Path) -> None:
    await filled(file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    await refused(file, errors.DatabaseBrokenError)


async def test_a_database_with_a_spoilt_page_is_refused_and_left_untouched(file: Path) -> None:
    await filled(file)
    spoilt = bytearray(file.read_bytes())
    spoilt[4096:8192] = b"\xff" * 4096
    file.write_bytes(spoilt)
    await refused(file, errors.DatabaseBrokenError)


async def test_another_programs_database_is_refused_and_left_untouched(file: Path) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("CREATE TABLE recipes (name TEXT)")
    await refused(file, errors.DatabaseForeignError)


async def test_an_empty_file_becomes_a_database(file: Path) -> None:
    file.parent.mkdir()
    file.touch()
    database = await Database.open(at(file))
    assert await database.check() == []
    await database.close()


async def test_a_missing_database_is_not_made_when_it_must_not_be(file: Path) -> None:
    with pytest.raises(errors.DatabaseMissingError):
        await Database.open(at(file), create=False)
    assert not file.parent.exists()


async def test_a_folder_in_the_files_place_is_refused(file: Path) -> None:
    file.mkdir(parents=True)
    with pytest.raises(errors.DatabaseUnreachableError):
        await Database.open(at(file))


async def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(errors.DatabaseUnreachableError):
        await Database.open(at(tmp_path / "file" / "taleloom.db"))


@pytest.mark.parametrize(
    "url",
    [
        "not an address",
        "sqlite+pysqlite:///x.db",
        "oracle9i://x",
        "mysql+nosuchdriver://u:secret@h/x",
        "mysql+aiomysql://u:secret@h/x",
    ],
)
async def test_an_address_that_cannot_be_used_is_named_without_its_password(url: str) -> None:
    with pytest.raises(errors.DatabaseAddressError) as caught:
        await Database.open(url)
    assert "secret" not in str(caught.value)
    assert "TALELOOM_DATABASE_URL" in str(caught.value)


async def test_an_unfinished_version_leaves_nothing_behind(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade = migrations.upgrade

    def interrupted(connection: sa.Connection) -> None:
        upgrade(connection)
        msg = "the power went"
        raise RuntimeError(msg)

    with monkeypatch.context() as patched:
        patched.setattr(migrations, "upgrade", interrupted)
        with pytest.raises(RuntimeError):
            await Database.open(at(file))
    with closing(sqlite3.connect(file)) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == []
    await filled(file)


@pytest.mark.parametrize("url", ["file", POSTGRES], indirect=True)
async def test_those_that_start_at_the_same_time_all_find_a_whole_database(url: str) -> None:
    databases = await asyncio.gather(*(Database.open(url) for _ in range(4)))
    for database in databases:
        assert await database.check() == []
        await database.close()


@pytest.mark.parametrize("url", [POSTGRES], indirect=True)
async def test_another_programs_database_on_a_server_is_refused(url: str) -> None:
    other = create_async_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    async with other.begin() as connection:
        await connection.execute(sa.text("CREATE TABLE stories (name text)"))
    with pytest.raises(errors.DatabaseForeignError):
        await Database.open(url)
    await other.dispose()


@pytest.mark.parametrize("url", ["file", POSTGRES], indirect=True)
async def test_a_newer_database_is_refused_wherever_it_lives(database: Database, url: str) -> None:
    async with database._transactions.write() as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = 'r9999'"))
    with pytest.raises(errors.DatabaseNewerError):
        await Database.open(url)


async def test_check_names_rows_that_point_nowhere(file: Path) -> None:
    await filled(file)
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("INSERT INTO messages VALUES (1, 2, 999, 0)")
    database = await Database.open(at(file), migrate=False)
    assert await database.check() == ["messages: row 1 points at a row of turns that is not there"]
    await database.close()


async def test_check_names_a_database_without_tables(file: Path) -> None:
    database = await Database.open(at(file), migrate=False)
    assert await database.check() == [f"revision none is not the newest, {migrations.head()}: run `db upgrade`"]
    await database.close()


async def test_what_was_saved_is_there_after_kill_9(file: Path) -> None:
    script = (
        "import asyncio, os, signal, sys\n"
        "from bot.store import Database\n"
        "from tests.store.test_database import at, begin\n"
        "from pathlib import Path\n"
        "async def main():\n"
        "    database = await Database.open(at(Path(sys.argv[1])))\n"
        "    await begin(database)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())"
    )
    killed = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", script, str(file)], check=False)
    assert killed.returncode == -signal.SIGKILL
    database = await Database.open(at(file))
    assert await database.check() == []
    assert await database.stories.latest(ChannelId(5)) is not None
    await database.close()


async def test_a_backup_is_a_whole_database_while_others_write(database: Database, url: str, tmp_path: Path) -> None:
    copy = tmp_path / "backups" / "copy.db"
    if url.startswith("postgresql"):
        with pytest.raises(errors.BackupUnsupportedError, match="pg_dump"):
            await database.backup(copy)
        return
    turn = await begin(database)
    await asyncio.gather(database.backup(copy), *(database.stories.append(turn, PROMPT) for _ in range(20)))
    restored = await Database.open(at(copy))
    assert await restored.check() == []
    assert await restored.stories.turn(turn) is not None
    await restored.close()
    assert len(await database.stories.children(turn)) == 20


async def test_a_backup_overwrites_nothing(database: Database, url: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_text("precious")
    with pytest.raises(errors.BackupUnsupportedError if url.startswith("postgresql") else errors.BackupExistsError):
        await database.backup(copy)
    assert copy.read_text() == "precious"


async def test_a_backup_that_fails_leaves_nothing_behind(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await Database.open(at(file))
    backups = tmp_path / "backups"
    with monkeypatch.context() as patched:
        patched.setattr("bot.store.database.quick_check", lambda _: ["a spoilt copy"])
        with pytest.raises(errors.DatabaseBrokenError):
            await database.backup(backups / "copy.db")
    assert list(backups.iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(errors.DatabaseUnreachableError):
        await database.backup(tmp_path / "file" / "folder" / "copy.db")
    await database.close()


async def test_of_two_backups_under_one_name_one_is_refused(file: Path, tmp_path: Path) -> None:
    database = await Database.open(at(file))
    copy = tmp_path / "backups" / "copy.db"
    results = await asyncio.gather(database.backup(copy), database.backup(copy), return_exceptions=True)
    assert [type(result) for result in results if result] == [errors.BackupExistsError]
    assert list(copy.parent.iterdir()) == [copy]
    await database.close()


async def test_a_backup_goes_to_a_file_system_without_links(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("os.link", no_links)
    database = await Database.open(at(file))
    copy = tmp_path / "copy.db"
    await database.backup(copy)
    taken = tmp_path / "taken.db"
    # The name is taken only while the second copy is being made.
    monkeypatch.setattr("bot.store.database.quick_check", lambda _: _touch(taken))
    with pytest.raises(errors.BackupExistsError):
        await database.backup(taken)
    assert sorted(tmp_path.glob("*.db*")) == [copy, taken]
    await database.close()


async def test_a_database_that_somebody_else_holds_is_called_busy(file: Path) -> None:
    database = await Database.open(at(file))
    async with database._transactions.read() as connection:
        await connection.execute(sa.text("PRAGMA busy_timeout=0"))
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(errors.DatabaseBusyError):
            await begin(database)
        other.execute("ROLLBACK")
    await begin(database)
    await database.close()


def test_a_full_disk_is_called_full_and_the_unknown_unreachable() -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    assert type(translate(full, "x.db")) is errors.DatabaseFullError
    told = translate(OSError("connection refused.\nIs the server running?"), "x")
    assert "connection refused. Check" in str(told)
    assert "TimeoutError" in str(translate(TimeoutError(), "x"))


async def test_a_server_that_does_not_answer_is_told_in_one_sentence(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(errors.DatabaseUnreachableError) as caught:
        await Database.open(f"postgres://somebody:secret@/nothing?host={tmp_path}")
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


async def test_a_write_ends_even_if_whoever_asked_is_gone(database: Database) -> None:
    task = asyncio.create_task(begin(database))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await database._transactions.settle()
    assert await database.stories.latest(ChannelId(5)) is not None
