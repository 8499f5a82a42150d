"""Two ways of writing that are tried on the same prompt, so that a place's settings can be chosen by what they give."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import N_
from bot.ids import ChannelId, GuildId, UserId
from bot.store import Database, Scope
from bot.writing.details import TurnDetails
from bot.writing.errors import InvalidSettingError, WritingError

if TYPE_CHECKING:
    from bot.turns import Turn
    from bot.writing.settings import ResolvedSettings, SettingsResolver

AS_NOW = "="
"""Names what holds in the place, among the names of presets; no preset can be called so."""

Way = Mapping[str, object]
"""What a call would say to be written so, by stored names; empty for what holds in the place."""


class SameWaysError(WritingError):
    """There is no difference to look for."""

    template = N_("Both would write alike here. Choose two presets that differ.")


@dataclass(frozen=True, slots=True)
class TrialPlace:
    """A channel whose settings are tried."""

    channel_id: ChannelId
    guild_id: GuildId


class Trials:
    """Chooses what is tried, and keeps what was picked.

    Args:
        store: Where settings live.
        resolver: What they come to.
        chance: Draws what nobody named.
    """

    def __init__(self, store: Database, resolver: SettingsResolver, chance: random.Random | None = None) -> None:
        self._store = store
        self._resolver = resolver
        self._chance = chance or random.SystemRandom()

    async def pair(self, place: TrialPlace, first: str | None, second: str | None) -> tuple[Way, Way]:
        """Give two ways, in the order of chance: nobody can tell which is which.

        Args:
            place: Where.
            first: A preset's name, or `AS_NOW`; None is that too.
            second: The other one; None draws a preset that differs.

        Raises:
            InvalidSettingError: there is no such preset.
            SameWaysError: they do not differ.
        """
        one = await self.named(place, first or AS_NOW)
        ways = [one, await self.named(place, second)] if second else await self.against(place, one)
        if await self.alike(place, *ways):
            raise SameWaysError
        return self.shuffled(ways)

    def shuffled(self, ways: list[Way]) -> tuple[Way, Way]:
        """Put two ways in the order of chance."""
        one, other = self._chance.sample(ways, 2)
        return one, other

    async def against(self, place: TrialPlace, way: Way, *, but: Way | None = None) -> list[Way]:
        """Set a way against a preset that differs from it, drawn by chance.

        Args:
            place: Where.
            way: It.
            but: One that is not drawn again if there is another.

        Raises:
            SameWaysError: there is none.
        """
        others: list[Way] = [{"preset": name} for name in await self._resolver.presets_for(place.guild_id)]
        others = [other for other in others if not await self.alike(place, way, other)]
        fresh = [other for other in others if but is None or not await self.alike(place, but, other)]
        if not others:
            raise SameWaysError
        return [way, self._chance.choice(fresh or others)]

    async def named(self, place: TrialPlace, name: str) -> Way:
        """Give the way that a name stands for.

        Raises:
            InvalidSettingError: there is no such preset.
        """
        if name == AS_NOW:
            return {}
        presets = await self._resolver.presets_for(place.guild_id)
        known = {preset.casefold(): preset for preset in presets}
        try:
            return {"preset": known[name.strip().casefold()]}
        except KeyError:
            raise InvalidSettingError(name="preset", allowed=", ".join(presets), value=name.strip()[:60]) from None

    async def alike(self, place: TrialPlace, one: Way, other: Way) -> bool:
        """Say whether two ways come to the same in a place."""
        return _manner(await self._resolve(place, one)) == _manner(await self._resolve(place, other))

    async def keep(self, place: TrialPlace, way: Way, by: UserId) -> None:
        """Let a channel write in this way from now on; its values that are no matter of style stay.

        Raises:
            InvalidSettingError: a preset of it is there no more.
        """
        values = await self._resolver.channel_values(place.channel_id, place.guild_id, way)
        await self._store.settings.replace({(Scope.CHANNEL, place.channel_id): values}, by=by)

    async def _resolve(self, place: TrialPlace, way: Way) -> ResolvedSettings:
        return await self._resolver.resolve(
            user_id=None, channel_id=place.channel_id, guild_id=place.guild_id, call=way, unlocked=True
        )


def way_of(turn: Turn) -> Way:
    """Give the way in which a turn was written, as its request named it."""
    return TurnDetails.of(turn).options


def _manner(resolved: ResolvedSettings) -> Mapping[str, object]:
    names = {"model", *resolved.baseline} - {"max_new_tokens"}
    return {name: resolved.values[name].value for name in names}
