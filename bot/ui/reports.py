"""What somebody reports goes to the channel that moderators read, with buttons that do what follows."""

from __future__ import annotations

import re
from typing import Any, Self

import discord

from bot.errors import N_, TaleloomError
from bot.ids import GuildId, MessageId, TurnId, UserId
from bot.store.personal import REMOVED
from bot.store.safety import SafetyLog
from bot.turns import Story, Turn
from bot.ui.render import in_one_message
from bot.ui.services import Services, guild_here, services_of, speak_to
from bot.ui.streaming import UNSENT
from bot.ui.texts import Translate
from bot.writing.errors import NoPassageShownError, StoryGoneError, WritingError

AT_ONCE = 3
PER_SECOND = 1 / 300
"""Reports that somebody may make at once, and how many come back."""


class NoLogChannelError(WritingError):
    """Nobody would read a report."""

    template = N_(
        "Reports reach nobody here: no channel is chosen for them, or the bot cannot write there. Whoever manages this "
        "server sets one with /safety log."
    )


class ReportedEnoughError(WritingError):
    """Somebody reports too much.

    Args:
        retry_at: When the next report can be made, in seconds since the epoch.
    """

    template = N_("You have reported several stories already. You can report another one <t:{retry_at}:R>.")


class OnlyModeratorsError(WritingError):
    """Somebody who may not manage messages presses a button of a report."""

    template = N_("Only people with the permission Manage Messages can decide about a report.")


class AuthorErasedError(WritingError):
    """Nobody is left to be blocked."""

    template = N_("Whoever wrote this had all that names them erased, so there is nobody to block.")


class ReportButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"tl:report:(?P<what>dismiss|delete|block):(?P<turn>\d{1,19})",
):
    """Decides about a report; for moderators, after a restart as before it."""

    def __init__(self, what: str, turn_id: TurnId, label: str = "") -> None:
        style = discord.ButtonStyle.secondary if what == "dismiss" else discord.ButtonStyle.danger
        super().__init__(discord.ui.Button(label=label or what, style=style, custom_id=f"tl:report:{what}:{turn_id}"))
        self._what = what
        self._turn_id = turn_id

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the button that was pressed."""
        return cls(match["what"], TurnId(int(match["turn"])))

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Answer a press."""
        services = services_of(interaction)
        try:
            if not interaction.permissions.manage_messages:
                raise OnlyModeratorsError
            # A long story is taken away message by message.
            await interaction.response.defer()
            done = await self._decide(interaction, services)
        except TaleloomError as error:
            await services.presenter.tell(interaction, error)
            return
        before = interaction.message.content if interaction.message else ""
        said = speak_to(interaction)(done, person=f"<@{interaction.user.id}>")
        await interaction.edit_original_response(
            content=in_one_message(f"{before}\n-# {said}"), view=None, allowed_mentions=discord.AllowedMentions.none()
        )

    async def _decide(self, interaction: discord.Interaction, services: Services) -> str:
        """Do what the button says; gives what is to be said of it."""
        if self._what == "dismiss":
            return N_("Dismissed by {person}.")
        story = await _story_here(services, self._turn_id, guild_here(interaction))
        if self._what == "delete":
            await services.pages.take_away(interaction.client, story, speak_to(interaction))
            await services.panels.remove(story.id)
            return N_("The story was deleted by {person}.")
        turn = await services.store.stories.turn(self._turn_id)
        # What the model wrote is whose story it is; in a game others write as well.
        author = story.author_id if turn is None or turn.author_id is None else turn.author_id
        if author == REMOVED:
            raise AuthorErasedError
        await services.store.blocks.add(guild_here(interaction), author, UserId(interaction.user.id))
        return N_(
            "The passage's author was blocked by {person}; whoever manages this server takes it back with "
            "/settings unblock."
        )


async def report(interaction: discord.Interaction, message: discord.Message) -> None:
    """Tell moderators of a message that shows a passage.

    Raises:
        NoPassageShownError: it shows none.
        NoLogChannelError: nobody would read it.
        ReportedEnoughError: this person has reported enough for now.
    """
    services, speak = services_of(interaction), speak_to(interaction)
    shown = await services.store.stories.turn_of_message(MessageId(message.id))
    if shown is None:
        raise NoPassageShownError
    guild = guild_here(interaction)
    chosen = await services.store.safety.log(guild)
    if chosen is None:
        raise NoLogChannelError
    key = f"report:{guild}:{interaction.user.id}"
    token = await services.store.limits.take(key, capacity=AT_ONCE, per_second=PER_SECOND)
    if token.retry_at:
        raise ReportedEnoughError(retry_at=int(token.retry_at.timestamp()) + 1)
    await interaction.response.defer(ephemeral=True, thinking=True)
    await _send(interaction, message, shown, chosen)
    await interaction.followup.send(speak(N_("Thank you. The moderators were told.")), ephemeral=True)


async def _send(interaction: discord.Interaction, message: discord.Message, shown: Turn, chosen: SafetyLog) -> None:
    services = services_of(interaction)
    channel = interaction.client.get_channel(chosen.channel_id)
    if not isinstance(channel, discord.abc.Messageable):
        raise NoLogChannelError
    speak = services.texts.speak(interaction.guild_locale or "en-US")
    story = await _story_here(services, shown.id, guild_here(interaction))
    text = speak(
        N_("{person} reports a passage of the story that {author} began: {link}"),
        person=f"<@{interaction.user.id}>",
        author=f"<@{story.author_id}>",
        link=message.jump_url,
    )
    try:
        await channel.send(text, view=_view(shown.id, speak), allowed_mentions=discord.AllowedMentions.none())
    except UNSENT:
        raise NoLogChannelError from None


def _view(turn: TurnId, speak: Translate) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    view.add_item(ReportButton("dismiss", turn, speak(N_("Dismiss"))))
    view.add_item(ReportButton("delete", turn, speak(N_("Delete the story"))))
    view.add_item(ReportButton("block", turn, speak(N_("Block its author"))))
    return view


async def _story_here(services: Services, turn_id: TurnId, guild: GuildId) -> Story:
    """Find the story of a turn in a server.

    Raises:
        StoryGoneError: it is not there any more, or belongs to another server.
    """
    turn = await services.store.stories.turn(turn_id)
    story = await services.store.stories.story(turn.story_id) if turn else None
    if story is None or story.deleted_at is not None or story.guild_id != guild:
        raise StoryGoneError
    return story
