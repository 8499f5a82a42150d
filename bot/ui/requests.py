"""From an interaction to a request: who asks for what, where and in which language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import discord

from bot.ids import ChannelId, GuildId, TurnId, UserId
from bot.stories.openings import is_chinese
from bot.turns import Story, Turn
from bot.ui.services import channel_here, guild_here, guild_of
from bot.writing.details import TurnDetails
from bot.writing.requests import WriteRequest
from bot.writing.service import new_request_id
from bot.writing.trials import TrialPlace


def first_request(
    interaction: discord.Interaction,
    prompt: str,
    *,
    borrowed: bool = False,
    genre: str | None = None,
    tone: str | None = None,
    options: Mapping[str, object] = MappingProxyType({}),
    seed: int | None = None,
    variants: int = 1,
    ranked: bool = False,
    rivals: tuple[Mapping[str, object], ...] = (),
    private: bool = False,
) -> WriteRequest:
    """Give the request for a new story of whoever typed or chose.

    Args:
        interaction: The command.
        prompt: How the story begins.
        borrowed: Whether these are not the person's own words.
        genre: The genre, by its name.
        tone: The tone, by its name.
        options: Values that the call names, by stored names.
        seed: None leaves the choice to chance.
        variants: How many texts are written, to choose from.
        ranked: Whether the best of them is shown first.
        rivals: The options of texts that are compared.
        private: Whether only this person sees the story.
    """
    return WriteRequest(
        request_id=new_request_id(),
        user_id=UserId(interaction.user.id),
        guild_id=guild_of(interaction),
        channel_id=channel_here(interaction),
        roles=roles_of(interaction.user),
        manager=interaction.permissions.manage_guild,
        prompt=prompt,
        borrowed=borrowed,
        genre=genre,
        tone=tone,
        options=options,
        seed=seed,
        variants=variants,
        ranked=ranked,
        rivals=rivals,
        private=private,
        locale=str(interaction.locale),
    )


def next_request(interaction: discord.Interaction, story: Story, turn: Turn, parent: TurnId) -> WriteRequest:
    """Give the request for another turn of a story.

    Args:
        interaction: The press or command, for the language.
        story: The story.
        turn: Whose options are taken over.
        parent: The turn to write on from.
    """
    kept = TurnDetails.of(turn)
    return WriteRequest(
        request_id=new_request_id(),
        user_id=UserId(interaction.user.id),
        guild_id=story.guild_id,
        channel_id=story.channel_id,
        roles=roles_of(interaction.user),
        manager=interaction.permissions.manage_guild,
        parent_id=parent,
        genre=kept.genre,
        tone=kept.tone,
        options=kept.options,
        private=story.private,
        locale=str(interaction.locale),
    )


def message_request(
    message: discord.Message, prompt: str, story: Story | None = None, turn: Turn | None = None
) -> WriteRequest:
    """Give the request of a message to the bot: a new story, or a turn of one that it replies to.

    Args:
        message: The message.
        prompt: What it says, without the mention.
        story: The story that goes on.
        turn: The turn to write on from.
    """
    member, channel = message.author, message.channel
    manager = isinstance(member, discord.Member) and member.guild_permissions.manage_guild
    kept = TurnDetails.of(turn) if turn else TurnDetails()
    locale = message.guild.preferred_locale if message.guild else discord.Locale.american_english
    return WriteRequest(
        request_id=new_request_id(),
        user_id=UserId(member.id),
        guild_id=GuildId(message.guild.id) if message.guild else None,
        channel_id=story.channel_id if story else ChannelId(channel.id),
        roles=roles_of(member),
        manager=manager,
        prompt=prompt,
        parent_id=turn.id if turn else None,
        genre=kept.genre,
        tone=kept.tone,
        options=kept.options,
        # A message does not say in which language its writer reads.
        locale="zh-CN" if is_chinese(prompt) else str(locale),
    )


def roles_of(person: discord.User | discord.Member) -> frozenset[int]:
    """Give somebody's roles, by their numbers."""
    return frozenset(role.id for role in person.roles) if isinstance(person, discord.Member) else frozenset()


def trial_place(interaction: discord.Interaction) -> TrialPlace:
    """Give the channel whose settings are tried by a command that is there in servers alone."""
    return TrialPlace(channel_here(interaction), guild_here(interaction))
