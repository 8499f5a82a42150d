"""The operator's configuration: environment, `.env` and `taleloom.toml`, checked all at once when the bot starts.

A value comes from (the first that has it): arguments in code, `TALELOOM_…` in the environment, `.env`, `taleloom.toml`,
the default. Nested names are joined by two underscores: `TALELOOM_LIMITS__QUEUE=32` is `queue` under `[limits]`.
"""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

import platformdirs
from dotenv import dotenv_values
from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from bot.errors import ConfigurationError
from config.checked import ENCODING

PREFIX = "TALELOOM_"
BESIDE = frozenset({f"{PREFIX}TORCH"})
"""Names that are read elsewhere: by `tools/setup.py`."""
CONFIG_DIR = Path(__file__).resolve().parent
VOICES = ("storyteller", "fairy-tales", "detective", "scientific-romance", "childrens-fantasy")
"""The models that stand in the repository, which anybody may choose unless an operator says otherwise."""


class Section(BaseModel):
    """A group of settings; unknown names are refused, so that a typing error is not a silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _listed(value: object) -> object:
    """Take a list out of the environment: as JSON, or with commas between."""
    if not isinstance(value, str):
        return value
    if not value.lstrip().startswith("["):
        return [part.strip() for part in value.split(",") if part.strip()]
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError('must be a JSON list such as ["one", "two"], or one,two') from None


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]

ONLY = MappingProxyType({"int4": "openvino", "float16": "torch"})
"""The dtypes that one backend alone has."""

SMALLEST_CACHE_MB = 64


class EngineSettings(Section):
    """The engine processes and their pipelines."""

    backend: Literal["auto", "openvino", "torch"] = Field(
        "auto",
        description="what runs models; auto: torch on a CUDA device or if reproducible, else openvino",
    )
    mode: Literal["fast", "reproducible"] = Field(
        "fast", description="reproducible: a seed gives the same text whoever else is writing, at a price in speed"
    )
    dtype: Literal["auto", "int8", "int4", "bfloat16", "float16", "float32"] = Field(
        "auto",
        description="what weights are kept in; auto: int8 with openvino, bfloat16 with torch, or float32 if the "
        "processor has no bfloat16; int4 is openvino's alone, float16 torch's",
    )
    device_map: Literal["one", "auto"] = Field(
        "one",
        description="one: a model is on one CUDA device as a whole; auto: its layers are spread over all of them and, "
        "where they are too small, the main memory, which is slow",
    )
    threads: int = Field(0, ge=0, le=512, description="CPU threads for the model; 0 uses all physical cores")
    processes: int = Field(
        0, ge=0, le=64, description="engine processes; 0: one for each GPU or, without one, for each NUMA node"
    )
    cache_mb: int = Field(
        0, ge=0, le=262_144, description="MB for the KV cache, shared by all streams, 64 or more; 0: by what is free"
    )
    memory_mb: int = Field(
        0,
        ge=0,
        le=4_194_304,
        description="MB that an engine process may take: near it nothing new is begun, above it it is restarted; "
        "0: no limit",
    )
    context: int = Field(
        8192, ge=256, le=1_048_576, description="tokens that a model sees at the most, if it has room for more"
    )
    max_streams: int = Field(
        32, ge=1, le=256, description="texts that are written at the same time, by all processes together"
    )
    start_seconds: float = Field(120, ge=5, le=3600, description="how long a model may take to load")
    max_restarts: int = Field(5, ge=0, le=100, description="restarts within ten minutes before the engine is given up")
    heartbeat_seconds: float = Field(60, ge=5, le=3600, description="silence of a busy engine after which it is killed")

    @model_validator(mode="after")
    def _check_dtype(self) -> Self:
        only = ONLY.get(self.dtype, self.backend)
        if self.backend not in {"auto", only}:
            raise ValueError(f"dtype {self.dtype} needs backend {only}, or auto")
        return self

    @model_validator(mode="after")
    def _check_device_map(self) -> Self:
        if self.device_map == "auto":
            if "openvino" in {self.backend, ONLY.get(self.dtype)}:
                raise ValueError("device_map auto needs backend torch, or auto")
            if self.dtype == "int8":
                raise ValueError("device_map auto needs a dtype other than int8")
            if self.processes > 1:
                raise ValueError("device_map auto has one process for all devices: leave processes at 0")
        return self

    @field_validator("cache_mb")
    @classmethod
    def _holds_a_text(cls, value: int) -> int:
        if 0 < value < SMALLEST_CACHE_MB:
            raise ValueError(f"must be 0, or at least {SMALLEST_CACHE_MB}")
        return value


class LimitSettings(Section):
    """Who may ask for how much. Buckets are counted in texts, and refill all the time."""

    user_burst: int = Field(10, ge=1, le=10_000, description="texts a person may ask for at once")
    user_per_minute: float = Field(6, gt=0, le=10_000, description="texts a minute that come back to a person")
    server_burst: int = Field(60, ge=1, le=100_000, description="texts a server may ask for at once")
    server_per_minute: float = Field(60, gt=0, le=100_000, description="texts a minute that come back to a server")
    running_per_user: int = Field(1, ge=1, le=100, description="texts of one person that run or wait at the same time")
    queue: int = Field(64, ge=0, le=10_000, description="requests that may wait for a place")


class WritingSettings(Section):
    """How a text is finished."""

    tries: int = Field(4, ge=0, le=20, description="times a text may be written on after a loop or a too early end")
    openings: int = Field(
        3, ge=1, le=10, description="times a story that was wished for is begun until it names what was asked for"
    )
    shortest_letters: int = Field(60, ge=0, le=2_000, description="a text with fewer letters is written on")


class SafetySettings(Section):
    """What reads every text."""

    classifier: str = Field(
        "embedded",
        min_length=1,
        max_length=300,
        description="what judges whole sentences: embedded, none, or a text classifier's hub id or folder",
    )
    second_opinion: bool = Field(
        default=False, description="ask better-profanity as well; what it finds counts as mild swearing, and it is slow"
    )
    links: Names = Field((), description="domains that texts may link to, such as en.wikipedia.org")


class StreamSettings(Section):
    """The message that grows."""

    edit_seconds: float = Field(1.1, ge=1.0, le=30, description="shortest time between two edits of one message")
    interaction_minutes: float = Field(13, ge=0, le=14.5, description="age at which edits go by the channel instead")


class LogSettings(Section):
    """What the operator reads."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "human", "json"] = Field("auto", description="auto: human on a terminal, JSON elsewhere")
    prompts: bool = Field(default=False, description="log what people type and what the model writes")


