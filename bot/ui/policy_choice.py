"""Which policies somebody can choose for a server or a channel, and what follows from a choice."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from bot.errors import N_
from bot.ids import ChannelId, UserId
from bot.safety.policy import POLICY_NAMES, PolicyName
from bot.ui.age_restriction import RelaxedOnlyForAdultsError, is_age_restricted
from bot.ui.services import channel_here, guild_here, services_of
from bot.ui.verdicts import POLICY_TITLES
from bot.writing.door import Place
from bot.writing.errors import WritingError

if TYPE_CHECKING:
    import discord

    from bot.ui.texts import Translate

AS_THE_SERVER = "inherit"
"""Chosen where a place is to have no policy of its own."""
LAST = "last"
"""Chosen where a place is to have the custom policy again that it had last."""
NONE_OF_ITS_OWN = N_("none of its own: as the server, or standard")


class Where(StrEnum):
    """What a policy is for."""

    SERVER = "server"
    CHANNEL = "channel"


WHERE_NAMES = {Where.SERVER: N_("this server"), Where.CHANNEL: N_("this channel")}


class NoSuchPolicyError(WritingError):
    """Somebody typed what is no policy."""

    template = N_(
        "There is no policy “{typed}”: there are {policies}, and “inherit”, which is that of the server, or standard."
    )


def policy_typed(typed: str, speak: Translate) -> str:
    """Give the choice that somebody typed into the command: `custom` is there what it was last.

    Raises:
        NoSuchPolicyError: there is none of that name.
    """
    word = typed.strip().casefold()
    titles = {speak(title).casefold(): name for name, title in POLICY_TITLES.items()}
    choice = titles.get(word, word)
    if choice == PolicyName.CUSTOM:
        return LAST
    if choice not in {*PolicyName, AS_THE_SERVER}:
        raise NoSuchPolicyError(typed=typed[:60], policies=", ".join(speak(title) for title in POLICY_TITLES.values()))
    return choice


def policy_choices(speak: Translate) -> dict[str, str]:
    """Give what the command can choose, each with what it means."""
    return {**{name: speak(meaning) for name, meaning in POLICY_NAMES.items()}, AS_THE_SERVER: speak(NONE_OF_ITS_OWN)}


async def choose_policy(interaction: discord.Interaction, choice: str, where: Where) -> None:
    """Give the server or the channel that somebody is in another policy.

    Args:
        interaction: Who chooses, and where.
        choice: A policy's name, `AS_THE_SERVER` or `LAST`; `custom` begins from what holds.
        where: Whether it is for the server or the channel.

    Raises:
        RelaxedOnlyForAdultsError: the relaxed policy is chosen for a channel that everybody may read.
    """
    book, channel = services_of(interaction).policies, channel_of(interaction, where)
    guild, by = guild_here(interaction), UserId(interaction.user.id)
    adult = is_age_restricted(interaction.channel)
    if choice == AS_THE_SERVER:
        await book.reset_policy(guild, channel, by)
    elif choice == LAST:
        await book.recall_custom(guild, channel, by)
    elif choice == PolicyName.CUSTOM:
        await book.begin_custom(guild, channel, by, age_restricted=adult)
    elif choice == PolicyName.RELAXED and channel is not None and not adult:
        raise RelaxedOnlyForAdultsError
    else:
        await book.set_policy(guild, channel, PolicyName(choice), by)


def channel_of(interaction: discord.Interaction, where: Where) -> ChannelId | None:
    """Give the channel that a policy is for; None is the whole server."""
    return channel_here(interaction) if where is Where.CHANNEL else None


def place_of(interaction: discord.Interaction) -> Place:
    """Give the place that somebody is in."""
    return Place(guild_here(interaction), channel_here(interaction), UserId(interaction.user.id))
