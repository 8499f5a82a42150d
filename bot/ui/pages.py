"""What the message that was pressed shows next: another variant, an earlier turn, other words, or nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

import discord
import structlog

from bot.errors import N_, TaleloomError
from bot.ids import MessageId, TurnId
from bot.store.stories import Showing
from bot.stories.branch import text_of
from bot.stories.openings import read_prompt
from bot.turns import Story, Turn
from bot.ui import buttons, render
from bot.ui.games import passages
from bot.ui.outlet import Outlet
from bot.ui.services import channel_here
from bot.ui.streaming import UNSENT

if TYPE_CHECKING:
    from bot.store import Database, Job
    from bot.ui.texts import Texts, Translate
    from bot.writing.moves import Moves
    from bot.writing.service import Writer

log = structlog.get_logger(__name__)


class NotShownError(TaleloomError):
    """Discord did not let a message be edited."""

    template = N_("This message could not be changed. The bot may not see this channel any more; ask an admin.")


class Pages:
    """Shows turns in messages that are there already.

    Args:
        moves: What lies around a turn.
        store: Where turns and the messages that show them are kept.
        texts: The languages.
        writer: What may be writing when a story is deleted.
    """

    def __init__(self, moves: Moves, store: Database, texts: Texts, writer: Writer) -> None:
        self._moves = moves
        self._store = store
        self._texts = texts
        self._writer = writer

    async def turn_to(
        self, interaction: discord.Interaction, story: Story, turn: Turn, *, briefly: bool = False, move: bool = True
    ) -> None:
        """Let the messages that were pressed show a turn.

        Args:
            interaction: The press; not answered yet.
            story: The story.
            turn: What is shown.
            briefly: Only how it ends: its text stands elsewhere in the channel.
            move: Whether the story goes on from it then.

        Raises:
            NotShownError: Discord did not take it; nothing has moved.
        """
        speak, stories = self._texts.speak(interaction.locale), self._store.stories
        contents, view = await self.page(turn, speak, briefly=briefly)
        shown = await stories.messages_beside(pressed(interaction))
        if story.private and not len(contents) == len(shown) == 1:
            # No other part of a private text can be reached from this one.
            if move:
                await self._moves.go_to(turn)
            await self.whisper(interaction, turn)
            return
        try:
            shown = await _replace(interaction, shown, contents, view)
        except UNSENT as error:
            log.warning("turn not shown", turn=turn.id, reason=str(error))
            raise NotShownError from error
        if move:
            await self._moves.go_to(turn)
        await stories.record_messages(turn.id, channel_here(interaction), shown)

    async def page(self, turn: Turn, speak: Translate, *, briefly: bool = False) -> tuple[list[str], discord.ui.View]:
        """Give what shows a turn, and the buttons beneath it."""
        standing, game = await self._moves.standing(turn), await self._store.games.get(turn.story_id)
        view = buttons.when_written(standing, speak, game.game.kind if game else None)
        if game is not None and not briefly:
            return passages.passage(game, await self._store.stories.path(turn.id), speak), view
        if briefly or turn.parent_id is None:
            branch = await self._store.stories.path(turn.id)
            # A wish for a story is no part of its text, and what is hidden is none of what the model sees.
            contents = [render.ending(text_of(branch) or turn.text, speak, hidden=turn.hidden)]
        else:
            contents = render.finished(await self.opening_of(turn), turn, speak)
        return contents, view

    async def opening_of(self, turn: Turn) -> str:
        """Give what was typed, if a turn is the first after it."""
        parent = await self._store.stories.parent(turn)
        if parent is None or parent.parent_id is not None:
            return ""
        return render.opening(parent.text, asked=not read_prompt(parent.text).opening)

    async def whisper(self, interaction: discord.Interaction, turn: Turn) -> None:
        """Show a turn to one person alone, in new messages."""
        speak = self._texts.speak(interaction.locale)
        shown = render.parts("", turn.text.strip())
        await interaction.response.send_message(shown[0], ephemeral=True)
        for part in shown[1:]:
            await interaction.followup.send(part, ephemeral=True)
        await interaction.followup.send(
            speak("Continue goes on from here."),
            view=buttons.when_written(await self._moves.standing(turn), speak),
            ephemeral=True,
        )
        await self._store.jobs.delivered(turn.id)

    async def clear(self, interaction: discord.Interaction, story: Story, turn: Turn) -> None:
        """Delete a story: a line with a way back stands where it was pressed, and none of its words anywhere."""
        speak = self._texts.speak(interaction.locale)
        until = await self._moves.delete(story)
        await self._writer.stop_story(story.id)
        gone = speak(N_("Deleted. Until <t:{until}:t> it can be brought back."), until=int(until.timestamp()))
        here = await self._store.stories.messages_beside(pressed(interaction))
        await interaction.response.edit_message(content=f"-# {gone}", view=buttons.to_bring_back(turn.id, speak))
        for message in await self._store.stories.showings(story.id):
            if message.message_id != here[-1]:
                await self._rewrite(interaction.client, message, f"-# {speak(N_('Deleted.'))}", None)

    async def take_away(self, client: discord.Client, story: Story, speak: Translate) -> None:
        """Delete a story from elsewhere: none of its words stands anywhere.

        Raises:
            StoryGoneError: somebody did so before.
        """
        await self._moves.delete(story)
        await self._writer.stop_story(story.id)
        gone = f"-# {speak(N_('Deleted.'))}"
        for message in await self._store.stories.showings(story.id):
            await self._rewrite(client, message, gone, None)

    async def bring_back(self, interaction: discord.Interaction, story: Story, turn: Turn) -> None:
        """Take a deletion back, and show the story where it was shown.

        Raises:
            TooLateError: it is too long ago.
        """
        speak = self._texts.speak(interaction.locale)
        await self._moves.bring_back(story)
        here, channel = pressed(interaction), channel_here(interaction)
        showings = await self._store.stories.showings(story.id)
        mine = next((message.turn_id for message in showings if message.message_id == here), None)
        if mine is None:
            # Whoever reads alone has messages that are written down nowhere.
            mine = turn.id
            showings = (*showings, Showing(message_id=here, channel_id=channel, turn_id=mine, part=0))
        # Discord waits three seconds for what was pressed, and no longer for a story of many messages.
        for turn_id in sorted({message.turn_id for message in showings}, key=lambda turn_id: turn_id != mine):
            drawn = await self._draw(turn_id, showings, speak)
            for message, content, view in sorted(drawn, key=lambda each: each[0].message_id != here):
                if message.message_id == here:
                    await interaction.response.edit_message(content=content, view=view)
                else:
                    await self._rewrite(interaction.client, message, content, view)

    async def redraw(self, client: discord.Client, turn: Turn, speak: Translate) -> None:
        """Let all messages that show a turn show it as it is now, as far as the bot can reach them."""
        showings = await self._store.stories.showings(turn.story_id)
        for message, content, view in await self._draw(turn.id, showings, speak):
            await self._rewrite(client, message, content, view)

    async def _draw(
        self, turn_id: TurnId, showings: Sequence[Showing], speak: Translate
    ) -> list[tuple[Showing, str, discord.ui.View | None]]:
        """Give what each of a turn's messages is to show, and the buttons beneath it."""
        turn = await self._store.stories.turn(turn_id)
        if turn is None:
            return []
        contents, view = await self.page(turn, speak)
        shown, drawn = [each for each in showings if each.turn_id == turn_id], []
        for message, following in zip_longest(shown, shown[1:]):
            last = following is None or following.part != message.part + 1
            content = contents[min(message.part, len(contents) - 1)]
            if last and message.part == 0 and len(contents) > 1:
                # It says only how a longer text ends.
                (content,), view = await self.page(turn, speak, briefly=True)
            drawn.append((message, content, view if last else None))
        return drawn

    async def mend(self, channel: discord.abc.Messageable, job: Job, speak: Translate) -> None:
        """Say beneath a message that a restart cut its text short; what it showed before is shown again.

        Raises:
            discord.HTTPException: the message cannot be reached.
        """
        notice = speak(N_("The bot was restarted while it wrote this. Your prompt is kept: press Retry."))
        turn = await self._store.stories.turn(job.turn_id)
        played = turn is not None and await self._store.games.get(turn.story_id) is not None
        for message_id in job.message_ids[-1:]:
            message = await channel.fetch_message(message_id)
            if played and await self._store.stories.turn_of_message(message_id) is None:
                # The game has the model write it again, or shows what was kept of it.
                await message.delete()
                continue
            before = await self._store.stories.turn_of_message(message_id)
            if before is not None:
                contents, view = await self.page(before, speak)
                await message.edit(content=render.with_footer(contents[-1:], notice)[0], view=view)
                continue
            shown = render.without_footer(message.content)
            content = "\n".join(filter(None, [shown, f"-# {notice}"]))[-render.MESSAGE_LIMIT :]
            await message.edit(content=content, view=buttons.when_failed(job.turn_id, speak))

    @staticmethod
    async def _rewrite(client: discord.Client, message: Showing, content: str, view: discord.ui.View | None) -> None:
        """Change a message that was not pressed, as far as the bot can reach it."""
        # Direct messages and old threads are in no cache.
        channel = client.get_partial_messageable(message.channel_id)
        try:
            await channel.get_partial_message(message.message_id).edit(content=content, view=view)
        except UNSENT as error:
            log.info("message not changed", message=message.message_id, reason=str(error))


def pressed(interaction: discord.Interaction) -> MessageId:
    """Give the message whose button was pressed; 0 for a command."""
    return MessageId(interaction.message.id if interaction.message else 0)


async def _replace(
    interaction: discord.Interaction, messages: Sequence[MessageId], contents: Sequence[str], view: discord.ui.View
) -> tuple[MessageId, ...]:
    """Let messages, the last of which was pressed, show another text; gives those that show it now.

    Raises:
        discord.HTTPException, aiohttp.ClientError, OSError: Discord did not take it.
    """
    if len(contents) == len(messages) == 1:
        await interaction.response.edit_message(content=contents[0], view=view)
        return tuple(messages)
    await interaction.response.defer()
    # Now, and not in the course of a quarter of an hour.
    outlet = Outlet(interaction, interaction_seconds=math.inf, messages=messages)
    for index, content in enumerate(contents):
        await outlet.put(index, content, view if index == len(contents) - 1 else None)
    await outlet.drop_after(len(contents))
    return tuple(outlet.messages)