_NOT_SHARED = frozenset({"discord_token", f"{PREFIX}discord_token".lower()})
"""What is refused in a file that people share, with a sentence of its own."""


def _read_toml(file: Any) -> dict[str, Any]:  # noqa: ANN401 - a path of any kind
    return tomllib.loads(file.read_text(encoding=ENCODING))


class _SharedFile(TomlConfigSettingsSource):
    """`taleloom.toml`, which may stand in a repository: the token must not."""

    def _read_file(self, file_path: Any) -> dict[str, Any]:  # noqa: ANN401 - a path of any kind
        return _read_toml(file_path)

    def __call__(self) -> dict[str, Any]:
        values = super().__call__()
        if not _NOT_SHARED.isdisjoint(map(str.lower, self.toml_data)):
            msg = "the token belongs in the environment or in .env, as DISCORD_TOKEN, and not in taleloom.toml"
            raise ValueError(msg)
        return values


class Settings(BaseSettings):
    """All that an operator can set."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_file=".env",
        env_file_encoding=ENCODING,
        # pydantic-settings itself would end at the first list that is not JSON, before anything else is looked at.
        enable_decoding=False,
        toml_file="taleloom.toml",
        extra="ignore",
        frozen=True,
        validate_default=True,
    )

    discord_token: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("discord_token", "DISCORD_TOKEN", f"{PREFIX}DISCORD_TOKEN"),
        description="the bot's token; only from the environment or .env",
    )
    data_dir: Path = Field(Path("data"), description="where the database lives")
    cache_dir: Path = Field(
        Path(platformdirs.user_cache_dir("taleloom", appauthor=False)), description="where models live"
    )
    database_url: str | None = Field(None, description="default: SQLite in the data folder")
    model: str | None = Field(
        None, min_length=1, max_length=200, description="default: gpt2 if it can be had, else storyteller"
    )
    allowed_models: Names = Field(VOICES, description="models that servers may choose from")
    shards: int | None = Field(None, ge=1, le=10_000, description="default: as many as Discord recommends")
    shutdown_seconds: float = Field(
        20, ge=0, le=600, description="how long running texts may go on after a stop signal"
    )
    engine: EngineSettings = EngineSettings()
    limits: LimitSettings = LimitSettings()
    writing: WritingSettings = WritingSettings()
    safety: SafetySettings = SafetySettings()
    stream: StreamSettings = StreamSettings()
    log: LogSettings = LogSettings()

    @property
    def resolved_database_url(self) -> str:
        """The database's address, SQLite in the data folder unless another was set."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir.resolve() / 'taleloom.db'}"

    @property
    def own_models_dir(self) -> Path:
        """Where models are that were fine-tuned here: in the data folder, because nothing can bring them back."""
        return self.data_dir / "models"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the TOML file behind the environment."""
        return (
            init_settings,
            env_settings,
            dotenv_settings,
            file_secret_settings,
            _SharedFile(settings_cls),
        )


def _unknown_names() -> list[str]:
    """Name what looks like a setting and is none: a typing error is not to be a silent default."""
    config = Settings.model_config
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields} | BESIDE
    named = [*os.environ, *dotenv_values(str(config.get("env_file")), encoding=ENCODING)]
    found = [name for name in named if name.upper().startswith(PREFIX) and name.upper().partition("__")[0] not in known]
    file = Path(str(config.get("toml_file")))
    tables = _read_toml(file) if file.is_file() else {}
    found += [f"{name} ({file})" for name in tables if name.lower() not in {*Settings.model_fields, *_NOT_SHARED}]
    return list(dict.fromkeys(found))


def load_settings() -> Settings:
    """Read the configuration.

    Raises:
        ConfigurationError: naming every name that is no setting, or else every value that cannot be used, and what
            would be allowed.
    """
    try:
        if unknown := _unknown_names():
            raise ConfigurationError(problem=f"there is no setting {', '.join(unknown)}: README.md lists all of them")
        return Settings()
    except ValidationError as error:
        problems = "; ".join(
            f"{PREFIX}{'__'.join(str(part) for part in item['loc']).upper()}: {item['msg']}" for item in error.errors()
        )
        raise ConfigurationError(problem=problems) from None
    except (OSError, ValueError) as error:
        raise ConfigurationError(problem=f"taleloom.toml or .env: {error}") from None
