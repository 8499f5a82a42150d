"""`python -m bot run`: the bot on Discord, until it is told to stop."""

from __future__ import annotations

import asyncio
import platform
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord
import structlog
import typer

from bot import __version__
from bot.app import Taleloom, create_bot
from bot.cli.common import errors_in_one_line, prepare
from bot.cli.errors import DiscordUnreachableError, TokenMissingError, TokenRefusedError, TooFewShardsError
from bot.cli.heartbeat import beat
from bot.cli.logs import configure_logs
from bot.engine.errors import ModelUnavailableError
from bot.engine.models.library import ModelLibrary
from bot.engine.models.memory import MB, Memory
from bot.engine.models.registry import EMBEDDED, PREFERRED
from bot.errors import TaleloomError
from config.settings import Settings, load_settings

# Of https://discord.com/developers/docs/topics/opcodes-and-status-codes, gateway close event codes.
TOKEN_REFUSED = 4004
TOO_FEW_SHARDS = 4011

log = structlog.get_logger(__name__)


def command() -> None:
    """Run the bot on Discord; a stop signal lets running texts end first, a second one does not wait."""
    with errors_in_one_line():
        settings = load_settings()
        configure_logs(settings.log)
        token = token_of(settings)
        try:
            # A stop signal ends the preparations as Ctrl-C does; the running bot has handlers of its own.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            library = ModelLibrary.of(settings)
            settings = settings.model_copy(update={"model": choose_model(library, settings.model)})
            introduce(library, settings)
            asyncio.run(serve(create_bot(settings), token))
        except KeyboardInterrupt:
            raise typer.Exit(0) from None


def token_of(settings: Settings) -> str:
    """Give the token.

    Raises:
        TokenMissingError: there is none.
    """
    token = settings.discord_token.get_secret_value().strip() if settings.discord_token else ""
    if not token:
        raise TokenMissingError
    return token


def choose_model(library: ModelLibrary, setting: str | None) -> str:
    """Choose the model and bring it here, with its progress on standard error.

    What the operator set is taken or refused. Without a setting it is GPT-2, and where that cannot be had, the embedded
    model, with a line that says why.

    Raises:
        UnknownModelError, ModelUnavailableError: the model that was set, or the embedded one, cannot be had.
    """
    if setting is not None:
        name = library.default_name(setting)
        prepare(library, name)
        return name
    reason = _why_not_preferred(library)
    if reason is None:
        return PREFERRED
    log.warning(f"writing with {EMBEDDED}, because {PREFERRED} cannot be had", reason=reason)
    prepare(library, EMBEDDED)
    return EMBEDDED


def _why_not_preferred(library: ModelLibrary) -> str | None:
    """Bring GPT-2 here, or say why that cannot be done."""
    if library.default_name(None) != PREFERRED:
        if not library.can_export():
            return "it is not in the cache, and torch, which exports it, is not installed: make setup"
        if not library.reachable():
            return "it is not in the cache, and the Hugging Face hub does not answer"
    try:
        prepare(library, PREFERRED)
    except ModelUnavailableError as error:
        return str(error)
    return None


def introduce(library: ModelLibrary, settings: Settings) -> None:
    """Log what the bot runs on.

    Raises:
        ModelTooLargeError: the model does not fit the free memory; said before anything connects.
    """
    name = library.default_name(settings.model)
    memory = Memory.here(library.running, settings.engine)
    needed = memory.check(library.profile(name), library.ready(name), library.profiles)
    log.info("Taleloom", version=__version__, python=platform.python_version())
    log.info(
        "model",
        name=name,
        memory=f"at most {needed.total / MB:,.0f} MB of {memory.free / MB:,.0f} MB free",
        also_allowed=", ".join(settings.allowed_models) or "no other",
    )
    database = "SQLite in the data folder" if settings.database_url is None else "as set in TALELOOM_DATABASE_URL"
    log.info("places", database=database, data=str(settings.data_dir.resolve()), models=str(settings.cache_dir))


async def serve(bot: Taleloom, token: str) -> None:
    """Run the bot until a stop signal comes or it ends by itself.

    Args:
        bot: From `create_bot`, not started.
        token: Discord's token for it.

    Raises:
        TokenRefusedError, TooFewShardsError, DiscordUnreachableError, StoreError: it cannot start, or go on.
    """
    # Without a setting, Discord says how many shards it recommends; discord.py's annotation does not know that.
    bot.shard_count = bot.settings.shards  # type: ignore[assignment]
    with _stop_signals() as signals:
        running = asyncio.create_task(bot.start(token))
        beating = asyncio.create_task(beat(bot, bot.settings.data_dir))
        try:
            await _until_either(running, signals[0])
            if not running.done():
                draining = asyncio.create_task(bot.drain(bot.settings.shutdown_seconds))
                await _until_either(draining, signals[1])
                draining.cancel()
        finally:
            beating.cancel()
            await bot.close()
            running.cancel()
            await asyncio.wait({running, beating})
    _tell(running)
    log.info("stopped")


async def _until_either(work: asyncio.Task[None], event: asyncio.Event) -> None:
    """Wait until the work is over or the event has come."""
    waiting = asyncio.create_task(event.wait())
    await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()


def _tell(running: asyncio.Task[None]) -> None:
    """Raise what ended the bot as something an operator can act on."""
    if running.cancelled():
        return
    try:
        running.result()
    except discord.LoginFailure:
        raise TokenRefusedError from None
    except discord.ConnectionClosed as error:
        raise _why_closed(error.code) from None
    except (aiohttp.ClientError, discord.HTTPException, discord.GatewayNotFound, TimeoutError) as error:
        raise DiscordUnreachableError(reason=str(error).rstrip(".") or type(error).__name__) from None


def _why_closed(code: int) -> TaleloomError:
    """Say what Discord means by a code after which it is no use to connect again."""
    if code == TOKEN_REFUSED:
        return TokenRefusedError()
    if code == TOO_FEW_SHARDS:
        return TooFewShardsError()
    return DiscordUnreachableError(reason=f"it closed the connection with code {code}")


@contextmanager
def _stop_signals() -> Iterator[tuple[asyncio.Event, asyncio.Event]]:
    """Turn Ctrl-C and SIGTERM into events: the first time, and the second."""
    loop, events = asyncio.get_running_loop(), (asyncio.Event(), asyncio.Event())

    def note() -> None:
        events[events[0].is_set()].set()

    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        loop.add_signal_handler(number, note)
    try:
        yield events
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
