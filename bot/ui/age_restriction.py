"""What Discord says of who may be in a channel, and what may therefore be set there."""

from __future__ import annotations

import discord

from bot.errors import N_
from bot.safety.policy import PolicyName
from bot.store import Json, Scope
from bot.writing.errors import WritingError
from bot.writing.keys import SAFETY, SettingKey

_WITH_A_MARK = (
    discord.TextChannel,
    discord.VoiceChannel,
    discord.StageChannel,
    discord.ForumChannel,
    discord.Thread,
)


class RelaxedOnlyForAdultsError(WritingError):
    """Somebody wants the relaxed safety policy where Discord lets everybody in."""

    template = N_(
        "The policy “relaxed” is for age-restricted channels alone, and this is none. Mark the channel as "
        "age-restricted in its settings in Discord first, or choose “standard”."
    )


def is_age_restricted(channel: object) -> bool:
    """Say whether Discord marks a channel, or the channel that a thread is in, as age-restricted."""
    return isinstance(channel, _WITH_A_MARK) and channel.is_nsfw()


def parse_for(key: SettingKey, typed: str, scope: Scope, channel: object) -> Json:
    """Read a value that somebody typed for a channel or a server.

    Raises:
        InvalidSettingError: it is not among the values that are allowed.
        RelaxedOnlyForAdultsError: it may not be set for this channel.
    """
    value = key.parse(typed)
    relaxed = key.name == SAFETY and value == PolicyName.RELAXED
    if relaxed and scope is Scope.CHANNEL and not is_age_restricted(channel):
        raise RelaxedOnlyForAdultsError
    return value
