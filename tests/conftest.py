"""What tests everywhere share: the two small checkpoints, exported for the engine once and kept between runs."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import hypothesis
import pytest

from bot.engine.models import export
from bot.engine.models.library import ModelLibrary
from tests.shell import Shell
from tests.world import World, open_world

CHECKPOINTS = Path(__file__).parent / "data" / "models"


def pytest_configure() -> None:
    """Let Ctrl-C work where the tests run in the background of a shell, which has it ignored; see to examples."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # A machine that is busy must not fail a test.
    hypothesis.settings.register_profile("unhurried", deadline=None)
    hypothesis.settings.load_profile("unhurried")
    # Workers that each calculate on all cores spend their time waiting for one another's threads.
    cores, workers = os.cpu_count() or 1, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1:
        os.environ.setdefault("OMP_NUM_THREADS", str(max(1, cores // workers)))


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """A server with the bot, whose engine is made up."""
    async with open_world() as opened:
        yield opened


@pytest.fixture
def shell(exported_tiny: Path, tmp_path: Path) -> Shell:
    """`python -m bot` with the small model and folders of its own."""
    return Shell(exported_tiny, tmp_path)


@pytest.fixture(scope="session")
def exported_tiny(pytestconfig: pytest.Config) -> Path:
    """`gpt2-tiny` (English, byte-level BPE), as the engine opens it; its path is a model name as well."""
    return _exported(pytestconfig, "gpt2-tiny")


@pytest.fixture(scope="session")
def exported_tiny_zh(pytestconfig: pytest.Config) -> Path:
    """`gpt2-tiny-zh` (Chinese, BERT vocabulary), as the engine opens it; its path is a model name as well."""
    return _exported(pytestconfig, "gpt2-tiny-zh")


def _exported(config: pytest.Config, name: str) -> Path:
    digest = hashlib.sha256(Path(export.__file__).read_bytes())
    for file in sorted((CHECKPOINTS / name).iterdir()):
        digest.update(file.read_bytes())
    assert config.cache
    cache = config.cache.mkdir("models") / f"{name}-{digest.hexdigest()[:16]}"
    return ModelLibrary(cache).prepare(str(CHECKPOINTS / name), lambda _: None)
