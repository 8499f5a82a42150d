"""The models that an engine process has open, as the bot keeps count of them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.engine.models.backend import OPENVINO, Running
from bot.engine.models.profiles import ModelProfile
from bot.engine.models.progress import Report, unheard
from bot.engine.process import wire
from bot.engine.protocol import Capacity


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenableModel:
    """A model whose files are here."""

    profile: ModelProfile
    path: Path
    context: int
    kv_bytes_per_token: int
    """What one position takes in the KV cache; 0 if that is not known."""
    cache_bytes: int
    """What the KV cache may take."""
    running: Running = OPENVINO


class ModelSource(Protocol):
    """Knows the models that can be opened."""

    def openable(self, name: str, taken_bytes: int = 0, report: Report = unheard, *, gpu: str = "") -> OpenableModel:
        """Give a model's files; called off the event loop.

        Args:
            name: The model's.
            taken_bytes: What the engine process has taken for other models.
            report: Told, in the same thread, how far it is.
            gpu: The CUDA device that is the process's own; see `Place`.

        Raises:
            UnknownModelError, ModelUnavailableError, ModelTooLargeError
        """
        ...


@dataclass(slots=True)
class OpenedModel:
    """A model that is open, or being opened."""

    openable: OpenableModel
    loaded: asyncio.Future[wire.Loaded]
    capacity: Capacity | None = None
    """Once it has been asked for: it never changes."""
    used: int = 0
    """Greater than that of a model that was used before."""

    @property
    def is_open(self) -> bool:
        """Whether it can write."""
        return self.loaded.done() and self.loaded.exception() is None


class OpenedModels(dict[str, OpenedModel]):
    """Models by the names that they were asked for by."""

    def __init__(self) -> None:
        super().__init__()
        self._uses = itertools.count(1)

    def use(self, name: str) -> OpenedModel:
        """Give a model, and note that it was used."""
        model = self[name]
        model.used = next(self._uses)
        return model

    def open_names(self) -> Iterator[str]:
        """Name those that can write."""
        return (name for name, model in self.items() if model.is_open)

    def longest_unused(self, busy: Container[str]) -> str | None:
        """Name the one that is missed least, of those that are open and not busy; None if there is none."""
        idle = [name for name in self.open_names() if name not in busy]
        return min(idle, key=lambda name: self[name].used, default=None)
