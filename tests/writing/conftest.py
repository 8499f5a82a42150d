"""The writing service that its tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.store import Database
from tests.fake_engine import FakeEngine
from tests.writing.desk import Desk, settings


@pytest.fixture
async def store() -> AsyncIterator[Database]:
    opened = await Database.open("sqlite+aiosqlite://")
    yield opened
    await opened.close()


@pytest.fixture
def desk(store: Database) -> Desk:
    return Desk(store, FakeEngine(), settings())
