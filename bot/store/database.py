"""The database: opened with care, brought up to date, and closed when its last work is done."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.store import migrations
from bot.store.blocks import BlockRepository
from bot.store.channels import ChannelRepository
from bot.store.comparisons import ComparisonRepository
from bot.store.consents import ConsentRepository
from bot.store.errors import (
    BackupExistsError,
    BackupUnsupportedError,
    DatabaseAddressError,
    DatabaseBrokenError,
    DatabaseForeignError,
    DatabaseMissingError,
    DatabaseNewerError,
    DatabaseUnreachableError,
)
from bot.store.games import GameRepository
from bot.store.imports import ImportRepository
from bot.store.jobs import JobRepository
from bot.store.limits import LimitRepository
from bot.store.lore import LoreRepository
from bot.store.people import PeopleRepository
from bot.store.presets import PresetRepository
from bot.store.safety import SafetyRepository
from bot.store.safety_events import SafetyEventRepository
from bot.store.scenarios import ScenarioRepository
from bot.store.search import SearchRepository
from bot.store.settings import SettingsRepository
from bot.store.sqlite_file import log_ahead, quick_check, refuse_unknown
from bot.store.stories import StoryRepository
from bot.store.transactions import WRITES, Transactions, one_sentence
from bot.store.usage import UsageRepository

if TYPE_CHECKING:
    from collections.abc import Callable

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_BUSY_MS = 5_000


def utc_now() -> datetime:
    """Tell the time, aware and in UTC."""
    return datetime.now(UTC)


class Database:
    """All that is remembered, one repository a subject. Made by `Database.open`.

    Attributes:
        place: The database as people name it: a path, or an address without its password.
        settings: What people set, and who changed it when.
        stories: Stories, their turns, and the messages that show them.
        imports: Stories that come from files.
        games: Stories that are played: their rules, players, and where they stand.
        lore: What the model is told beside a story.
        limits: Token buckets.
        jobs: Texts that are being written, and finished ones that did not reach anybody.
        presets: Servers' own presets.
        scenarios: Servers' own scenarios for story games.
        comparisons: Which of two presets people liked better.
        blocks: Who may not use the bot.
        usage: How much was written.
        people: What is kept of a person or a server, and its end.
        consents: Who agreed that a model learns from what they write.
        safety: What servers set about the safety layer: policies, rules of their own, where moderators read of it.
        safety_events: The safety layer's decisions.
        channels: What a channel forgot, and a server's own openings.
        search: Stories, found again.
    """

    def __init__(self, engine: AsyncEngine, transactions: Transactions) -> None:
        self._engine = engine
        self._transactions = transactions
        self.place = transactions.place
        self.settings = SettingsRepository(transactions)
        self.stories = StoryRepository(transactions)
        self.imports = ImportRepository(transactions)
        self.games = GameRepository(transactions)
        self.lore = LoreRepository(transactions)
        self.limits = LimitRepository(transactions)
        self.jobs = JobRepository(transactions)
        self.presets = PresetRepository(transactions)
        self.scenarios = ScenarioRepository(transactions)
        self.comparisons = ComparisonRepository(transactions)
        self.blocks = BlockRepository(transactions)
        self.usage = UsageRepository(transactions)
        self.people = PeopleRepository(transactions)
        self.consents = ConsentRepository(transactions)
        self.safety = SafetyRepository(transactions)
        self.safety_events = SafetyEventRepository(transactions)
        self.channels = ChannelRepository(transactions)
        self.search = SearchRepository(transactions)

    @classmethod
    async def open(
        cls, url: str, *, now: Callable[[], datetime] = utc_now, create: bool = True, migrate: bool = True
    ) -> Self:
        """Open the database, make it if it is not there, and bring it up to date.

        Args:
            url: An SQLAlchemy address; `sqlite+aiosqlite://` lives in memory and ends with `close`.
            now: The clock that all moments in the store come from; must give aware times.
            create: Whether a missing database is made.
            migrate: Whether an older database is brought up to date.

        Raises:
            DatabaseAddressError: the address names nothing that can be opened.
            DatabaseMissingError: there is none, and none is to be made.
            DatabaseBrokenError: the file is damaged or no database; it is left byte for byte as it was.
            DatabaseForeignError: it holds another program's tables; left as it was.
            DatabaseNewerError: a newer version wrote it; left as it was.
            StoreError: it cannot be reached, read or written.
        """
        address = _address(url)
        engine = _engine(address)
        path = _file(address)
        if path is not None:
            await asyncio.to_thread(_prepare_file, path, create=create)
        place = str(path) if path else "in memory" if _in_memory(address) else address.render_as_string()
        database = cls(engine, Transactions(engine, place=place, now=now))
        try:
            if migrate:
                await database._upgrade()
        except BaseException:
            await engine.dispose()
            raise
        return database

    async def close(self) -> None:
        """Finish what has begun, then let go of the database."""
        await self._transactions.settle()
        await self._engine.dispose()

    @property
    def kind(self) -> str:
        """Name the kind of database."""
        return "SQLite" if self._engine.dialect.name == "sqlite" else "PostgreSQL"

    def now(self) -> datetime:
        """Tell the time that all moments in the store come from."""
        return self._transactions.now()

    async def revision(self) -> str | None:
        """Name the database's revision; None if it has no tables yet."""
        async with self._transactions.read() as connection:
            return await connection.run_sync(migrations.current)

    async def check(self) -> list[str]:
        """Look for damage, and return one line for each finding; nothing is changed.

        Raises:
            StoreError: the database cannot be read.
        """
        findings: list[str] = []
        if self._engine.dialect.name == "sqlite":
            async with self._transactions.read() as connection:
                integrity = (await connection.execute(sa.text("PRAGMA integrity_check"))).scalars().all()
                orphans = (await connection.execute(sa.text("PRAGMA foreign_key_check"))).all()
            findings += [f"integrity: {line}" for line in integrity if line != "ok"]
            findings += [f"{row[0]}: row {row[1]} points at a row of {row[2]} that is not there" for row in orphans]
        revision = await self.revision()
        if revision != migrations.head():
            findings.append(f"revision {revision or 'none'} is not the newest, {migrations.head()}: run `db upgrade`")
        return findings

    async def backup(self, path: Path) -> None:
        """Copy the database as it is at one moment, while others go on reading and writing.

        Args:
            path: Where the copy goes. The copy is a database that can be put in the place of this one.

        Raises:
            BackupExistsError: something is there already.
            BackupUnsupportedError: the database is not SQLite.
            StoreError: the copy cannot be written.
        """
        if self._engine.dialect.name != "sqlite":
            raise BackupUnsupportedError(place=self.place)
        part = await asyncio.to_thread(_begin_copy, path)
        try:
            async with self._transactions.read() as connection:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                with closing(sqlite3.connect(part, check_same_thread=False)) as target:
                    await driver.backup(target)
                    findings = await asyncio.to_thread(quick_check, target)
            if findings:
                raise DatabaseBrokenError(place=self.place, reason=findings[0])
            await asyncio.to_thread(_publish, part, path)
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)

    async def _upgrade(self) -> None:
        """Run the migrations in one transaction, with foreign keys off, for SQLite alters tables by rebuilding them."""
        with self._transactions.told():
            async with self._engine.execution_options(**{WRITES: True}).connect() as connection:
                await _foreign_keys(connection, on=False)
                async with connection.begin():
                    await connection.run_sync(self._refuse_unknown)
                    await connection.run_sync(migrations.upgrade)
                await _foreign_keys(connection, on=True)

    def _refuse_unknown(self, connection: sa.Connection) -> None:
        """Say no inside the transaction as well: the only place where a server's database can be looked into."""
        revision = migrations.current(connection)
        if revision is not None and revision not in migrations.known():
            raise DatabaseNewerError(place=self.place, revision=revision)
        if revision is None and sa.inspect(connection).has_table("stories"):
            raise DatabaseForeignError(place=self.place)


