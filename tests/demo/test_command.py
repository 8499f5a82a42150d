"""`python -m bot demo` as it is typed."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from filelock import FileLock
from typer.testing import CliRunner

from bot.cli import demo
from bot.demo.world import CHANNELS
from config.settings import Settings
from tests.demo.driver import free_port


@pytest.fixture
def folder(tmp_path: Path, exported_tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's folder; the model is a small one."""
    monkeypatch.setenv("TALELOOM_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TALELOOM_MODEL", str(exported_tiny))
    monkeypatch.setenv("TALELOOM_LOG__LEVEL", "error")
    return tmp_path / "demo"


@pytest.fixture(autouse=True)
def signals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the test run's own handler of SIGTERM in its place.

    Not that of SIGINT: without asyncio's own, Ctrl-C would be raised in the middle of whatever callback runs, and leave
    a connection half closed.
    """
    before, usual = signal.getsignal(signal.SIGTERM), signal.signal
    monkeypatch.setattr(signal, "signal", lambda number, to: before if number == signal.SIGTERM else usual(number, to))


def said(*arguments: str) -> tuple[int, str, str]:
    """Run the command to its end; give its exit status and what it wrote."""
    app = typer.Typer()
    app.command()(demo.command)
    result = CliRunner().invoke(app, [*arguments, "--no-browser"])
    return result.exit_code, result.stdout, result.stderr


def once_up(port: int, act: Callable[[], None]) -> threading.Thread:
    """Do something when the page is up; nothing, if that takes a minute."""
    end = time.monotonic() + 60

    def wait() -> None:
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
                    assert answer.status == 200
                    answer.read()
                    act()
                    return
            except OSError:
                time.sleep(0.05)

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread


def interrupt() -> None:
    """Press Ctrl-C."""
    os.kill(os.getpid(), signal.SIGINT)


def test_the_address_comes_first_and_alone_and_ctrl_c_ends_it_with_0(folder: Path) -> None:
    port = free_port()
    thread = once_up(port, interrupt)
    status, out, err = said("--port", str(port))
    thread.join()
    assert status == 0
    assert out.startswith(f"http://127.0.0.1:{port}/#")
    assert out.count("\n") == 1
    assert "Viewing as" in err
    again = once_up(port, interrupt)
    assert said("--port", str(port))[1] == out, "the address is the same the next time"
    again.join()
    anew = once_up(port, interrupt)
    assert said("--port", str(port), "--reset")[1] != out, "and another one after --reset"
    anew.join()


def test_a_port_in_use_is_one_sentence_and_status_1(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert said("--port", str(port)) == (
            1,
            "",
            f"Port {port} is in use. Choose another with --port, or leave --port out.\n",
        )


def test_without_port_a_free_one_is_taken_where_the_usual_one_is_in_use(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        usual = taken.getsockname()[1]
        monkeypatch.setattr(demo, "PORT", usual)
        monkeypatch.setattr(demo, "prepare", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        status, out, _ = said()
    assert status == 0, "Ctrl-C while the model is fetched"
    assert out.startswith("http://127.0.0.1:")
    assert f":{usual}/" not in out


def test_a_second_demo_on_the_same_folder_is_refused(folder: Path) -> None:
    folder.mkdir()
    with FileLock(folder / "demo.lock"):
        status, out, err = said("--port", str(free_port()))
    assert (status, out) == (1, "")
    assert f"A demo is running already on {folder}" in err


def test_a_channel_that_is_not_there_is_refused_with_those_that_are(folder: Path) -> None:
    status, out, err = said("--port", str(free_port()), "--channel", "general")
    assert (status, out) == (1, "")
    assert err == f"There is no channel general. Channels: {', '.join(CHANNELS)}.\n"


def test_a_damaged_world_is_refused_until_it_is_reset(folder: Path) -> None:
    folder.mkdir()
    (folder / "world.json").write_text("damaged")
    status, out, err = said("--port", str(free_port()))
    assert (status, out) == (1, "")
    assert "--reset" in err


def test_without_simcord_the_way_to_it_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    status, out, err = said("--port", str(free_port()))
    assert (status, out) == (1, "")
    assert "pip install 'simcord[preview]==3.2.1'" in err


def test_the_demo_keeps_to_its_own_folder_and_needs_no_token(tmp_path: Path) -> None:
    settings = demo.demo_settings(
        Settings(data_dir=tmp_path, database_url="postgresql://elsewhere", discord_token="secret", model=None)
    )
    assert str(tmp_path / "demo" / "taleloom.db") in settings.resolved_database_url
    assert settings.own_models_dir == tmp_path / "models"  # what was fine-tuned here can be tried in the demo
    assert settings.discord_token is None
    assert settings.model == "storyteller"
