"""The bot object: wires the parts together and carries them through start, drain and stop. No command lives here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.engine.protocol import Engine
from bot.errors import TaleloomError
from bot.ids import ChannelId
from bot.parts import EngineFactory, Parts, open_parts, process_engine, reload_parts
from bot.store import Job
from bot.store.database import utc_now
from bot.ui.age_restriction import is_age_restricted
from bot.ui.buttons import MoreSelect, StopButton, StoryButton
from bot.ui.consent import ConsentButton
from bot.ui.erasure import ErasureButton
from bot.ui.error_handler import answer_error
from bot.ui.games.buttons import ITEMS as GAME_ITEMS
from bot.ui.history import HistoryButton
from bot.ui.owner import OwnerButton
from bot.ui.panel import ITEMS as PANEL_ITEMS
from bot.ui.policy_panel import ITEMS as POLICY_ITEMS
from bot.ui.preset_panel import ITEMS as PRESET_ITEMS
from bot.ui.reports import ReportButton
from bot.ui.services import Services
from bot.ui.streaming import UNSENT
from bot.ui.translator import CatalogueTranslator
from bot.ui.tuning import TuneButton
from bot.ui.wiring import wire
from bot.ui.world_panel import ITEMS as WORLD_ITEMS
from bot.waiting import Wait, plain_wait
from bot.writing.configuration import Changes
from bot.writing.service import Writer
from config.settings import CONFIG_DIR, Settings, load_settings

EXTENSIONS = (
    "cogs.write",
    "cogs.history",
    "cogs.menus",
    "cogs.prompts",
    "cogs.talk",
    "cogs.story",
    "cogs.settings",
    "cogs.safety",
    "cogs.me",
    "cogs.presets",
    "cogs.tune",
    "cogs.privacy",
    "cogs.usage",
    "cogs.upkeep",
    "cogs.info",
    "cogs.admin",
)
DYNAMIC_ITEMS = (
    StoryButton,
    MoreSelect,
    StopButton,
    ErasureButton,
    ConsentButton,
    HistoryButton,
    ReportButton,
    TuneButton,
    OwnerButton,
    *PANEL_ITEMS,
    *PRESET_ITEMS,
    *POLICY_ITEMS,
    *GAME_ITEMS,
    *WORLD_ITEMS,
)
"""What is pressed after a restart as before it."""

PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
)
"""The least that the bot needs where it writes: reading history is for its own messages after a crash."""

IDLE_SECONDS = 5.0  # for the last edits of texts that were stopped

log = structlog.get_logger(__name__)


class Taleloom(commands.AutoShardedBot):
    """The bot.

    Args:
        settings: The operator's configuration.
        wait: How to await what happens outside the event loop.
        engine_factory: Gives the engine when the bot starts.
        now: The time that limits and stories go by.
        load: Reads the settings again while the bot runs.
        config_dir: Where presets, voices and words are.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        wait: Wait,
        engine_factory: EngineFactory,
        now: Callable[[], datetime],
        load: Callable[[], Settings],
        config_dir: Path,
    ) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            shard_count=settings.shards or 1,
            help_command=None,
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
        )
        self.settings = settings
        self._wait = wait
        self._engine_factory = engine_factory
        self._now = now
        self._load_settings = load
        self._config_dir = config_dir
        self._parts: Parts | None = None
        self._services: Services | None = None
        self._leftovers: tuple[Job, ...] = ()
        self._loading: asyncio.Task[None] | None = None
        self._mended = False
        self._stopping: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    @property
    def services(self) -> Services:
        """The parts, once the bot has been set up."""
        if self._services is None:
            raise RuntimeError("the bot has not been set up")
        return self._services

    async def setup_hook(self) -> None:
        """Open the store, start the engine, register commands."""
        self._parts = parts = await open_parts(
            self.settings,
            engine_factory=self._engine_factory,
            wait=self._wait,
            now=self._now,
            config_dir=self._config_dir,
            parent_of=self._parent_of,
            age_restricted=self._is_age_restricted,
        )
        self._services = services = wire(
            self,
            settings=self.settings,
            engine=parts.engine,
            store=parts.store,
            resolver=parts.resolver,
            door=parts.door,
            policies=parts.policies,
            recorder=parts.recorder,
            brake=parts.brake,
            voices=parts.voices,
            library=parts.scenarios,
            writer=parts.writer,
            wait=self._wait,
            now=self._now,
        )
        self._leftovers = await parts.store.jobs.leftovers()
        self._loading = asyncio.create_task(self._load(parts.engine, parts.model))
        self.add_dynamic_items(*DYNAMIC_ITEMS)
        # Set here, not by a subclass: a handler that is there before would be taken for a crash by a test world.
        self.tree.on_error = answer_error  # type: ignore[method-assign]
        await self.tree.set_translator(CatalogueTranslator(services.texts))
        for extension in EXTENSIONS:
            await self.load_extension(extension)
        await self.tree.sync()

    def _parent_of(self, channel_id: ChannelId) -> ChannelId | None:
        """Give the channel that a thread is in; one that is archived is not known until somebody writes."""
        channel = self.get_channel(channel_id)
        return ChannelId(channel.parent_id) if isinstance(channel, discord.Thread) else None

    def _is_age_restricted(self, channel_id: ChannelId) -> bool:
        """Say whether Discord marks a channel, or the channel that a thread is in, as age-restricted."""
        return is_age_restricted(self.get_channel(channel_id))

    async def _load(self, engine: Engine, model: str) -> None:
        """Open the default model while the bot connects, so that the first story does not wait for it."""
        try:
            await engine.open(model)
        except TaleloomError as error:
            log.error("the default model cannot be used", model=model, reason=str(error))  # noqa: TRY400 - one sentence

    async def until_loaded(self) -> None:
        """Wait until the default model is open, or was found not to open."""
        if self._loading:
            await asyncio.wait({self._loading})

    async def on_ready(self) -> None:
        """Say that the bot is there, and mend what a crash left behind."""
        log.info("ready", user=str(self.user), servers=len(self.guilds), invite=self.invite_link())
        leftovers, self._leftovers = self._leftovers, ()
        for job in leftovers:
            await self._sweep(job)
        if not self._mended:
            self._mended = True
            await self.services.mending.mend_all()
        self.dispatch("mended")

    async def _sweep(self, job: Job) -> None:
        """Mark a message whose text was never finished."""
        speak = self.services.texts.speak(job.locale)
        # Direct messages and old threads are in no cache.
        channel = self.get_partial_messageable(job.channel_id)
        try:
            await self.services.pages.mend(channel, job, speak)
        except (TaleloomError, *UNSENT) as error:
            log.info("message not mended", request=job.request_id, reason=str(error))
        with suppress(TaleloomError):  # the next start sweeps it
            await self.services.store.jobs.close(job.request_id)

    def invite_link(self) -> str:
        """Give the link by which the bot is added to a server, with the least permissions."""
        application = self.application_id or (self.user.id if self.user else 0)
        return discord.utils.oauth_url(application, permissions=PERMISSIONS)

    async def drain(self, seconds: float) -> None:
        """Take nothing new, let what runs finish for a while, then stop it with what it has."""
        if self._services is None:
            return
        writer = self._services.writer
        writer.refuse_new()
        log.info("stopping", running=writer.busy, seconds=seconds)
        await self._until_idle(seconds)
        await self._stop_writing(writer)

    async def _stop_writing(self, writer: Writer) -> None:
        writer.refuse_new()
        await writer.stop_all()
        await self._until_idle(IDLE_SECONDS)

    async def _until_idle(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.services.presenter.busy:  # noqa: ASYNC110 - seldom, and by nobody else
                    await asyncio.sleep(0.01)

    async def reload(self) -> Changes:
        """Read the configuration again and go by it as far as a running bot can; see `reload_parts`.

        Raises:
            ConfigurationError, EngineError: it cannot be used, and everything stays as it was.
        """
        if self._parts is None:
            raise RuntimeError("the bot has not been set up")
        self._parts, changes = await reload_parts(self._parts, self._load_settings, self._config_dir)
        self.settings = self._parts.configuration.settings
        self._services = replace(
            self.services, settings=self.settings, voices=self._parts.voices, library=self._parts.scenarios
        )
        return changes

    def stop(self) -> None:
        """Begin to stop, as a stop signal does; a second time does nothing."""
        if self._stopping is None:
            self._stopping = asyncio.create_task(self._stop())

    async def _stop(self) -> None:
        await self.drain(self.settings.shutdown_seconds)
        await self.close()

    async def close(self) -> None:
        """End the engine and the store, then the connection; whoever comes second waits for the first."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        if self._loading:
            self._loading.cancel()
        if services := self._services:
            services.notices.cancel()
            await self._stop_writing(services.writer)
            await services.stage.close()
            await services.engine.aclose()
            await self._until_idle(IDLE_SECONDS)
        await super().close()
        if services:
            await services.store.close()


def create_bot(
    settings: Settings,
    *,
    wait: Wait = plain_wait,
    engine_factory: EngineFactory = process_engine,
    now: Callable[[], datetime] = utc_now,
    load: Callable[[], Settings] = load_settings,
    config_dir: Path = CONFIG_DIR,
) -> Taleloom:
    """Give the bot, wired and not started.

    Args:
        settings: The operator's configuration; can be built in code.
        wait: How to await what happens outside the event loop; see `bot.waiting`.
        engine_factory: Another engine than a process of this machine.
        now: Another clock than the machine's.
        load: Reads the settings again for `/admin reload`.
        config_dir: Another folder of presets, voices and words.
    """
    return Taleloom(settings, wait=wait, engine_factory=engine_factory, now=now, load=load, config_dir=config_dir)