def _address(url: str) -> sa.URL:
    try:
        address = sa.make_url(url)
    except sa.exc.ArgumentError:
        # What cannot be taken apart may hold a password anywhere.
        raise DatabaseAddressError(address="that is set", reason="it is no address.") from None
    return address.set(drivername=_DRIVERS.get(address.drivername, address.drivername))


def _in_memory(address: sa.URL) -> bool:
    return address.get_backend_name() == "sqlite" and address.database in {None, "", ":memory:"}


def _file(address: sa.URL) -> Path | None:
    if address.get_backend_name() != "sqlite" or address.database is None or _in_memory(address):
        return None
    return Path(address.database)


def _prepare_file(path: Path, *, create: bool) -> None:
    if path.is_file():
        refuse_unknown(path, migrations.known())
    elif not create:
        raise DatabaseMissingError(place=path)
    else:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseUnreachableError(place=path, reason=one_sentence(error)) from error
    log_ahead(path, wait_seconds=_BUSY_MS / 1000)


def _engine(address: sa.URL) -> AsyncEngine:
    try:
        if address.get_backend_name() != "sqlite":
            return create_async_engine(address, pool_pre_ping=True)
        # In memory there is one connection, and it is the database: those who need it wait for one another.
        size = 1 if _in_memory(address) else 4
        engine = create_async_engine(address, poolclass=AsyncAdaptedQueuePool, pool_size=size, max_overflow=0)
    except (ImportError, sa.exc.ArgumentError, sa.exc.InvalidRequestError) as error:
        raise DatabaseAddressError(address=address.render_as_string(), reason=f"{one_sentence(error)}.") from None
    sa.event.listen(engine.sync_engine, "connect", _on_connect)
    sa.event.listen(engine.sync_engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _record: object) -> None:  # noqa: ANN401 - SQLAlchemy's wrapper of the driver's
    # The driver would begin transactions when it sees fit, and too late for a read that must see one state.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (f"busy_timeout={_BUSY_MS}", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


async def _foreign_keys(connection: AsyncConnection, *, on: bool) -> None:
    """Switch the checks by the driver itself: inside SQLAlchemy's transaction SQLite ignores this."""
    if connection.dialect.name == "sqlite":
        driver: Any = (await connection.get_raw_connection()).driver_connection
        async with driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}"):
            pass


def _begin_copy(path: Path) -> Path:
    """Make the file that is copied to: beside the last one, under a name of its own, for nobody else to read."""
    if path.exists():
        raise BackupExistsError(path=path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise DatabaseUnreachableError(place=path, reason=one_sentence(error)) from error
    os.close(handle)
    return Path(name)


def _publish(part: Path, path: Path) -> None:
    """Give the finished copy its name, unless somebody took the name meanwhile."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise BackupExistsError(path=path) from None
    except OSError:  # a file system without links
        if path.exists():
            raise BackupExistsError(path=path) from None
        part.replace(path)
