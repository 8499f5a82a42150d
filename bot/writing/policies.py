"""Which safety policy holds where: what a server set, for itself or for a channel."""

from __future__ import annotations

from collections.abc import Callable

from bot.ids import ChannelId
from bot.safety.policy import BUILT_IN, STANDARD, Policy, PolicyName
from bot.writing.door import Place
from bot.writing.keys import SAFETY
from bot.writing.settings import SettingsResolver

AgeRestricted = Callable[[ChannelId], bool]


def never(_channel: ChannelId) -> bool:
    """Know of no age-restricted channels."""
    return False


class PlacePolicies:
    """Reads the policy of a place from its settings; a channel's goes before its server's.

    The relaxed policy holds in channels that Discord marks as age-restricted, and the standard one wherever else it was
    set. So it does in direct messages, where nobody can set one.

    Args:
        resolver: What people set.
        age_restricted: Says whether Discord marks a channel so.
    """

    def __init__(self, resolver: SettingsResolver, age_restricted: AgeRestricted = never) -> None:
        self._resolver = resolver
        self._age_restricted = age_restricted

    async def policy_for(self, place: Place) -> Policy:
        """Give the policy of a place.

        Raises:
            StoreError
        """
        if place.guild_id is None:
            return STANDARD
        resolved = await self._resolver.resolve(user_id=None, channel_id=place.channel_id, guild_id=place.guild_id)
        policy = BUILT_IN[str(resolved.values[SAFETY].value)]
        return policy if policy.name != PolicyName.RELAXED or self._is_for_adults(place) else STANDARD

    def _is_for_adults(self, place: Place) -> bool:
        return place.channel_id is not None and self._age_restricted(place.channel_id)
