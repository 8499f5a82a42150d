"""What was written is counted by day, server and person."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.ids import GuildId, UserId
from bot.store.usage import DayOfUse

if TYPE_CHECKING:
    from bot.store import Database
    from tests.store.conftest import Clock

ADA, BOB, SERVER = UserId(1), UserId(2), GuildId(5)
TODAY, YESTERDAY = date(2026, 11, 25), date(2026, 11, 24)


async def test_texts_and_tokens_add_up(database: Database) -> None:
    assert await database.usage.today(SERVER, ADA) == (0, 0)
    for user, tokens in ((ADA, 100), (ADA, 50), (BOB, 7)):
        await database.usage.add(SERVER, user, tokens=tokens)
    assert await database.usage.today(SERVER, ADA) == (150, 157)
    assert await database.usage.days(since=TODAY, guild=SERVER) == (DayOfUse(day=TODAY, texts=3, tokens=157),)
    assert await database.usage.days(since=TODAY, user=BOB) == (DayOfUse(day=TODAY, texts=1, tokens=7),)


async def test_each_day_and_each_server_has_its_own_count(database: Database, clock: Clock) -> None:
    clock.advance(-86_400)
    await database.usage.add(SERVER, ADA, tokens=1)
    clock.advance(86_400)
    await database.usage.add(None, ADA, tokens=2)
    assert await database.usage.today(SERVER, ADA) == (0, 0)
    assert await database.usage.today(None, ADA) == (2, 2)
    days = await database.usage.days(since=YESTERDAY, user=ADA)
    assert [(day.day, day.tokens) for day in days] == [(YESTERDAY, 1), (TODAY, 2)]
    assert await database.usage.days(since=TODAY, guild=SERVER) == ()
