"""What the tests of the demo share: a browser, and a demo in a folder of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.demo.driver import DemoProcess, chromium


@pytest.fixture
def executable() -> str:
    """Where Chromium is; without it the tests of the page are skipped."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    return found


@pytest.fixture
def browser(executable: str) -> Iterator[Browser]:
    """A browser without a screen."""
    with chromium(executable) as started:
        yield started


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[DemoProcess]:
    """The demo with the embedded model, as `make demo` starts it."""
    with DemoProcess(tmp_path / "data") as process:
        yield process
