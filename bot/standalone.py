"""The writing service on its own, without Discord: for the command line and for measurements."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.engine.models.library import ModelLibrary
from bot.engine.models.source import LibraryModels
from bot.engine.process.client import ProcessEngine
from bot.engine.sampling import RANGES
from bot.ids import ChannelId, UserId
from bot.safety.layer import WordSafety
from bot.safety.lexicon import Lexicon, load_words
from bot.store import Database
from bot.writing.presets import load_presets
from bot.writing.requests import WriteRequest
from bot.writing.service import Writer, new_request_id
from bot.writing.settings import SettingsResolver
from config.settings import LimitSettings, Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

NO_LIMITS = LimitSettings(
    user_burst=10_000, user_per_minute=10_000, server_burst=100_000, running_per_user=100, queue=10_000
)


@asynccontextmanager
async def open_writer(settings: Settings, model: str) -> AsyncIterator[Writer]:
    """Open a writing service on its own: an engine, and a store that is forgotten."""
    library = ModelLibrary(settings.cache_dir)
    store = await Database.open("sqlite+aiosqlite://")
    engine = ProcessEngine(LibraryModels(library, settings.engine.cache_mb), settings.engine)
    engine.start()
    try:
        yield Writer(
            engine=engine,
            safety=WordSafety(Lexicon(load_words())),
            store=store,
            resolver=SettingsResolver(
                store.settings, load_presets(), library.profile, default_model=model, length=RANGES["max_new_tokens"]
            ),
            settings=settings.model_copy(update={"limits": NO_LIMITS}),
        )
    finally:
        await engine.aclose()
        await store.close()


def request_for(prompt: str, options: Mapping[str, object], seed: int | None) -> WriteRequest:
    """Give a request of the command line, where there is one person and no server."""
    return WriteRequest(
        request_id=new_request_id(),
        user_id=UserId(0),
        guild_id=None,
        channel_id=ChannelId(0),
        prompt=prompt,
        options=options,
        seed=seed,
    )
