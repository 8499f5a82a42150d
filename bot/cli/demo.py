"""`python -m bot demo`: the real bot in the browser, without a token and without Discord."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from filelock import FileLock, Timeout

from bot.cli.common import errors_in_one_line, prepare
from bot.cli.logs import configure_logs
from bot.demo import SIMCORD
from bot.demo.errors import DemoRunningError, SimcordMissingError
from bot.demo.holding import HOST, HoldingPage
from bot.engine.models.library import ModelLibrary
from bot.engine.models.registry import EMBEDDED
from config.settings import Settings, load_settings

PORT = 8377


def command(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help=f"The page's port. Default: {PORT}, or a free one.")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
    channel: Annotated[str, typer.Option(help="The channel that the page shows.")] = "stories",
    reset: Annotated[bool, typer.Option("--reset", help="Begin anew: forget the demo's world and stories.")] = False,
) -> None:
    """Run the bot in the browser; the first line on standard output is the page's address."""
    try:
        # A stop signal ends the preparations as Ctrl-C does; the running demo has handlers of its own.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with errors_in_one_line():
            _demo(port, channel, browser=not no_browser, reset=reset)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def demo_folder(settings: Settings) -> Path:
    """Say where the demo keeps its world."""
    return settings.data_dir / "demo"


def demo_settings(settings: Settings) -> Settings:
    """Give the settings of the demo: a database of its own, and the embedded model unless one is set."""
    return settings.model_copy(
        update={
            "database_url": f"sqlite+aiosqlite:///{demo_folder(settings).resolve() / 'taleloom.db'}",
            "model": settings.model or EMBEDDED,
            "discord_token": None,
            "shards": None,
        }
    )


def _demo(port: int | None, channel: str, *, browser: bool, reset: bool) -> None:
    if importlib.util.find_spec("simcord") is None:
        raise SimcordMissingError(wanted=SIMCORD)
    settings = demo_settings(load_settings())
    configure_logs(settings.log)
    # discord.py warns of what a real connection would lack.
    logging.getLogger("discord").setLevel(logging.ERROR)
    with _folder(demo_folder(settings)) as folder, HoldingPage(port or PORT, or_any=port is None) as holding:
        _run(settings, folder, holding, channel, browser=browser, reset=reset)


def _run(settings: Settings, folder: Path, holding: HoldingPage, channel: str, *, browser: bool, reset: bool) -> None:
    # Imported here: what needs neither the bot nor simcord has been refused by now.
    from bot.demo.simcord_private import check_version  # noqa: PLC0415
    from bot.demo.world import PEOPLE, WorldFile, check_channel, new_capability  # noqa: PLC0415

    check_version()
    check_channel(channel)
    if reset:
        _forget(folder)
    file = WorldFile(folder / "world.json")
    saved = file.load()
    capability = saved[0].capability if saved else new_capability()
    print(f"http://{HOST}:{holding.port}/#{capability}", flush=True)
    library = ModelLibrary.of(settings)
    prepare(library, library.default_name(settings.model))

    from bot.demo.runner import Demo, run  # noqa: PLC0415
    from bot.demo.surroundings import open_browser  # noqa: PLC0415

    def up(address: str) -> None:
        if browser:
            open_browser(address)
        people = ", ".join(person.shown for person in PEOPLE)
        typer.echo(f"The page is up. “Viewing as” picks who you are: {people}. Ctrl-C ends the demo.", err=True)

    demo = Demo(
        settings=settings,
        file=file,
        saved=saved,
        capability=capability,
        channel=channel,
        listener=holding.hand_over,
        up=up,
    )
    asyncio.run(run(demo))


@contextmanager
def _folder(folder: Path) -> Iterator[Path]:
    """Make the demo's folder and hold it against another demo.

    Raises:
        DemoRunningError: another demo holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "demo.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise DemoRunningError(folder=folder) from None
    try:
        yield folder
    finally:
        lock.release()


def _forget(folder: Path) -> None:
    """Delete what the demo keeps, and nothing that somebody else may have put there."""
    for name in ("world.json", "world.new", "taleloom.db", "taleloom.db-wal", "taleloom.db-shm"):
        (folder / name).unlink(missing_ok=True)
