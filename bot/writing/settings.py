"""What people can set, and how a request's settings come about.

The nearest wins: call > user > channel > server > preset > the model's own recommendation > default. A preset that is
named in the call counts as part of the call: its values stand below what the call says explicitly, and above what
anybody has stored. A preset that was stored is a layer of its own, beneath all stored values.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.engine.sampling import Range, SamplingParams
from bot.store import Database, Json, Scope
from bot.writing.errors import InvalidSettingError, LockedSettingError
from bot.writing.game_rules import GamesHere
from bot.writing.keys import LENGTH_FOR_PEOPLE, SettingKey, setting_keys
from bot.writing.presets import DEFAULT_PRESET, Preset, own_presets
from bot.writing.rules import Rules

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from bot.engine.models.profiles import ModelProfile
    from bot.ids import ChannelId, GuildId, UserId

    ParentOf = Callable[[ChannelId], ChannelId | None]

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


@dataclass(frozen=True, slots=True)
class ResolvedSettings:
    """All that a request needs to know of settings."""

    values: Mapping[str, Resolved]
    """`model`, `preset`, sampling values by the names of `SamplingParams`, and what holds in the place."""
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

    @property
    def rules(self) -> Rules:
        """What holds for people in the place."""
        return Rules(**self._held(Rules))

    @property
    def games(self) -> GamesHere:
        """What holds for games in the place."""
        return GamesHere(**self._held(GamesHere))

    def _held(self, kind: type[Rules | GamesHere]) -> dict[str, Any]:
        values = {field.name: self.values[field.name].value for field in fields(kind)}
        return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}

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


def no_parent(_channel: ChannelId) -> None:
    """Know of no threads."""


class SettingsResolver:
    """Answers what holds for a person in a place.

    Args:
        store: What people set, and which presets servers have of their own.
        presets: The presets there are everywhere, `balanced` among them.
        profile_of: Gives a model's profile by its name.
        default_model: The model where nobody chose one.
        allowed_models: The models that may be chosen beside it.
        length: The lengths that may be asked for, in tokens.
        own_models: Gives the models that may be chosen besides, as there are at a moment.
        parent_of: Gives the channel that a thread is in, so far as it is known; its values hold in the thread too.
    """

    def __init__(
        self,
        store: Database,
        presets: Mapping[str, Preset],
        profile_of: Callable[[str], ModelProfile],
        *,
        default_model: str,
        allowed_models: Collection[str] = (),
        length: Range = LENGTH_FOR_PEOPLE,
        own_models: Callable[[], Collection[str]] = tuple,
        parent_of: ParentOf = no_parent,
    ) -> None:
        self._store = store
        self._own_models = own_models
        self._parent_of = parent_of
        self.profile_of = profile_of
        self._length = length
        self.use(presets, default_model, allowed_models)

    def use(self, presets: Mapping[str, Preset], default_model: str, allowed_models: Collection[str]) -> None:
        """Offer other presets and models from now on."""
        self._presets = presets
        self._default_model = default_model
        self._keys = setting_keys(presets, dict.fromkeys((default_model, *allowed_models)), self._length)

    @property
    def keys(self) -> Mapping[str, SettingKey]:
        """What people can set, by its stored name; a model that was just fine-tuned can be chosen."""
        if not (own := self._own_models()):
            return self._keys
        model = self._keys["model"]
        return {**self._keys, "model": replace(model, choices=tuple(dict.fromkeys((*model.choices, *own))))}

    @property
    def default_model(self) -> str:
        """The model where nobody chose one."""
        return self._default_model

    @default_model.setter
    def default_model(self, name: str) -> None:
        """Take another of the models that may be chosen; which these are stays as it is.

        Raises:
            InvalidSettingError: it is none of them.
        """
        self._default_model = str(self.keys["model"].validate(name))

    async def presets_for(self, guild_id: GuildId | None) -> Mapping[str, Preset]:
        """Give the presets that can be chosen in a server: those that are there everywhere, and its own."""
        own = own_presets(await self._store.presets.of(guild_id)) if guild_id is not None else {}
        return {**own, **self._presets} if own else self._presets

    async def keys_for(self, guild_id: GuildId | None) -> Mapping[str, SettingKey]:
        """Give what can be set in a server."""
        return self._with(await self.presets_for(guild_id))

    def _with(self, presets: Mapping[str, Preset]) -> Mapping[str, SettingKey]:
        return {**self.keys, "preset": replace(self.keys["preset"], choices=tuple(presets))}

    def refuse_locked(self, call: Mapping[str, object], resolved: ResolvedSettings) -> None:
        """Say which value of a call an admin has locked, rather than leave it out unseen.

        Raises:
            LockedSettingError: naming it.
        """
        for name, value in call.items():
            if value is not None and self.keys[name].shown in resolved.values["locked"].value:
                raise LockedSettingError(name=self.keys[name].shown)

    async def resolve(
        self,
        *,
        user_id: UserId | None,
        channel_id: ChannelId | None,
        guild_id: GuildId | None,
        call: Mapping[str, object] = MappingProxyType({}),
        unlocked: bool = False,
        inherited: bool = False,
    ) -> ResolvedSettings:
        """Put the settings of one request together.

        Args:
            user_id: Who asks.
            channel_id: Where.
            guild_id: Where; None in direct messages.
            call: What the request itself says, by stored names; None is "not said".
            unlocked: Whether it may say what an admin has locked.
            inherited: Whether the call was said of the text before: what is no longer allowed is passed over then.

        Raises:
            InvalidSettingError: the call says something that is not allowed.
            StoreError: what people set cannot be read.
        """
        stored = await self._stored(user_id, channel_id, guild_id)
        presets = await self.presets_for(guild_id)
        if inherited:
            call = _allowed(call, self._with(presets))
        return self._merge(call, stored, presets, unlocked=unlocked)

    async def channel_values(
        self, channel_id: ChannelId, guild_id: GuildId, call: Mapping[str, object]
    ) -> Mapping[str, Json]:
        """Give the values that let a channel write by itself as a call does there; its own other values are among them.

        Args:
            channel_id: The channel.
            guild_id: Its server.
            call: What the call says, by stored names.

        Raises:
            InvalidSettingError: the call says something that is not allowed.
        """
        stored = await self._stored(None, channel_id, guild_id)
        own = (await self._store.settings.get(user=None, channel=channel_id, server=None))[Scope.CHANNEL]
        presets = await self.presets_for(guild_id)
        wanted = self._merge(call, stored, presets, unlocked=True)
        style = {"model", "preset", *wanted.baseline} - {"max_new_tokens"}
        values = {**_without(own, style), "preset": wanted.preset}
        # Values of the server, or of a thread's channel, stand over a stored preset: what they change has to be said.
        inherited = _without(stored[Scope.CHANNEL], own)
        alone = self._merge({}, {**stored, Scope.CHANNEL: {**inherited, **values}}, presets)
        other = (name for name in sorted(style) if alone.values[name].value != wanted.values[name].value)
        return values | {name: wanted.values[name].value for name in other if name in self.keys}

    async def _stored(
        self, user_id: UserId | None, channel_id: ChannelId | None, guild_id: GuildId | None
    ) -> Mapping[Scope, Mapping[str, Json]]:
        parent = self._parent_of(channel_id) if channel_id else None
        return await self._store.settings.get(user=user_id, channel=channel_id, server=guild_id, parent=parent)

    def _merge(
        self,
        call: Mapping[str, object],
        stored: Mapping[Scope, Mapping[str, Json]],
        presets: Mapping[str, Preset],
        *,
        unlocked: bool = False,
    ) -> ResolvedSettings:
        return merge(
            call,
            stored,
            keys=self._with(presets),
            presets=presets,
            profile_of=self.profile_of,
            default_model=self._default_model,
            unlocked=unlocked,
        )


def merge(
    call: Mapping[str, object],
    stored: Mapping[Scope, Mapping[str, Json]],
    *,
    keys: Mapping[str, SettingKey],
    presets: Mapping[str, Preset],
    profile_of: Callable[[str], ModelProfile],
    default_model: str,
    unlocked: bool = False,
) -> ResolvedSettings:
    """Put the layers together, nearest first; reads nothing and keeps nothing.

    A stored value that is no longer allowed (a model that was withdrawn, a preset that was renamed) is passed over, so
    that an old choice never stands in the way of a new text. The arguments are those of `SettingsResolver`.

    Raises:
        InvalidSettingError: the call says something that is not allowed.
    """
    said = {name: keys[name].validate(value) for name, value in call.items() if value is not None}
    usable = {scope: _usable(stored.get(scope, {}), keys, scope) for scope in Scope}
    places = [(Source.CHANNEL, usable[Scope.CHANNEL]), (Source.SERVER, usable[Scope.SERVER])]
    holds = {
        name: _nearest(name, [*places, (Source.DEFAULT, {name: key.default})])
        for name, key in keys.items()
        if key.default is not None
    }
    fixed = holds["locked"].value if "locked" in holds and not unlocked else ()
    locked = {key.name for key in keys.values() if key.shown in fixed}
    own = [(Source.CALL, said), (Source.USER, usable[Scope.USER])]
    people = [*((source, _without(layer, locked)) for source, layer in own), *places]
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
    values["max_new_tokens"] = _at_most(values["max_new_tokens"], holds)
    return ResolvedSettings(
        values=MappingProxyType({"model": model, "preset": preset, **values, **holds}),
        baseline=MappingProxyType({name: _nearest(name, usual).value for name in every}),
    )


def _nearest(name: str, layers: list[tuple[Source, Any]]) -> Resolved:
    return next(Resolved(layer[name], source) for source, layer in layers if name in layer)


def _without(layer: Mapping[str, Json], names: Collection[str]) -> Mapping[str, Json]:
    return {name: value for name, value in layer.items() if name not in names}


def _at_most(length: Resolved, holds: Mapping[str, Resolved]) -> Resolved:
    """Keep a text's length within what the place allows."""
    longest = holds.get("longest")
    return longest if longest is not None and length.value > longest.value else length


def _usable(stored: Mapping[str, Json], keys: Mapping[str, SettingKey], scope: Scope) -> Mapping[str, Json]:
    return _allowed(stored, {name: key for name, key in keys.items() if scope in key.scopes})


def _allowed(values: Mapping[str, Any], keys: Mapping[str, SettingKey]) -> Mapping[str, Json]:
    """Give those values that a key takes."""

    def checked() -> Iterator[tuple[str, Json]]:
        for name in values.keys() & keys.keys():
            try:
                yield name, keys[name].validate(values[name])
            except InvalidSettingError:
                continue

    return dict(checked())


def _recommended(profile: ModelProfile) -> Mapping[str, Any]:
    """Give a profile's sampling the types that `SamplingParams` has; a profile knows numbers only."""
    return {name: type(_DEFAULTS[name])(value) for name, value in profile.sampling.items()}
