"""A writing service over a made-up engine, and requests to it."""

from __future__ import annotations

from typing import Any

from bot.engine.models.profiles import ModelProfile
from bot.ids import ChannelId, GuildId, UserId
from bot.safety.layer import Safety
from bot.safety.verdict import Category
from bot.safety.words.lexicon import Lexicon
from bot.store import Database
from bot.stories.voices import load_voices
from bot.writing.door import Door
from bot.writing.presets import load_presets
from bot.writing.requests import Outcome, WriteRequest
from bot.writing.service import Writer, new_request_id
from bot.writing.settings import SettingsResolver
from config.settings import EngineSettings, LimitSettings, Settings, WritingSettings
from tests.fake_engine import FakeEngine

WORDS = {"badword": Category.PROFANITY, "slurword": Category.SLUR}
LONG = " The fox left the house and went over the hills into the night, and nobody saw it again. "
PROFILE = ModelProfile(name="fake", source="hub", location="x")


class Desk:
    """A writing service over a made-up engine and a store in memory."""

    def __init__(self, store: Database, engine: FakeEngine, settings: Settings) -> None:
        self.store = store
        self.engine = engine
        self.writer = Writer(
            engine=engine,
            door=Door(Safety([Lexicon(WORDS)])),
            store=store,
            resolver=SettingsResolver(store, load_presets(), lambda _: PROFILE, default_model="fake"),
            voices=load_voices(),
            settings=settings,
        )

    async def write(self, prompt: str = "It began.", **changes: Any) -> Outcome:
        return await self.writer.finish(request("" if "parent_id" in changes else prompt, **changes))

    @property
    def seeds(self) -> list[int | None]:
        return [asked.sampling.seed for asked in self.engine.requests]

    @property
    def lengths(self) -> list[int]:
        return [asked.sampling.max_new_tokens for asked in self.engine.requests]


def request(prompt: str = "It began.", **changes: Any) -> WriteRequest:
    values: dict[str, Any] = {
        "request_id": new_request_id(),
        "user_id": UserId(1),
        "guild_id": GuildId(5),
        "channel_id": ChannelId(9),
        "seed": 7,
    }
    return WriteRequest(prompt=prompt, **values | changes)


def settings(*, tries: int = 4, openings: int = 3, streams: int = 8, **limits: Any) -> Settings:
    generous = {"user_burst": 1000, "user_per_minute": 1000, "server_burst": 1000, "running_per_user": 50}
    return Settings(
        limits=LimitSettings(**generous | limits),
        writing=WritingSettings(tries=tries, openings=openings),
        engine=EngineSettings(max_streams=streams),
    )
