"""What people can set, and how a request's settings come about.

The nearest wins: call > user > channel > server > preset > the model's own recommendation > default. A preset that is
named in the call counts as part of the call: its values stand below what the call says explicitly, and above what
anybody has stored. A preset that was stored is a layer of its own, beneath all stored values.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.engine.sampling import RANGES, Range, SamplingParams
from bot.store import Json, Scope, SettingsRepository
from bot.writing.errors import InvalidSettingError
from bot.writing.presets import DEFAULT_PRESET, Preset

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from bot.engine.models.profiles import ModelProfile
    from bot.ids import ChannelId, GuildId, UserId

LENGTH_FOR_PEOPLE = Range(16, 800)
"""Tokens a person may ask for: less is no text, more is a long wait for everybody else."""

_ON = frozenset({"on", "yes", "true", "1", "开", "是"})
_OFF = frozenset({"off", "no", "false", "0", "关", "否"})
_DEFAULTS: Mapping[str, Any] = MappingProxyType({field.name: field.default for field in fields(SamplingParams)})


class Source(StrEnum):
    """Where a value comes from, nearest first."""

    CALL = "call"
    USER = "user"
    CHANNEL = "channel"
    SERVER = "server"
    PRESET = "preset"
    MODEL = "model"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Resolved:
    """A value, and where it comes from."""

    value: Any
    source: Source


@dataclass(frozen=True, slots=True)
class Changed:
    """A value that is not what preset, model and defaults alone would give."""

    key: str
    value: Any
    source: Source


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingKey:
    """Something people can set."""

    name: str
    """Its name in the store and in `SamplingParams`."""
    shown: str
    """Its name for people."""
    kind: type[int | float | bool | str]
    range: Range | None = None
    """The values of a number."""
    choices: tuple[str, ...] = ()
    """The values of a name."""
    negated: bool = False
    """What people see is the opposite of what is stored: `greedy` for `do_sample`."""

    @property
    def allowed(self) -> str:
        """Name the values that it can have, in figures and names that need no translation."""
        if self.range is not None:
            low, high = self.range.low, self.range.high
            return f"{low:g}, {low + 1:g}, … {high:g}" if self.kind is int else f"{low:g}–{high:g}"
        return ", ".join(self.choices) if self.kind is str else "on, off"

    def parse(self, text: str) -> Json:
        """Read what a person typed, full-width figures and a decimal comma included.

        Raises:
            InvalidSettingError: it is not among the values that are allowed, which the message names.
        """
        word = unicodedata.normalize("NFKC", text).strip().casefold()
        if self.kind is str:
            named = {choice.casefold(): choice for choice in self.choices}
            return self.validate(named.get(word, text.strip()))
        if self.kind is bool:
            if word not in _ON | _OFF:
                raise self._invalid(text)
            return (word in _ON) is not self.negated
        try:
            return self.validate(float(word.replace(",", ".")))
        except (ValueError, InvalidSettingError):
            raise self._invalid(text) from None

    def validate(self, value: object) -> Json:
        """Check a value as it is stored, and return it in its own type.

        Raises:
            InvalidSettingError: it is not among the values that are allowed, which the message names.
        """
        if self.kind is bool and isinstance(value, bool):
            return value
        if self.kind is str and isinstance(value, str) and value in self.choices:
            return value
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if self.range is not None and number and self.range.low <= value <= self.range.high:  # type: ignore[operator]
            if self.kind is float:
                return float(value)  # type: ignore[arg-type]
            if value == int(value):  # type: ignore[call-overload]
                return int(value)  # type: ignore[call-overload, no-any-return]
        raise self._invalid(value)

    def show(self, value: object) -> str:
        """Write a stored value as people see it."""
        if isinstance(value, bool):
            return "on" if value is not self.negated else "off"
        return f"{value:g}" if isinstance(value, float) else str(value)

    def _invalid(self, value: object) -> InvalidSettingError:
        return InvalidSettingError(name=self.shown, allowed=self.allowed, value=str(value).strip()[:60] or "…")


def setting_keys(
    presets: Collection[str], models: Collection[str], length: Range = LENGTH_FOR_PEOPLE
) -> Mapping[str, SettingKey]:
    """List what people can set, by its stored name.

    Args:
        presets: The presets there are.
        models: The models that may be chosen.
        length: The lengths that may be asked for, in tokens.
    """
    numbers = {name: RANGES[name] for name in ("temperature", "top_k", "top_p", "min_p", "repetition_penalty")}
    keys = [
        SettingKey(name="model", shown="model", kind=str, choices=tuple(models)),
        SettingKey(name="preset", shown="preset", kind=str, choices=tuple(presets)),
        SettingKey(name="max_new_tokens", shown="length", kind=int, range=length),
        *(
            SettingKey(name=name, shown=name, kind=type(_DEFAULTS[name]), range=allowed)
            for name, allowed in numbers.items()
        ),
        SettingKey(name="do_sample", shown="greedy", kind=bool, negated=True),
    ]
    return MappingProxyType({key.name: key for key in keys})


@dataclass(frozen=True, slots=True)
class ResolvedSettings:
    """All that a request needs to know of settings."""

    values: Mapping[str, Resolved]
    """`model`, `preset`, and sampling values by the names of `SamplingParams`."""
    baseline: Mapping[str, Any]
    """The sampling values that preset, model and defaults alone would give."""

    @property
    def model(self) -> str:
        """Name the model."""
        return str(self.values["model"].value)

    @property
    def preset(self) -> str:
        """Name the preset."""
        return str(self.values["preset"].value)

    def sampling(self, seed: int | None = None) -> SamplingParams:
        """Build what the engine takes.

        Raises:
            InvalidSamplingError: the seed is out of its range.
        """
        return SamplingParams(**{name: self.values[name].value for name in self.baseline}, seed=seed)

    def changed(self) -> list[Changed]:
        """List the sampling values that somebody changed from what the preset gives, in a steady order."""
        return [
            Changed(name, self.values[name].value, self.values[name].source)
            for name, usual in self.baseline.items()
            if self.values[name].value != usual
        ]


class SettingsResolver:
    """Answers what holds for a person in a place.

    Args:
        store: What people set.
        presets: The presets there are, `balanced` among them.
        profile_of: Gives a model's profile by its name.
        default_model: The model where nobody chose one.
        allowed_models: The models that may be chosen beside it.
        length: The lengths that may be asked for, in tokens.
    """

    def __init__(
        self,
        store: SettingsRepository,
        presets: Mapping[str, Preset],
        profile_of: Callable[[str], ModelProfile],
        *,
        default_model: str,
        allowed_models: Collection[str] = (),
        length: Range = LENGTH_FOR_PEOPLE,
    ) -> None:
        self._store = store
        self._presets = presets
        self.profile_of = profile_of
        self._default_model = default_model
        self.keys = setting_keys(presets, dict.fromkeys((default_model, *allowed_models)), length)

    async def resolve(
        self,
        *,
        user_id: UserId | None,
        channel_id: ChannelId | None,
        guild_id: GuildId | None,
        call: Mapping[str, object] = MappingProxyType({}),
    ) -> ResolvedSettings:
        """Put the settings of one request together.

        Args:
            user_id: Who asks.
            channel_id: Where.
            guild_id: Where; None in direct messages.
            call: What the request itself says, by stored names; None is "not said".

        Raises:
            InvalidSettingError: the call says something that is not allowed.
            StoreError: what people set cannot be read.
        """
        stored = await self._store.get(user=user_id, channel=channel_id, server=guild_id)
        return merge(
            call,
            stored,
            keys=self.keys,
            presets=self._presets,
            profile_of=self.profile_of,
            default_model=self._default_model,
        )


def merge(
    call: Mapping[str, object],
    stored: Mapping[Scope, Mapping[str, Json]],
    *,
    keys: Mapping[str, SettingKey],
    presets: Mapping[str, Preset],
    profile_of: Callable[[str], ModelProfile],
    default_model: str,
) -> ResolvedSettings:
    """Put the layers together, nearest first; reads nothing and keeps nothing.

    A stored value that is no longer allowed (a model that was withdrawn, a preset that was renamed) is passed over, so
    that an old choice never stands in the way of a new text. The arguments are those of `SettingsResolver`.

    Raises:
        InvalidSettingError: the call says something that is not allowed.
    """
    said = {name: keys[name].validate(value) for name, value in call.items() if value is not None}
    people = [(Source.CALL, said)] + [
        (source, _usable(stored.get(scope, {}), keys))
        for source, scope in (
            (Source.USER, Scope.USER),
            (Source.CHANNEL, Scope.CHANNEL),
            (Source.SERVER, Scope.SERVER),
        )
    ]
    names = (Source.DEFAULT, {"model": default_model, "preset": DEFAULT_PRESET})
    model, preset = (_nearest(name, [*people, names]) for name in ("model", "preset"))

    recommended = _recommended(profile_of(str(model.value)))
    defaults = {name: _DEFAULTS[name] for name in (*keys, *recommended) if name in _DEFAULTS}
    of_preset = presets[str(preset.value)].values
    usual = [(Source.PRESET, of_preset), (Source.MODEL, recommended), (Source.DEFAULT, defaults)]
    if preset.source is Source.CALL:
        # Whoever asks for the preset without values asks for what the model does best, not for what others stored.
        style = {name: value for name, value in defaults.items() if name != "max_new_tokens"}
        people.insert(1, (Source.CALL, of_preset or {**style, **recommended}))

    every = dict.fromkeys((*defaults, *of_preset))
    values = {name: _nearest(name, [*people, *usual]) for name in every}
    return ResolvedSettings(
        values=MappingProxyType({"model": model, "preset": preset, **values}),
        baseline=MappingProxyType({name: _nearest(name, usual).value for name in every}),
    )


def _nearest(name: str, layers: list[tuple[Source, Any]]) -> Resolved:
    return next(Resolved(layer[name], source) for source, layer in layers if name in layer)


def _usable(stored: Mapping[str, Json], keys: Mapping[str, SettingKey]) -> Mapping[str, Json]:
    def checked() -> Iterator[tuple[str, Json]]:
        for name in stored.keys() & keys.keys():
            try:
                yield name, keys[name].validate(stored[name])
            except InvalidSettingError:
                continue

    return dict(checked())


def _recommended(profile: ModelProfile) -> Mapping[str, Any]:
    """Give a profile's sampling the types that `SamplingParams` has; a profile knows numbers only."""
    return {name: type(_DEFAULTS[name])(value) for name, value in profile.sampling.items()}
