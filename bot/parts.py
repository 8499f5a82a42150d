"""What a writing bot is made of, wired in one place: the app object, the command line and measurements open it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.engine.models.library import ModelLibrary
from bot.engine.process.local import start_local
from bot.engine.process.source import LibraryModels
from bot.engine.protocol import Engine
from bot.engine.sampling import Range
from bot.safety.layer import Safety
from bot.safety.opening import finders, open_classifier
from bot.store import Database
from bot.store.database import utc_now
from bot.stories.scenarios import Library
from bot.stories.voices import Voices
from bot.waiting import Wait, plain_wait
from bot.writing.configuration import Changes, Configuration
from bot.writing.door import Door
from bot.writing.keys import LENGTH_FOR_PEOPLE
from bot.writing.policies import AgeRestricted, PlacePolicies, PolicyBook, never
from bot.writing.recorder import Recorder
from bot.writing.service import Writer
from bot.writing.settings import SettingsResolver, no_parent
from bot.writing.slowing import Brake
from config.settings import CONFIG_DIR, Settings

if TYPE_CHECKING:
    from bot.writing.settings import ParentOf

EngineFactory = Callable[[ModelLibrary, Settings, Wait], Engine]


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """The parts beneath whatever people see."""

    configuration: Configuration
    """What holds: as it was read, but for what needs a restart; its model is the default by its full name."""
    library: ModelLibrary
    store: Database
    engine: Engine
    resolver: SettingsResolver
    safety: Safety
    door: Door
    policies: PolicyBook
    recorder: Recorder
    brake: Brake
    writer: Writer

    @property
    def model(self) -> str:
        """The default."""
        return str(self.configuration.settings.model)

    @property
    def voices(self) -> Voices:
        """The genres and tones there are."""
        return self.configuration.voices

    @property
    def scenarios(self) -> Library:
        """The scenarios there are."""
        return self.configuration.scenarios


def process_engine(library: ModelLibrary, settings: Settings, wait: Wait) -> Engine:
    """Start the engine processes of this machine."""
    return start_local(LibraryModels(library, settings.engine), settings.engine, library.running, wait)


async def open_parts(
    settings: Settings,
    *,
    engine_factory: EngineFactory = process_engine,
    wait: Wait = plain_wait,
    now: Callable[[], datetime] = utc_now,
    length: Range = LENGTH_FOR_PEOPLE,
    config_dir: Path = CONFIG_DIR,
    parent_of: ParentOf = no_parent,
    age_restricted: AgeRestricted = never,
) -> Parts:
    """Open the store, start the engine, and put the writing service on both; the caller closes both.

    Args:
        settings: The operator's configuration.
        engine_factory: Gives the engine, started.
        wait: How to await what happens outside the event loop.
        now: The time that limits and stories go by.
        length: What a text's length may be, in tokens.
        config_dir: Where presets, voices, scenarios and words are.
        parent_of: Gives the channel that a thread is in, so far as it is known.
        age_restricted: Says whether Discord marks a channel as age-restricted.

    Raises:
        ConfigurationError: a file of the configuration cannot be used.
        StoreError: the database cannot be used.
        EngineError: the model has no entry.
    """
    library = ModelLibrary.of(settings)
    model = library.default_name(settings.model)
    configuration = Configuration.read(settings, config_dir).with_model(model)
    store = await Database.open(settings.resolved_database_url, now=now)
    resolver = SettingsResolver(
        store,
        configuration.presets,
        library.profile,
        default_model=model,
        allowed_models=settings.allowed_models,
        length=length,
        own_models=library.own.registered,
        parent_of=parent_of,
    )
    engine = engine_factory(library, settings, wait)
    asked = settings.safety
    classifier = await asyncio.to_thread(open_classifier, asked.classifier, second_opinion=asked.second_opinion)
    safety = Safety(finders(configuration.lexicon, settings.safety.links), classifier, wait)
    policies = PolicyBook(store, parent_of=parent_of)
    recorder, brake = Recorder(store.safety_events), Brake(store.safety_events, now=store.now)
    door = Door(safety, PlacePolicies(policies, age_restricted), recorder, brake)
    writer = Writer(
        engine=engine,
        door=door,
        store=store,
        resolver=resolver,
        voices=configuration.voices,
        settings=settings,
        wait=wait,
    )
    return Parts(
        configuration=configuration,
        library=library,
        store=store,
        engine=engine,
        resolver=resolver,
        safety=safety,
        door=door,
        policies=policies,
        recorder=recorder,
        brake=brake,
        writer=writer,
    )


async def reload_parts(parts: Parts, load: Callable[[], Settings], config_dir: Path) -> tuple[Parts, Changes]:
    """Read the configuration again, and let running parts go by it as far as they can: all of it, or nothing.

    Texts that are being written end by what they began with.

    Args:
        parts: The parts that run.
        load: Reads the settings; called off the event loop.
        config_dir: Where the files beside the settings are.

    Returns:
        The parts as they are now, and what is different from before.

    Raises:
        ConfigurationError: something in the configuration cannot be used; everything stays as it was.
        EngineError: the model that it names cannot be opened; likewise.
    """

    def read() -> Configuration:
        found = Configuration.read(load(), config_dir)
        return found.with_model(parts.library.default_name(found.settings.model))

    new = await asyncio.to_thread(read)
    model = str(new.settings.model)
    if model != parts.resolver.default_model:
        await parts.engine.open(model)
    # From here on nothing can fail, and nobody else has a turn.
    before = parts.configuration.with_model(parts.resolver.default_model)
    now = before.taking_over(new)
    parts.resolver.use(now.presets, model, now.settings.allowed_models)
    parts.safety.use(finders(now.lexicon, now.settings.safety.links))
    parts.writer.use(now.settings, now.voices)
    return replace(parts, configuration=now), before.changes(new)
