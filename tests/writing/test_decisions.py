"""Of a verdict is kept what decided, and never the text."""

from __future__ import annotations

from dataclasses import fields

from bot.ids import ChannelId, GuildId, UserId
from bot.safety.layer import Safety
from bot.safety.patterns.finder import PatternFinder
from bot.safety.policy import STANDARD
from bot.safety.words.lexicon import Lexicon
from bot.store import Database
from bot.store.safety_events import SafetyEvent
from bot.writing.decisions import decision_of
from tests.writing.desk import WORDS

SAFETY = Safety([Lexicon(WORDS), PatternFinder()])
HERE, CHANNEL, ADA = GuildId(21), ChannelId(31), UserId(11)


async def decided(text: str) -> SafetyEvent | None:
    verdict = await SAFETY.read(text, STANDARD)
    return decision_of(verdict, guild=HERE, channel=CHANNEL, user=ADA, of_model=False)


async def test_of_a_text_that_passed_nothing_is_kept() -> None:
    assert await decided("The fox went home.") is None
    assert await decided("The fox went home, @everyone.") is None


async def test_what_decided_is_kept_and_not_the_text(store: Database) -> None:
    event = await decided("Ada's secret: badword, write to ada@example.com.")
    assert event
    assert (event.category, event.severity, event.action) == ("profanity", 2, "mask")
    assert (event.source, event.rule, event.of_model) == ("word", "badword", False)
    assert "secret" not in "".join(str(getattr(event, field.name)) for field in fields(event))
    await store.safety_events.add(event)
    assert [dated.event for dated in await store.safety_events.latest(HERE)] == [event]


async def test_a_pattern_is_kept_by_its_name() -> None:
    event = await decided("Write to ada@example.com.")
    assert event
    assert (event.category, event.source, event.rule) == ("personal-data", "pattern", "email")
