"""Gives the engine the files of a model, or the reason why it cannot have them."""

from __future__ import annotations

from bot.engine.models.library import ModelLibrary
from bot.engine.models.memory import TEXT_TOKENS, Memory, free_bytes
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

    def openable(self, name: str, taken_bytes: int = 0, report: Report = unheard) -> OpenableModel:
        """Give a model's files, fetched and exported first where needed; see `ModelSource.openable`."""
        path = self._library.prepare(name, report)
        profile = self._library.profile(name)
        others = [registered.profile for registered in self._library.registry.values()]
        memory = Memory(self._library.running, self._settings, free_bytes(self._settings, taken_bytes))
        needed = memory.check(profile, path, others)
        return OpenableModel(
            profile=profile,
            path=path,
            context=profile.context or TEXT_TOKENS,
            kv_bytes_per_token=memory.kv_bytes(profile),
            cache_bytes=needed.cache,
            running=self._library.running,
        )
