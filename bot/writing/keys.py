"""What people can set: the values of each setting, and how they are read and written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

from bot.engine.sampling import RANGES, Range, SamplingParams
from bot.games import GameKind
from bot.store import Json, Scope
from bot.writing.errors import InvalidSettingError, WritingError
from bot.writing.quiet import parse_quiet_hours

LENGTH_FOR_PEOPLE = Range(16, 800)
"""Tokens a person may ask for: less is no text, more is a long wait for everybody else."""
MOST_ROLES = 25
NOTICES = "notices"
"""The switch of a channel that wants to hear from whoever runs the bot."""
NOBODY_ELSE, EVERYONE = "author", "everyone"

_ON = frozenset({"on", "yes", "true", "1", "开", "是"})
_OFF = frozenset({"off", "no", "false", "0", "关", "否"})
_PLACES = frozenset({Scope.SERVER, Scope.CHANNEL})
_SERVER = frozenset({Scope.SERVER})
_CHANNEL = frozenset({Scope.CHANNEL})
_DEFAULTS: Mapping[str, Any] = MappingProxyType({field.name: field.default for field in fields(SamplingParams)})


@dataclass(frozen=True, kw_only=True)
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
    zero_is_off: bool = False
    """People see and may type `off` for 0."""
    scopes: frozenset[Scope] = frozenset(Scope)
    """Where it can be set."""
    default: Json = None
    """What holds where nobody set it; None for what preset, model and engine decide."""

    @property
    def names(self) -> tuple[str, ...]:
        """Give the values that can be chosen by name; none where it is typed."""
        return ("on", "off") if self.kind is bool else self.choices

    @property
    def allowed(self) -> str:
        """Name the values that it can have, in figures and names that need no translation."""
        if self.range is not None:
            low, high = self.range.low, self.range.high
            if self.kind is float:
                return f"{low:g}–{high:g}"
            return f"{self.show(int(low))}, {int(low) + 1}, … {int(high)}"
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
        if self.zero_is_off and word in _OFF:
            return 0
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

    @property
    def titles(self) -> frozenset[str]:
        """What it may be called; by its stored name `off` would mean the opposite of a negated one."""
        return frozenset({self.shown} if self.negated else {self.shown, self.name})

    def show(self, value: object) -> str:
        """Write a stored value as people see it."""
        if isinstance(value, bool):
            return "on" if value is not self.negated else "off"
        if self.zero_is_off and value == 0:
            return "off"
        return f"{value:g}" if isinstance(value, float) else str(value)

    def _invalid(self, value: object) -> InvalidSettingError:
        return InvalidSettingError(name=self.shown, allowed=self.allowed, value=str(value).strip()[:60] or "…")


class RolesKey(SettingKey):
    """Named circles of people, or roles by their numbers."""

    @property
    def allowed(self) -> str:
        """Name the circles; a role is mentioned."""
        return f"{', '.join(self.choices)}, @…"

    def parse(self, text: str) -> Json:
        """Read a circle's name, or mentions of roles."""
        roles = re.findall(r"<@&(\d{1,20})>|\b(\d{15,20})\b", text)
        return self.validate([int(one or other) for one, other in roles]) if roles else super().parse(text)

    def validate(self, value: object) -> Json:
        """Check a value as it is stored."""
        if isinstance(value, list) and 0 < len(value) <= MOST_ROLES and all(type(role) is int for role in value):
            return list(dict.fromkeys(value))
        return super().validate(value)

    def show(self, value: object) -> str:
        """Mention the roles."""
        return " ".join(f"<@&{role}>" for role in value) if isinstance(value, list) else super().show(value)


class HoursKey(SettingKey):
    """Quiet hours in their normal form; empty for none."""

    @property
    def allowed(self) -> str:
        """Give an example."""
        return "off, 22:00-07:00 Europe/Berlin"

    def parse(self, text: str) -> Json:
        """Read quiet hours as people write them."""
        return "" if text.strip().casefold() in _OFF else parse_quiet_hours(text).text

    def validate(self, value: object) -> Json:
        """Check a value as it is stored."""
        try:
            return value and parse_quiet_hours(value).text if isinstance(value, str) else super().validate(value)
        except InvalidSettingError:
            raise
        except WritingError:
            raise self._invalid(value) from None

    def show(self, value: object) -> str:
        """Write the hours, or that there are none."""
        return str(value) or "off"


