"""The doctor's look at this machine: Python, packages, folders, database, model."""

from __future__ import annotations

import asyncio
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from bot.cli.findings import Finding, bad, look, note, well
from bot.engine.models.hub import is_repository
from bot.engine.models.library import ModelLibrary
from bot.engine.models.memory import MB, Memory
from bot.engine.models.registry import EMBEDDED
from bot.errors import TaleloomError
from bot.safety.opening import open_classifier
from bot.standalone import open_writer, request_for
from bot.store import Database
from bot.store.errors import DatabaseMissingError
from bot.writing.configuration import Configuration
from config.settings import CONFIG_DIR, Settings

LOCK = CONFIG_DIR.parent / "requirements" / "base.txt"
PYTHONS = ((3, 11), (3, 15))
SPARE_DISK = 500 * MB
OPENING = "The lighthouse keeper had not spoken in seven years."


def look_at_python(version: tuple[int, int] = sys.version_info[:2]) -> Finding:
    """Look at the interpreter."""
    text = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    if PYTHONS[0] <= version < PYTHONS[1]:
        return well(text)
    return bad(text, "Python 3.11 to 3.14 is needed: make PYTHON=python3.13 setup, after removing .venv")


def look_at_packages(lock: Path = LOCK) -> Iterator[Finding]:
    """Compare what is installed with what is locked, where the lock is here."""
    wanted = dict(_locked(lock)) if lock.is_file() else {}
    differing = [
        f"{name} {found or 'missing'} (locked: {version})"
        for name, version in wanted.items()
        if (found := _version(name)) != version
    ]
    shown = ", ".join(f"{name} {_version(name)}" for name in ("discord.py", "openvino-genai"))
    if differing:
        more = f" and {len(differing) - 5} more" if len(differing) > 5 else ""
        yield look(f"packages: {', '.join(differing[:5])}{more}", "Install what is locked: make setup")
    else:
        yield well(f"packages: {shown}" + (f" and {len(wanted) - 2} others as locked" if wanted else ""))
    torch = _version("torch")
    if torch:
        yield well(f"torch {torch}: GPT-2 models can be exported")
    else:
        yield note("torch is not installed: only models that are ready can be used; make setup brings it")


def _locked(lock: Path) -> Iterator[tuple[str, str]]:
    for line in lock.read_text(encoding="utf-8").splitlines():
        # What a marker keeps for other systems is not missed here.
        if found := re.match(r"([\w.-]+)==(\S+) *(;)?", line):
            name, version, conditional = found.groups()
            if not conditional:
                yield name, version


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def look_at_folder(what: str, folder: Path) -> Finding:
    """Try to write into a folder, and look at what is free there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
        free = shutil.disk_usage(folder).free
    except OSError as error:
        reason = error.strerror or str(error)
        return bad(f"{what}: {folder} cannot be written ({reason})", "Give the bot's user the right to write there.")
    text = f"{what}: {folder.resolve()}, {free / MB:,.0f} MB free"
    if free < SPARE_DISK:
        return look(text, "That is little: models take 100 to 1,600 MB each.")
    return well(text)


async def look_at_database(settings: Settings) -> Finding:
    """Look for damage; nothing is made or changed."""
    try:
        database = await Database.open(settings.resolved_database_url, create=False, migrate=False)
        try:
            findings = await database.check()
        finally:
            await database.close()
    except DatabaseMissingError:
        return well("database: none yet; it is made at the first start")
    except TaleloomError as error:
        return bad(f"database: {error}", "")
    if not findings:
        return well(f"database: {database.place}, sound")
    if all("db upgrade" in finding for finding in findings):
        return look(f"database: {database.place}: {findings[0]}", "The bot does it at its next start.")
    advice = "Stop the bot, keep a copy of the file, and put the last backup in its place (db backup makes them)."
    return bad(f"database: {database.place}: {len(findings)} findings, the first: {findings[0]}", advice)


async def look_at_configuration(settings: Settings, *, offline: bool) -> Finding:
    """Read what stands beside the settings, and open what judges sentences, as the bot does when it starts."""
    asked = settings.safety

    def read() -> None:
        Configuration.read(settings)
        if not (offline and is_repository(asked.classifier) and not Path(asked.classifier).exists()):
            open_classifier(asked.classifier, second_opinion=asked.second_opinion)

    try:
        await asyncio.to_thread(read)
    except TaleloomError as error:
        return bad(f"settings: {error}", "")
    return well("settings: all can be used")


def look_at_model(library: ModelLibrary, settings: Settings, *, offline: bool) -> Iterator[Finding]:
    """Say which model would be used, whether it is here, and whether it fits."""
    try:
        name = library.default_name(settings.model)
        profile, path = library.profile(name), library.ready(name)
        for other in settings.allowed_models:
            library.profile(other)
    except TaleloomError as error:
        yield bad(f"model: {error}", "Set TALELOOM_MODEL and TALELOOM_ALLOWED_MODELS to known ones.")
        return
    if path is None:
        advice = f"It is fetched at the first start; python -m bot models pull {name} does it now."
        if profile.source == "hub" and not offline and not library.reachable():
            advice = f"The Hugging Face hub does not answer: {EMBEDDED} works without it."
        yield look(f"model: {name} is not here yet", advice)
    else:
        yield well(f"model: {name} is ready")
    memory = Memory.here(library.running, settings.engine)
    try:
        needed = memory.check(profile, path, library.profiles)
    except TaleloomError as error:
        yield bad(f"memory: {error}", "")
    else:
        fits = f", room for {needed.texts:,} long texts at once" if needed.text else ""
        yield well(
            f"memory: {name} takes at most {needed.total / MB:,.0f} MB{fits}; {memory.free / MB:,.0f} MB are free"
        )


async def look_at_writing(library: ModelLibrary, settings: Settings) -> Finding:
    """Let the model write, by the way that `/write` goes."""
    name = library.default_name(settings.model)
    try:
        async with open_writer(settings, name) as writer:
            outcome = await writer.finish(request_for(OPENING, {"max_new_tokens": 30}, seed=1))
    except TaleloomError as error:
        return bad(f"writing: {error}", "Start the bot with TALELOOM_LOG__LEVEL=debug to see more.")
    turn = outcome.turn
    speed = (turn.tokens or 0) / turn.seconds if turn.seconds else 0
    return well(f"writing: {name} wrote {turn.tokens} tokens at {speed:.0f} a second: “{turn.text.strip()[:60]}…”")
