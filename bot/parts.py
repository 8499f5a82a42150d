"""What a writing bot is made of, wired in one place: the app object, the command line and measurements open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.engine.models.library import ModelLibrary
from bot.engine.models.source import LibraryModels
from bot.engine.process.client import ProcessEngine
from bot.engine.protocol import Engine
from bot.engine.sampling import Range
from bot.safety.layer import SafetyLayer, WordSafety
from bot.safety.lexicon import Lexicon, load_words
from bot.store import Database
from bot.store.database import utc_now
from bot.stories.voices import Voices, load_voices
from bot.waiting import Wait, plain_wait
from bot.writing.keys import LENGTH_FOR_PEOPLE
from bot.writing.presets import load_presets
from bot.writing.service import Writer
from bot.writing.settings import SettingsResolver
from config.settings import Settings

EngineFactory = Callable[[ModelLibrary, Settings, Wait], Engine]


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """The parts beneath whatever people see."""

    model: str
    """The default."""
    store: Database
    engine: Engine
    voices: Voices
    resolver: SettingsResolver
    safety: SafetyLayer
    writer: Writer


def process_engine(library: ModelLibrary, settings: Settings, wait: Wait) -> Engine:
    """Start an engine process of this machine."""
    engine = ProcessEngine(LibraryModels(library, settings.engine.cache_mb), settings.engine, wait=wait)
    engine.start()
    return engine


async def open_parts(
    settings: Settings,
    *,
    engine_factory: EngineFactory = process_engine,
    wait: Wait = plain_wait,
    now: Callable[[], datetime] = utc_now,
    length: Range = LENGTH_FOR_PEOPLE,
) -> Parts:
    """Open the store, start the engine, and put the writing service on both; the caller closes both.

    Args:
        settings: The operator's configuration.
        engine_factory: Gives the engine, started.
        wait: How to await what happens outside the event loop.
        now: The time that limits and stories go by.
        length: What a text's length may be, in tokens.

    Raises:
        StoreError: the database cannot be used.
        EngineError: the model has no entry.
    """
    store = await Database.open(settings.resolved_database_url, now=now)
    library = ModelLibrary(settings.cache_dir)
    presets, voices = load_presets(), load_voices()
    model = library.default_name(settings.model)
    resolver = SettingsResolver(
        store,
        presets,
        library.profile,
        default_model=model,
        allowed_models=settings.allowed_models,
        length=length,
    )
    engine = engine_factory(library, settings, wait)
    safety = WordSafety(Lexicon(load_words()))
    writer = Writer(
        engine=engine,
        safety=safety,
        store=store,
        resolver=resolver,
        voices=voices,
        settings=settings,
        wait=wait,
    )
    return Parts(
        model=model, store=store, engine=engine, voices=voices, resolver=resolver, safety=safety, writer=writer
    )
