"""Gives the engine the files of a model, or the reason why it cannot have them."""

from __future__ import annotations

from bot.engine.models.library import ModelLibrary
from bot.engine.models.memory import COSTS, Memory
from bot.engine.models.progress import Report, unheard
from bot.engine.process.opened import OpenableModel
from config.settings import EngineSettings


class LibraryModels:
    """The models of a library, checked against the free memory.

    Args:
        library: Where models are.
        settings: What the engine process may take.
    """

    def __init__(self, library: ModelLibrary, settings: EngineSettings) -> None:
        self._library = library
        self._settings = settings

    def openable(self, name: str, taken_bytes: int = 0, report: Report = unheard, *, gpu: str = "") -> OpenableModel:
        """Give a model's files, fetched and exported first where needed; see `ModelSource.openable`."""
        path = self._library.prepare(name, report)
        profile = self._library.profile(name)
        running = self._library.running
        # The program itself, which is there once, is counted with each model.
        beside = max(0, taken_bytes - COSTS[running.backend].runtime)
        memory = Memory.here(running, self._settings, beside, gpu)
        needed = memory.check(profile, path, self._library.profiles)
        return OpenableModel(
            profile=profile,
            path=path,
            context=memory.context(profile),
            kv_bytes_per_token=memory.kv_bytes(profile),
            cache_bytes=needed.cache,
            running=running,
        )
