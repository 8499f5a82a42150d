"""Models that were fine-tuned here: a folder each, with what describes it in the form of the registry."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import structlog
from pydantic import ValidationError

from bot.engine.models.folders import size_of
from bot.engine.models.registry import ModelEntry, Registered, registered

DESCRIPTION = "model.json"
NAME = re.compile(r"[a-z][a-z0-9.-]{0,39}")

log = structlog.get_logger(__name__)


class OwnModels:
    """The folders under `<data>/models`. May be read from any thread; a look costs microseconds while nothing changes.

    Args:
        root: Where they are; None for none.
    """

    def __init__(self, root: Path | None) -> None:
        self.root = root
        self._seen: tuple[int, Mapping[str, Registered]] = (-1, MappingProxyType({}))

    def registered(self) -> Mapping[str, Registered]:
        """Give them by name; one that cannot be read is passed over, and the log says why."""
        try:
            changed = self.root.stat().st_mtime_ns if self.root else 0
        except OSError:
            changed = 0
        if not changed:
            return MappingProxyType({})
        if self._seen[0] != changed:
            self._seen = changed, MappingProxyType(dict(self._read()))
        return self._seen[1]

    def folder(self, name: str) -> Path:
        """Say where a model is, or would be.

        Raises:
            RuntimeError: there is no place for any.
        """
        if self.root is None:
            raise RuntimeError("no folder for models was named")
        return self.root / name

    def remove(self, name: str) -> int:
        """Delete one, all at once, and give the bytes freed."""
        folder, gone = self.folder(name), self.folder(f".{name}.gone")
        freed = size_of(folder)
        shutil.rmtree(gone, ignore_errors=True)  # what a process left that was killed while it did this
        folder.replace(gone)
        shutil.rmtree(gone)
        return freed

    def _read(self) -> list[tuple[str, Registered]]:
        found = []
        for file in sorted(self.root.glob(f"*/{DESCRIPTION}")) if self.root else []:
            name = file.parent.name
            if not NAME.fullmatch(name):
                continue
            try:
                entry = ModelEntry.model_validate_json(file.read_bytes())
            except (OSError, ValidationError) as error:
                log.warning("a model of one's own cannot be read", model=name, reason=str(error).splitlines()[0])
                continue
            found.append((name, registered(name, entry, file.parent)))
        return found


def write_description(folder: Path, values: Mapping[str, Any]) -> None:
    """Describe a model in its folder, by the names that `config/models.toml` has."""
    ModelEntry.model_validate(values)
    text = json.dumps(values, indent=2, ensure_ascii=False)
    (folder / DESCRIPTION).write_text(text + "\n", encoding="utf-8")
