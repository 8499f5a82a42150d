"""The cache on disk: whole models only, one process at a time that changes it."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from bot.engine.models.progress import Progress, Report, Stage

WAIT_SECONDS = 0.5


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files under a folder; what vanishes meanwhile counts nothing."""
    if path.is_file():
        return path.stat().st_size
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            with suppress(OSError):
                total += (Path(folder) / name).stat().st_size
    return total


def sha256_of(*files: Path) -> str:
    """Give the SHA-256 of files, one after the other, in hexadecimal.

    Raises:
        OSError: one cannot be read.
    """
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while piece := stream.read(1 << 20):
                digest.update(piece)
    return digest.hexdigest()


class ModelFolders:
    """The folders under `<cache>/models`, a model each.

    A model is built in `.staging` and moved in whole. Only who holds the lock stages, so whatever lies there when the
    lock is taken was left by a process that died.
    """

    def __init__(self, cache_dir: Path) -> None:
        self.root = cache_dir / "models"
        self._staging = self.root / ".staging"

    @contextmanager
    def changing(self, report: Report) -> Iterator[None]:
        """Hold the cache's lock, reporting `Stage.WAIT` until it is had.

        Raises:
            OSError: the cache cannot be written.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.root / ".lock")
        while True:
            try:
                lock.acquire(timeout=WAIT_SECONDS)
                break
            except Timeout:
                report(Progress(Stage.WAIT))
        try:
            shutil.rmtree(self._staging, ignore_errors=True)
            yield
        finally:
            lock.release()

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """Give an empty folder beside the models, gone at the end. Only while `changing`."""
        self._staging.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=self._staging))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def put(self, built: Path, key: str) -> Path:
        """Move a built folder into place. Only while `changing`."""
        target = self.root / key
        shutil.rmtree(target, ignore_errors=True)
        built.replace(target)
        return target

    def drop(self, key: str) -> int:
        """Take a model away, all at once; give the bytes freed. Only while `changing`."""
        target = self.root / key
        if not target.is_dir():
            return 0
        freed = size_of(target)
        with self.staging() as folder:
            target.replace(folder / key)
        return freed

    def keys(self) -> list[str]:
        """Name the models that are here."""
        if not self.root.is_dir():
            return []
        return sorted(folder.name for folder in self.root.iterdir() if folder.is_dir() and folder.name[0] != ".")
