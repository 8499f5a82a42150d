"""The models on this machine: which there are, which are ready, and how one gets ready."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from bot.engine.errors import ModelUnavailableError, UnknownModelError
from bot.engine.models import hub
from bot.engine.models.backend import OPENVINO, Running, running
from bot.engine.models.convert import convert
from bot.engine.models.description import NOTE, completed, read_card, read_json
from bot.engine.models.export import export, is_exported
from bot.engine.models.folders import ModelFolders, sha256_of, size_of
from bot.engine.models.merge import checked_adapter, merge
from bot.engine.models.own import OwnModels
from bot.engine.models.packing import FORMS
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
        running: How the engine opens models; torch opens weights as they are, OpenVINO what is made of them.
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

    @property
    def profiles(self) -> list[ModelProfile]:
        """What is known of those models, in the same order."""
        return [registered.profile for registered in self.registry.values()]

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
            profile = ModelProfile(name=name, source="folder", location=str(path.resolve()), one_line="A local file.")
            converted = self._folders.root / self._converted_key(profile)
            return completed(profile, converted if is_exported(converted) else None)
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
        """Fetch and convert what is missing, and give what the engine opens.

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
        path = weights = self.weights(name, report)
        if self.running.backend == "openvino":
            path = self._made(profile, report, self._ready, lambda: self._convert(profile, weights, report))
        report(Progress(Stage.DONE))
        return path

    def weights(self, name: str, report: Report) -> Path:
        """Give what a model is made of, fetched first where needed: its GGUF file, or the folder with its checkpoint.

        Args:
            name: See `profile`.
            report: Told about the progress, in this thread.

        Raises:
            UnknownModelError: see `profile`.
            ModelUnavailableError: it cannot be had, or has neither.
        """
        profile = self.profile(name)
        if profile.source == "hub":
            return self._tried(profile, lambda: hub.fetch_snapshot(profile, self._cache(), report))
        if found := self._weights(profile):
            return found
        if profile.source == "folder":
            raise self._unavailable(profile, "it has no safetensors weights with a config and a tokenizer.")
        if adapter := self._registered(profile).adapter:
            self._base_weights(profile, adapter, report)
        return self._made(profile, report, self._weights, lambda: self._build(profile, report))

    def made_from(self, name: str) -> list[str]:
        """Name the models that were fine-tuned here and have an adapter beside this one.

        Args:
            name: See `profile`.

        Raises:
            UnknownModelError: see `profile`.
        """
        profile = self.profile(name)
        origins = {name, profile.name, *([profile.location] if profile.source == "folder" else ())}
        return [
            own for own, registered in self.own.registered().items()
            if registered.adapter and registered.adapter.base in origins
        ]  # fmt: skip

    def weights_sha256(self, name: str, path: Path) -> str:
        """Give what an adapter knows its base by: the SHA-256 of its weights, or of the adapter that they came by.

        Args:
            name: See `profile`.
            path: What `weights` gave. Read, for a second or so, where no SHA-256 is pinned.
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
        profiles = self.profiles
        keys = {key for profile in profiles for key in _keys(profile)}
        for key in self._folders.keys():  # noqa: SIM118 - no mapping
            noted = read_json(self._folders.root / key / NOTE)
            if key not in keys and noted.keys() >= NOTED:
                profile = ModelProfile(**{name: noted[name] for name in NOTED})
                if key in _keys(profile):
                    profiles.append(completed(profile, self._folders.root / key))
                    keys |= _keys(profile)
        return [ModelState(profile, self._ready(profile) is not None, self._size(profile)) for profile in profiles]

    def remove(self, name: str) -> int:
        """Delete a prepared model and give the bytes freed. The hub's cache and local folders are left alone.

        One that was fine-tuned here goes with all that was trained, and nothing brings it back.

        Raises:
            UnknownModelError: see `profile`.
        """
        freed = 0
        if here := [key for key in _keys(self.profile(name)) if (self._folders.root / key).is_dir()]:
            with self._folders.changing(lambda _: None):
                freed = sum(self._folders.drop(key) for key in here)
        return freed + (self.own.remove(name) if name in self.own.registered() else 0)

    def _size(self, profile: ModelProfile) -> int:
        return sum(size_of(self._folders.root / key) for key in _keys(profile))

    def _ready(self, profile: ModelProfile) -> Path | None:
        if self.running.backend == "torch":
            return self._weights(profile)
        local = Path(profile.location)
        if profile.source == "folder" and is_exported(local):
            return local
        folder = self._folders.root / self._converted_key(profile)
        return folder if is_exported(folder) else None

    def _weights(self, profile: ModelProfile) -> Path | None:
        local = Path(profile.location)
        if profile.source == "folder":
            return local if local.suffix == ".gguf" or hub.is_checkpoint(local) else None
        if profile.source == "hub":
            return self._snapshot(profile)
        pin = self._registered(profile).wheel
        file = self._folders.root / _key(profile) / (pin.file if pin else MERGED)
        return file if file.is_file() else None

    def _converted_key(self, profile: ModelProfile) -> str:
        return f"{_key(profile)}-{self.running.dtype}"

    def _registered(self, profile: ModelProfile) -> Registered:
        return self.registry.get(profile.name) or Registered(profile)

    def _tried(self, profile: ModelProfile, make: Callable[[], Path]) -> Path:
        try:
            return make()
        except CannotPrepareError as problem:
            raise self._unavailable(profile, str(problem)) from None
        except OSError as error:
            reason = f"{self._folders.root} cannot be written ({error.strerror or error})."
            raise self._unavailable(profile, reason) from None

    def _base_weights(self, profile: ModelProfile, adapter: AdapterPin, report: Report) -> None:
        """Fetch what an adapter is merged into."""
        try:
            self.profile(adapter.base)
        except UnknownModelError:
            raise self._unavailable(profile, f"{adapter.base}, which it is made from, is not here any more.") from None
        self.weights(adapter.base, report)

    def _made(
        self,
        profile: ModelProfile,
        report: Report,
        find: Callable[[ModelProfile], Path | None],
        make: Callable[[], Path],
    ) -> Path:
        """Make what is not there, unless another process has made it meanwhile."""

        def alone() -> Path:
            with self._folders.changing(report):
                return find(profile) or make()

        return self._tried(profile, alone)

    def _build(self, profile: ModelProfile, report: Report) -> Path:
        """Put a GGUF file into the cache, out of a wheel or merged from its base and an adapter."""
        registered = self._registered(profile)
        with self._folders.staging() as staging:
            if pin := registered.wheel:
                built = fetch_wheel(profile, pin, staging, report)
            elif registered.adapter:
                built = self._merge(registered.adapter, staging, report)
            else:
                raise CannotPrepareError("it was taken out of the list of models meanwhile.")
            _note(built, profile)
            return self._folders.put(built, _key(profile)) / (pin.file if pin else MERGED)

    def _convert(self, profile: ModelProfile, weights: Path, report: Report) -> Path:
        """Put what OpenVINO opens into the cache."""
        with self._folders.staging() as staging:
            built = staging / "ready"
            report(Progress(Stage.EXPORT))
            if weights.is_file():
                convert(weights, built, self.running.dtype, report)
            else:
                export(weights, built, report, self.running.dtype)
            _note(built, profile, **({} if weights.is_file() else read_card(weights)))
            folder = self._folders.put(built, self._converted_key(profile))
        self._drop_stale(profile)
        return folder

    def _merge(self, adapter: AdapterPin, staging: Path, report: Report) -> Path:
        base = self._weights(self.profile(adapter.base))
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
                if key not in _keys(profile) and noted.get("location") == profile.location:
                    self._folders.drop(key)

    def _cache(self) -> Path:
        return self._hub_cache or hub.default_cache()

    def _snapshot(self, profile: ModelProfile) -> Path | None:
        return hub.cached_snapshot(profile.location, profile.revision or "main", self._cache())

    def _described_in(self, profile: ModelProfile) -> Path | None:
        folder = self._folders.root / self._converted_key(profile)
        return folder if is_exported(folder) else self._snapshot(profile)

    def _unavailable(self, profile: ModelProfile, reason: str) -> ModelUnavailableError:
        ready = [state.profile.name for state in self.states() if state.ready]
        return ModelUnavailableError(model=profile.name, reason=reason, ready=", ".join(ready) or "none")


def _note(folder: Path, profile: ModelProfile, **card: Any) -> None:  # noqa: ANN401 - read from a model's card
    noted = {name: getattr(profile, name) for name in sorted(NOTED)}
    (folder / NOTE).write_text(json.dumps(noted | card), encoding="utf-8")


def _keys(profile: ModelProfile) -> set[str]:
    """Name all folders that a model may have: its weights, and what they were converted to."""
    key = _key(profile)
    return {key, *(f"{key}-{form}" for form in FORMS)}


def _key(profile: ModelProfile) -> str:
    """Name the folder of a model's weights; another revision, or a changed local one, has another."""
    if profile.source in {"wheel", "adapter"}:
        return f"{profile.name}@{(profile.revision or '')[:40]}"
    if profile.source == "hub":
        revision = (profile.revision or "main").replace("/", "--")
        return f"{profile.location.replace('/', '--')}@{revision[:40]}"
    path = Path(profile.location)
    files = sorted(path.iterdir()) if path.is_dir() else [path] if path.is_file() else []
    seen = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files if file.is_file()]
    digest = hashlib.sha256(repr((profile.location, seen)).encode()).hexdigest()
    return f"local--{path.name}@{digest[:16]}"
