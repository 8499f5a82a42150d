"""What Discord says of who may be in a channel, and what may therefore be set there."""

from __future__ import annotations

import discord

from bot.errors import N_
from bot.writing.errors import WritingError

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


class LaxOnlyForAdultsError(WritingError):
    """Somebody wants less done about what is sexual than `standard` does, where Discord lets everybody in."""

    template = N_(
        "Less than under “standard” can be done about sexual content in age-restricted channels alone, and this is "
        "none. Mark the channel as age-restricted in its settings in Discord first."
    )


def is_age_restricted(channel: object) -> bool:
    """Say whether Discord marks a channel, or the channel that a thread is in, as age-restricted."""
    return isinstance(channel, _WITH_A_MARK) and channel.is_nsfw()
