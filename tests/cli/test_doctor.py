"""`python -m bot doctor`: a line for each finding, and what to do about it."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.app import PERMISSIONS
from bot.cli import findings_discord, findings_local
from bot.cli.doctor import command
from bot.cli.findings import Finding
from bot.engine.models import library as library_module
from bot.engine.models.library import ModelLibrary
from bot.engine.models.registry import Registered
from bot.errors import ConfigurationError
from bot.store import Database
from bot.writing.configuration import Configuration
from config.settings import CONFIG_DIR, EngineSettings, Settings
from tests.cli.discord_server import TOKEN, discord_server

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exported_tiny: Path) -> None:
    for name in [name for name in os.environ if name.startswith(("TALELOOM_", "DISCORD_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TALELOOM_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TALELOOM_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("TALELOOM_MODEL", str(exported_tiny))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")


@pytest.fixture(autouse=True)
def quiet_logs() -> Iterator[None]:
    """What the verb does to the logs ends with the test."""
    import logging

    import structlog

    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def doctor(*options: str) -> Result:
    app = typer.Typer()
    app.command()(command)
    return CliRunner().invoke(app, options)


def line(result: Result, beginning: str) -> str:
    return next(line for line in result.stdout.splitlines() if line[2:].startswith(beginning))


def test_without_a_token_the_doctor_says_where_to_get_one_and_ends_with_1() -> None:
    result = doctor("--offline")
    assert result.exit_code == 1
    assert line(result, "token").startswith("✗ token: none → There is no bot token. Get one at https://discord.com")


def test_all_is_well_where_nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    result = doctor("--offline")
    assert result.exit_code == 0, result.stdout
    assert "✗" not in result.stdout
    assert TOKEN not in result.stdout
    for part in (
        "Python 3.",
        "packages",
        "settings",
        "token",
        "data folder",
        "model folder",
        "database",
        "model: ",
        "memory",
    ):
        assert line(result, part)


def test_the_doctor_makes_no_database(tmp_path: Path) -> None:
    assert "made at the first start" in line(doctor("--offline"), "database")
    assert not list((tmp_path / "data").glob("*.db"))


def test_with_deep_the_model_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    assert " tokens at " in line(doctor("--offline", "--deep"), "writing")


def test_all_wrong_settings_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALELOOM_LIMITS__QUEUE", "many")
    monkeypatch.setenv("TALELOOM_SHARDS", "0")
    result = doctor()
    assert result.exit_code == 1
    assert "TALELOOM_LIMITS__QUEUE" in result.stdout
    assert "TALELOOM_SHARDS" in result.stdout


@pytest.mark.parametrize("token", ["nonsense", "a.b", "!.b.c", "YWJj.b.c", "..", "é.b.c"])
def test_what_has_not_the_form_of_a_token_is_told_without_showing_it(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", token)
    assert findings_discord.application_id(token) is None
    assert "does not look like one" in line(doctor("--offline"), "token")


def test_a_tokens_first_part_is_the_applications_id() -> None:
    assert findings_discord.application_id(TOKEN) == 111111111111111111


async def _asked(token: str, tmp_path: Path, url: str | None = None) -> list[str]:
    async with discord_server() as server:
        server.url = url or server.url
        process = await asyncio.create_subprocess_exec(
            *server.program,
            "doctor",
            cwd=tmp_path,
            env={**os.environ, "DISCORD_TOKEN": token, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
            stdout=asyncio.subprocess.PIPE,
        )
        return (await process.communicate())[0].decode().splitlines()


async def test_discord_is_asked_and_the_invite_link_has_the_smallest_permissions(tmp_path: Path) -> None:
    said = await _asked(TOKEN, tmp_path)
    assert "✓ token: Discord knows it as Taleloom" in "\n".join(said)
    invite = next(line for line in said if "invite" in line)
    assert "client_id=111111111111111111" in invite
    assert f"permissions={PERMISSIONS.value}" in invite


async def test_a_token_that_discord_does_not_know_stops_the_bot(tmp_path: Path) -> None:
    said = await _asked(TOKEN.replace("abc", "xyz"), tmp_path)
    assert any(line.startswith("✗ token: Discord does not know it → ") for line in said)


async def test_without_a_way_to_discord_the_token_is_not_judged(tmp_path: Path) -> None:
    said = await _asked(TOKEN, tmp_path, "http://127.0.0.1:9")
    assert any(line.startswith("! Discord: not reached") for line in said)


def test_an_unknown_python_is_refused() -> None:
    assert findings_local.look_at_python((3, 10)).mark == "✗"
    assert findings_local.look_at_python((3, 14)).mark == "✓"


def test_what_is_installed_is_compared_with_what_is_locked(tmp_path: Path) -> None:
    lock = tmp_path / "base.txt"
    lock.write_text(
        "# a comment\ntyper==0.0.1 \\\n    --hash=sha256:0\nno-such-thing==1\nother==2 ; sys_platform == 'win32'\n"
    )
    finding = next(findings_local.look_at_packages(lock))
    assert finding.mark == "!"
    assert "no-such-thing missing (locked: 1)" in finding.text
    assert "other" not in finding.text
    assert finding.advice.endswith("make setup")


def test_many_differences_are_counted(tmp_path: Path) -> None:
    lock = tmp_path / "base.txt"
    lock.write_text("".join(f"none-{number}==1\n" for number in range(9)))
    assert "and 4 more" in next(findings_local.look_at_packages(lock)).text


def test_without_a_lock_file_nothing_is_compared(tmp_path: Path) -> None:
    assert next(findings_local.look_at_packages(tmp_path / "none.txt")).mark == "✓"


def test_without_torch_the_doctor_says_what_that_means(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings_local, "_version", lambda name: None if name == "torch" else "1")
    assert "only models that are ready" in list(findings_local.look_at_packages(Path("none.txt")))[-1].text


def test_a_folder_that_cannot_be_written_stops_the_bot(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert findings_local.look_at_folder("data folder", tmp_path / "file" / "data").mark == "✗"


def test_a_full_disk_is_worth_a_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings_local, "SPARE_DISK", 10**18)
    assert findings_local.look_at_folder("data folder", tmp_path).mark == "!"


async def test_a_sound_an_old_and_a_damaged_database_are_told_apart(tmp_path: Path) -> None:
    settings = Settings()
    file = tmp_path / "data" / "taleloom.db"
    await (await Database.open(settings.resolved_database_url)).close()
    assert "sound" in (await findings_local.look_at_database(settings)).text

    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("INSERT INTO messages VALUES (1, 2, 999, 0)")
    finding = await findings_local.look_at_database(settings)
    assert (finding.mark, "db backup" in finding.advice) == ("✗", True)

    (tmp_path / "older.db").touch()
    older = Settings(database_url=f"sqlite:///{tmp_path / 'older.db'}")
    assert (await findings_local.look_at_database(older)).mark == "!"

    (tmp_path / "broken.db").write_bytes(b"no database " * 400)
    broken = Settings(database_url=f"sqlite:///{tmp_path / 'broken.db'}")
    assert (await findings_local.look_at_database(broken)).mark == "✗"


def model(settings: Settings, *, offline: bool = True) -> list[Finding]:
    return list(findings_local.look_at_model(ModelLibrary.of(settings), settings, offline=offline))


def test_an_unknown_model_stops_the_bot() -> None:
    assert [finding.mark for finding in model(Settings(model="gpt-2"))] == ["✗"]
    assert [finding.mark for finding in model(Settings(allowed_models=("gpt-2",)))] == ["✗"]


def test_a_model_that_is_not_here_is_said_with_how_to_get_it() -> None:
    assert "models pull gpt2" in model(Settings(model="gpt2"))[0].advice


def test_a_hub_that_does_not_answer_is_said() -> None:
    assert "storyteller works without it" in model(Settings(model="gpt2"), offline=False)[0].advice


def test_a_model_that_does_not_fit_stops_the_bot() -> None:
    assert model(Settings(engine=EngineSettings(cache_mb=262_144)))[1].mark == "✗"


async def test_a_model_that_cannot_write_is_told_in_one_line(tmp_path: Path) -> None:
    settings = Settings(model="gpt2")
    finding = await findings_local.look_at_writing(ModelLibrary.of(settings), settings)
    assert finding.mark == "✗"


@pytest.mark.parametrize("classifier", ["/nope", "nope"])
def test_a_classifier_that_cannot_be_opened_is_found_before_the_bot_runs(
    monkeypatch: pytest.MonkeyPatch, classifier: str
) -> None:
    monkeypatch.setenv("TALELOOM_SAFETY__CLASSIFIER", classifier)
    result = doctor("--offline")
    assert result.exit_code == 1
    assert line(result, "settings: ").startswith("✗")


def test_a_file_beside_the_settings_that_cannot_be_read_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(settings: Settings) -> Configuration:
        return read(settings, Path("broken"))

    read = Configuration.read
    shutil.copytree(CONFIG_DIR, "broken", ignore=shutil.ignore_patterns("models", "classifier", "locales"))
    with Path("broken/voices.toml").open("a", encoding="utf-8") as voices:
        voices.write("[")
    monkeypatch.setattr(Configuration, "read", broken)
    result = doctor("--offline")
    assert "voices.toml" in line(result, "settings: ")
    assert result.exit_code == 1


def test_a_list_of_models_that_cannot_be_read_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Mapping[str, Registered]:
        raise ConfigurationError(problem="config/models.toml: Expected '=' after a key")

    monkeypatch.setattr(library_module, "load_registry", broken)
    result = doctor("--offline")
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert line(result, "models").startswith("✗ models: The configuration cannot be used: config/models.toml: Expected")
