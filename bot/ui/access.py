"""Who may do what with a story."""

from __future__ import annotations

import discord

from bot.ids import TurnId
from bot.turns import Story, Turn
from bot.ui.services import services_of
from bot.writing.errors import NotYoursError, StoryGoneError


async def find(interaction: discord.Interaction, turn_id: TurnId, *, deleted: bool = False) -> tuple[Story, Turn]:
    """Find what a button is about.

    Args:
        interaction: The press.
        turn_id: The turn that the button names.
        deleted: Whether a deleted story is found too.

    Raises:
        StoryGoneError: it is not there any more.
        NotYoursError: it belongs to somebody else.
    """
    turn = await services_of(interaction).store.stories.turn(turn_id)
    if turn is None:
        raise StoryGoneError
    return await own_story(interaction, turn, deleted=deleted), turn


async def own_story(interaction: discord.Interaction, turn: Turn, *, deleted: bool = False) -> Story:
    """Find the story of a turn that somebody may do something with.

    Raises:
        StoryGoneError: it is not there any more.
        NotYoursError: it belongs to somebody else.
    """
    story = await services_of(interaction).store.stories.story(turn.story_id)
    if story is None or (story.deleted_at is not None and not deleted):
        raise StoryGoneError
    if story.author_id != interaction.user.id:
        raise NotYoursError
    return story
