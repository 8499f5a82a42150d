"""Who may do what with a story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import discord
from discord import app_commands

from bot.ids import TurnId, UserId
from bot.turns import Story, Turn
from bot.ui.requests import roles_of
from bot.ui.services import Services, channel_here, services_of
from bot.writing.errors import NoStoryHereError, NotYoursError, StoryGoneError
from bot.writing.gate import refuse_blocked
from bot.writing.rules import belongs


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Who does something, and where."""

    user_id: int
    guild_id: int | None
    roles: frozenset[int] = frozenset()
    moderator: bool = False
    """May manage messages where they do it."""

    @classmethod
    def of(cls, interaction: discord.Interaction) -> Self:
        """Give who pressed or typed."""
        return cls(
            user_id=interaction.user.id,
            guild_id=interaction.guild_id,
            roles=roles_of(interaction.user),
            moderator=interaction.permissions.manage_messages,
        )


def require_manager(interaction: discord.Interaction) -> None:
    """Let only those on who may manage the server that they are in.

    Raises:
        discord.app_commands.MissingPermissions: somebody else.
    """
    if interaction.guild_id is None or not interaction.permissions.manage_guild:
        raise app_commands.MissingPermissions(["manage_guild"])


async def find(
    interaction: discord.Interaction,
    turn_id: TurnId,
    *,
    deleted: bool = False,
    moderated: bool = False,
    own: bool = False,
    blocked: bool = False,
) -> tuple[Story, Turn]:
    """Find what a button is about.

    Args:
        interaction: The press.
        turn_id: The turn that the button names.
        deleted: Whether a deleted story is found too.
        moderated: Whether it is for the author and for moderators alone, whatever the place's rules say.
        own: Whether it is for whoever wrote the turn too.
        blocked: Whether it is for those too who may not use the bot: what publishes nothing.

    Raises:
        StoryGoneError: it is not there any more.
        NotYoursError: it belongs to somebody else.
        BlockedError, ServerBlockedError: the person may not use the bot there.
    """
    services = services_of(interaction)
    turn = await services.store.stories.turn(turn_id)
    if turn is None:
        raise StoryGoneError
    if own and turn.author_id == interaction.user.id:
        story = await services.store.stories.story(turn.story_id)
        if story is not None and story.deleted_at is None and not story.private:
            if not blocked:
                await refuse_blocked(services.store.blocks, story.guild_id, UserId(interaction.user.id))
            return story, turn
    person = Person.of(interaction)
    story = await story_for(services, person, turn, deleted=deleted, moderated=moderated, blocked=blocked)
    return story, turn


async def last_here(interaction: discord.Interaction) -> tuple[Story, Turn]:
    """Find what goes on in a channel: its last story, or one's own last where others' are not for one to go on with.

    Raises:
        NoStoryHereError: there is neither.
        BlockedError, ServerBlockedError: the person may not use the bot here.
    """
    services, person = services_of(interaction), Person.of(interaction)
    channel, user, stories = channel_here(interaction), UserId(person.user_id), services.store.stories
    for author in (None, user):
        story = await stories.latest(channel, viewer_id=user, author_id=author)
        head = await stories.turn(story.head_id) if story else None
        if head is None:
            break
        try:
            return await story_for(services, person, head), head
        except NotYoursError:
            continue
    raise NoStoryHereError


async def story_for(
    services: Services,
    person: Person,
    turn: Turn,
    *,
    deleted: bool = False,
    moderated: bool = False,
    blocked: bool = False,
) -> Story:
    """Find the story of a turn that somebody may do something with: its author, or whom the place's rules name.

    Args:
        services: The bot's parts.
        person: Who it is.
        turn: The turn.
        deleted: Whether a deleted story is found too.
        moderated: Whether it is for the author and for moderators alone, whatever the place's rules say.
        blocked: Whether it is for those too who may not use the bot: what publishes nothing.

    Raises:
        StoryGoneError: it is not there any more.
        NotYoursError: it belongs to somebody else.
        BlockedError, ServerBlockedError: the person may not use the bot there.
    """
    story = await services.store.stories.story(turn.story_id)
    if story is None or (story.deleted_at is not None and not deleted):
        raise StoryGoneError
    if not await _is_theirs(services, person, story, moderated=moderated):
        raise NotYoursError
    if not blocked:
        await refuse_blocked(services.store.blocks, story.guild_id, UserId(person.user_id))
    return story


async def _is_theirs(services: Services, person: Person, story: Story, *, moderated: bool) -> bool:
    if story.author_id == person.user_id:
        return True
    if story.private:
        return False
    if moderated:
        return person.moderator and story.guild_id == person.guild_id is not None
    here = await services.resolver.resolve(user_id=None, channel_id=story.channel_id, guild_id=story.guild_id)
    return belongs(here.rules.press, person.roles)
