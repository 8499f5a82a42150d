"""The one way to the database's connections: short transactions, each of them whole."""

from __future__ import annotations

import asyncio
import functools
import sqlite3
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeAlias, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.errors import (
    DatabaseBrokenError,
    DatabaseBusyError,
    DatabaseFullError,
    DatabaseUnreachableError,
    StoreError,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

P = ParamSpec("P")
T = TypeVar("T")
Row: TypeAlias = sa.Row[tuple[Any, ...]]
Upsert: TypeAlias = sqlite.Insert | postgresql.Insert

WRITES = "taleloom_writes"
"""The execution option of a connection whose transactions are going to write."""

_BY_SQLITE_CODE: dict[int, type[StoreError]] = {
    sqlite3.SQLITE_BUSY: DatabaseBusyError,
    sqlite3.SQLITE_LOCKED: DatabaseBusyError,
    sqlite3.SQLITE_FULL: DatabaseFullError,
    sqlite3.SQLITE_CORRUPT: DatabaseBrokenError,
    sqlite3.SQLITE_NOTADB: DatabaseBrokenError,
}


def one_sentence(error: BaseException) -> str:
    """Say in one line what a driver says in several."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")


def translate(error: BaseException, place: str) -> StoreError:
    """Turn a driver's error into one that a person can be told.

    Args:
        error: What `sqlite3` or the PostgreSQL driver raised.
        place: The database, as a person would name it.
    """
    code = getattr(error, "sqlite_errorcode", None)
    kind = DatabaseUnreachableError if code is None else _BY_SQLITE_CODE.get(code & 0xFF, DatabaseUnreachableError)
    return kind(place=place, reason=one_sentence(error))


class Transactions:
    """Gives out connections inside a transaction.

    SQLite has one writer at a time: a transaction that is going to write says so at its beginning (a reader that turns
    into a writer half-way fails at once, however long it was ready to wait), and waits for its turn here, in order.

    Args:
        engine: The pool of connections.
        place: The database, as errors name it; without a password.
        now: What time it is, aware.
    """

    def __init__(self, engine: AsyncEngine, *, place: str, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**{WRITES: True})
        self._turn = asyncio.Lock() if engine.dialect.name == "sqlite" else nullcontext()
        self._running: set[asyncio.Task[Any]] = set()
        self.place = place
        self.now = now

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection that sees one state of the database.

        Raises:
            StoreError: the database cannot be read.
        """
        with self.told():
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection whose changes are kept together at the end, or not at all.

        Raises:
            StoreError: the database cannot be written.
        """
        with self.told():
            async with self._turn, self._writer.begin() as connection:
                yield connection

    def upsert(self, table: sa.Table) -> Upsert:
        """Begin an INSERT that can say ON CONFLICT."""
        return sqlite.insert(table) if self._engine.dialect.name == "sqlite" else postgresql.insert(table)

    async def finish(self, work: Coroutine[Any, Any, T]) -> T:
        """Do the work to its end even if whoever asked for it is cancelled meanwhile.

        A transaction that is torn away from its connection takes the connection with it, and what was being saved.
        """
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def settle(self) -> None:
        """Wait for the work that nobody waits for any more."""
        while self._running:
            await asyncio.wait(self._running)

    def told(self) -> AbstractContextManager[None]:
        """Let no driver's error out but those that only a mistake in this package can cause."""
        return _Told(self.place)


class _Told(AbstractContextManager[None]):
    """Turns what the driver raises into a `StoreError`."""

    def __init__(self, place: str) -> None:
        self._place = place

    def __enter__(self) -> None:
        return

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, sa.exc.IntegrityError):
            return
        if isinstance(error, sa.exc.DBAPIError) and error.orig is not None:
            raise translate(error.orig, self._place) from error
        if isinstance(error, (sa.exc.TimeoutError, sqlite3.Error, OSError)):
            raise translate(error, self._place) from error


class _Repository(Protocol):
    @property
    def _transactions(self) -> Transactions: ...


R = TypeVar("R", bound=_Repository)


def whole(
    method: Callable[Concatenate[R, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[R, P], Awaitable[T]]:
    """Let a repository's method run to its end once it has begun."""

    @functools.wraps(method)
    async def wrapper(self: R, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._transactions.finish(method(self, *args, **kwargs))

    return wrapper