class NamesKey(SettingKey):
    """Some of the choices, by their names."""

    def parse(self, text: str) -> Json:
        """Read names between commas or spaces; `off` is none."""
        words = [word for word in re.split(r"[\s,，、]+", unicodedata.normalize("NFKC", text).casefold()) if word]
        return [] if len(words) == 1 and words[0] in _OFF else self.validate(words)

    def validate(self, value: object) -> Json:
        """Check a value as it is stored."""
        if isinstance(value, list) and all(name in self.choices for name in value):
            return list(dict.fromkeys(value))
        raise self._invalid(", ".join(map(str, value)) if isinstance(value, list) else value)

    def show(self, value: object) -> str:
        """Write the names, or that there are none."""
        return ", ".join(map(str, value)) if isinstance(value, list) and value else "off"


class ChannelKey(SettingKey):
    """A channel, by its number; 0 is none."""

    @property
    def allowed(self) -> str:
        """Say that a channel is mentioned."""
        return "off, #…"

    def parse(self, text: str) -> Json:
        """Read a channel's mention or number."""
        word = unicodedata.normalize("NFKC", text).strip().casefold()
        found = re.fullmatch(r"<#(\d{1,20})>|(\d{15,20})", word)
        return self.validate(int(found[1] or found[2]) if found else 0 if word in _OFF else text)

    def validate(self, value: object) -> Json:
        """Check a value as it is stored."""
        if type(value) is int and 0 <= value < 2**63:
            return value
        raise self._invalid(value)

    def show(self, value: object) -> str:
        """Mention the channel, or say that there is none."""
        return f"<#{value}>" if value else "off"


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
    style = [
        SettingKey(name="model", shown="model", kind=str, choices=tuple(models)),
        SettingKey(name="preset", shown="preset", kind=str, choices=tuple(presets)),
        SettingKey(name="max_new_tokens", shown="length", kind=int, range=length),
        *(
            SettingKey(name=name, shown=name, kind=type(_DEFAULTS[name]), range=allowed)
            for name, allowed in numbers.items()
        ),
        SettingKey(name="do_sample", shown="greedy", kind=bool, negated=True),
    ]
    return MappingProxyType(
        {key.name: key for key in (*style, *_place_keys(tuple(key.shown for key in style), length))}
    )


def _place_keys(style: tuple[str, ...], length: Range) -> list[SettingKey]:
    """List what can be set for a place alone: who may do what there, when, and how much."""

    def switch(name: str, *, default: bool, scopes: frozenset[Scope] = _PLACES) -> SettingKey:
        return SettingKey(name=name, shown=name, kind=bool, scopes=scopes, default=default)

    everyone = (EVERYONE,)
    return [
        switch("enabled", default=True),
        RolesKey(name="writers", shown="writers", kind=str, choices=everyone, scopes=_PLACES, default=EVERYONE),
        RolesKey(
            name="press", shown="press", kind=str, choices=(NOBODY_ELSE, EVERYONE), scopes=_PLACES, default=NOBODY_ELSE
        ),
        _number("longest", int(length.high), int(length.high), least=int(length.low)),
        _number("cooldown", 86_400, 0),
        _number("daily_tokens", 10_000_000, 0, _SERVER),
        _number("server_daily_tokens", 1_000_000_000, 0, _SERVER),
        HoursKey(name="quiet_hours", shown="quiet_hours", kind=str, scopes=_PLACES, default=""),
        _number("retention_days", 3_650, 0, _SERVER),
        NamesKey(name="locked", shown="locked", kind=str, choices=style, scopes=_SERVER, default=[]),
        switch(NOTICES, default=False, scopes=_CHANNEL),
        *_game_keys(),
    ]


def _game_keys() -> list[SettingKey]:
    """List what can be set for the games of a place: which are played, who begins them, how many, and how."""
    kinds = tuple(kind.value for kind in GameKind)
    return [
        NamesKey(name="games", shown="games", kind=str, choices=kinds, scopes=_SERVER, default=list(kinds)),
        RolesKey(name="starters", shown="starters", kind=str, choices=(EVERYONE,), scopes=_PLACES, default=EVERYONE),
        _number("most_stories", 1_000, 10, _SERVER),
        _number("turn_minutes", 20_160, 0),
        ChannelKey(name="archive", shown="archive", kind=str, scopes=_SERVER, default=0),
    ]


def _number(name: str, most: int, default: int, scopes: frozenset[Scope] = _PLACES, least: int = 0) -> SettingKey:
    """Give a key whose values are whole numbers; 0 is off where it is among them."""
    return SettingKey(
        name=name,
        shown=name,
        kind=int,
        range=Range(least, most),
        zero_is_off=least == 0,
        scopes=scopes,
        default=default,
    )
