"""A database of each kind, and a clock that moves when it is told to."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.store import Database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

POSTGRES = pytest.param("postgres", marks=pytest.mark.postgres)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def advance(self, seconds: float) -> datetime:
        self.time += timedelta(seconds=seconds)
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "taleloom.db"


@pytest.fixture(params=["file", "memory", POSTGRES])
def url(request: pytest.FixtureRequest, file: Path) -> str:
    if request.param == "memory":
        return "sqlite+aiosqlite://"
    if request.param == "file":
        return f"sqlite+aiosqlite:///{file}"
    new_database: Callable[[], str] = request.getfixturevalue("postgres")
    return new_database()


@pytest.fixture
async def database(url: str, clock: Clock) -> AsyncIterator[Database]:
    database = await Database.open(url, now=clock)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """A PostgreSQL server of its own, reached through a socket; gives the address of a new, empty database."""
    programs = _postgres_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server programs here (Debian: apt-get install postgresql)")
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    runuser = shutil.which("runuser", path=f"{os.environ['PATH']}:/usr/sbin:/sbin") or "runuser"
    folder = Path(tempfile.mkdtemp(prefix="taleloom-pg-"))
    # The server refuses to run as root.
    user = [runuser, "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if user:
        shutil.chown(folder, "postgres")

    def run(program: str, *args: str) -> None:
        command = [*user, str(programs / program), *args]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, cwd=folder)

    control = ("-D", f"{folder}/data", "-w")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    try:
        run("initdb", "-D", f"{folder}/data", "-U", "postgres", "-A", "trust", "-N", "--locale=C", "-E", "UTF8")
        run("pg_ctl", *control, "-l", f"{folder}/log", "-o", options, "start")
        numbers = itertools.count(1)

        def new_database() -> str:
            name = f"test{next(numbers)}"
            run("createdb", "-h", str(folder), "-U", "postgres", name)
            return f"postgresql://postgres@/{name}?host={folder}"

        yield new_database
        run("pg_ctl", *control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _postgres_programs() -> Path | None:
    folders = [Path(path).parent for path in [shutil.which("pg_ctl")] if path]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "pg_ctl").exists() and (folder / "createdb").exists()), None)
