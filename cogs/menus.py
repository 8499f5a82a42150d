"""What a message or a person offers under “Apps”: a story that grows from it, and the stories there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.ids import ChannelId, MessageId, UserId
from bot.ui.access import Person, story_for
from bot.ui.history import by, send_history
from bot.ui.reports import report
from bot.ui.requests import first_request, next_request
from bot.ui.services import services_of, speak_to
from bot.writing.channel_errors import ForgottenError
from bot.writing.errors import NoPassageShownError, StoryGoneError
from bot.writing.story_files import borrows

if TYPE_CHECKING:
    from bot.app import Taleloom
    from bot.turns import Turn

HIDE = "Hide from context"


class Menus(commands.Cog):
    """Begins stories at messages, goes on with them, hides their passages, and finds those of a person.

    Args:
        bot: Whose command tree takes the menus: a cog does not add them by itself.
    """

    def __init__(self, bot: Taleloom) -> None:
        self._tree = bot.tree
        self._menus = (
            app_commands.ContextMenu(name="Continue this story", callback=go_on),
            app_commands.ContextMenu(name="Start a story from here", callback=start),
            app_commands.ContextMenu(name=HIDE, callback=hide),
            app_commands.ContextMenu(name="Report this story", callback=report),
            app_commands.ContextMenu(name="Stories by this person", callback=stories_by),
        )

    async def cog_load(self) -> None:
        """Add the menus."""
        for menu in self._menus:
            self._tree.add_command(menu)

    async def cog_unload(self) -> None:
        """Take the menus away."""
        for menu in self._menus:
            self._tree.remove_command(menu.name, type=menu.type)


async def go_on(interaction: discord.Interaction, message: discord.Message) -> None:
    """Write on from the turn that a message shows; a message that shows none begins a story."""
    services = services_of(interaction)
    shown = await services.store.stories.turn_of_message(MessageId(message.id))
    await _refuse_gone(interaction, message, shown)
    if shown is None:
        request = first_request(interaction, message.content, borrowed=message.author.id != interaction.user.id)
    else:
        request = next_request(interaction, await story_for(services, Person.of(interaction), shown), shown, shown.id)
    await services.presenter.present(interaction, request)


async def start(interaction: discord.Interaction, message: discord.Message) -> None:
    """Begin a story of one's own with the words of a message, whoever wrote it."""
    services = services_of(interaction)
    shown = await services.store.stories.turn_of_message(MessageId(message.id))
    await _refuse_gone(interaction, message, shown)
    words = shown.text.strip() if shown else message.content
    user = UserId(interaction.user.id)
    borrowed = borrows(shown, user) if shown else message.author.id != user
    await services.presenter.present(interaction, first_request(interaction, words, borrowed=borrowed))


async def hide(interaction: discord.Interaction, message: discord.Message) -> None:
    """Hide the turn that a message shows from the model, or give it back."""
    services = services_of(interaction)
    shown = await services.store.stories.turn_of_message(MessageId(message.id))
    if shown is None:
        raise NoPassageShownError
    await _refuse_gone(interaction, message, shown)
    await story_for(services, Person.of(interaction), shown)
    await services.actions.hide_or_give_back(interaction, shown, speak_to(interaction).name("menu", HIDE))


async def stories_by(interaction: discord.Interaction, person: discord.Member | discord.User) -> None:
    """List the stories of a person that whoever asks may see."""
    await send_history(interaction, by(person.id))


async def _refuse_gone(interaction: discord.Interaction, message: discord.Message, shown: Turn | None) -> None:
    """Keep words that were deleted, or are of before a channel's `/forget`, from being shown or given to the model.

    Raises:
        StoryGoneError: the story was deleted.
        ForgottenError: the channel was told to forget them.
    """
    store = services_of(interaction).store
    story = await store.stories.story(shown.story_id) if shown else None
    if shown is not None and (story is None or story.deleted_at is not None):
        raise StoryGoneError
    forgotten = await store.channels.forgotten_at(ChannelId(message.channel.id))
    if forgotten is not None and (story.created_at if story else message.created_at) <= forgotten:
        raise ForgottenError(at=int(forgotten.timestamp()))


async def setup(bot: Taleloom) -> None:
    """Add the cog."""
    await bot.add_cog(Menus(bot))
