"""Games that a restart broke off: what was written is shown once, and the game goes on from where it stood."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import discord
import structlog

from bot.errors import TaleloomError
from bot.games import VOTED, Phase
from bot.ids import ChannelId, MessageId
from bot.ui import render
from bot.ui.games.newest import newest_own
from bot.ui.streaming import UNSENT
from bot.writing.after_crash import AfterCrash
from bot.writing.requests import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from discord.abc import Messageable

    from bot.ids import StoryId
    from bot.store import Database
    from bot.store.games import StoredGame
    from bot.turns import Turn
    from bot.ui.games.panels import Panels
    from bot.ui.games.stage import Stage
    from bot.ui.texts import Texts
    from bot.writing.games import Games

log = structlog.get_logger(__name__)


class Mending:
    """Brings the channels of games to where the store stands.

    Between any two steps of the bot its process may end: a turn may be kept and not posted, posted and not written
    down, and a panel may stand twice. What is in the channel already is found there and not posted again.

    Args:
        games: Takes the steps.
        stage: Shows them.
        panels: Shows how games stand.
        store: Where turns and the messages that show them are kept.
        texts: The languages.
    """

    def __init__(self, games: Games, stage: Stage, panels: Panels, store: Database, texts: Texts) -> None:
        self._games = games
        self._left = AfterCrash(games, store)
        self._panels = panels
        self._stage = stage
        self._store = store
        self._texts = texts

    async def mend_all(self) -> None:
        """Mend every game that runs, and close those that have ended."""
        for mend, stories in (
            (self._mend, await self._games.running()),
            (self._close, await self._store.games.to_close()),
        ):
            for story in stories:
                try:
                    await mend(story)
                except (TaleloomError, *UNSENT) as error:
                    log.warning("game not mended", story=story, reason=str(error))

    async def _close(self, story: StoryId) -> None:
        """Post what belongs to an end that the bot did not live to see."""
        stored = await self._games.get(story)
        channel = await self._panels.channel_of(stored)
        if channel is None:
            await self._store.games.close(story)
            return
        await self._show_kept(channel, stored)
        await self._panels.show(story, anew=True)
        await self._stage.close_story(channel, stored)

    async def _mend(self, story: StoryId) -> None:
        stored = await self._left.restore(story)
        channel = await self._panels.channel_of(stored)
        if channel is None:
            return
        history = await self._show_kept(channel, stored)
        if stored.game.state.phase is not Phase.MODEL:
            await self._panels.show(story, anew=True)
            return
        answers = await self._left.answers(story)
        if not answers:
            await self._panels.show(story, anew=True)
            self._stage.beside(self._stage.ask_model(stored, channel))
            return
        await self._show_answers(channel, stored, answers, history)
        await self._stage.follow(await self._games.model_wrote(story, [turn.id for turn in answers]))

    async def _show_kept(self, channel: Messageable, stored: StoredGame) -> list[discord.Message]:
        """Show what the channel is to show and does not; give what the bot had posted there before."""
        history = await newest_own(channel)
        await self._clear(history, stored)
        for turn in await self._due_to_be_shown(stored):
            await self._show_once(channel, stored, turn, history)
        return history

    async def _clear(self, history: Sequence[discord.Message], stored: StoredGame) -> None:
        """Take away panels, which are sent anew, and texts that were cut off."""
        for message in history:
            ids = _custom_ids(message)
            panel = any(name.startswith(f"tl:gh:{stored.story.id}:") for name in ids)
            if panel or any(name.startswith("tl:stop:") for name in ids):
                # One that cannot be taken away is out of date, and says so when it is pressed.
                with suppress(*UNSENT):
                    await message.delete()

    async def _due_to_be_shown(self, stored: StoredGame) -> list[Turn]:
        """Give the turns that the channel is to show: where the story stands, and what is put to the vote."""
        answers = {turn.id for turn in await self._left.answers(stored.story.id)}
        numbers = [stored.story.head_id]
        if stored.game.kind in VOTED:
            numbers += [choice.turn for choice in stored.game.state.choices if choice.seat]
        turns = [await self._store.stories.turn(number) for number in numbers if number not in answers]
        return [turn for turn in turns if turn is not None]

    async def _show_once(
        self, channel: Messageable, stored: StoredGame, turn: Turn, history: Sequence[discord.Message]
    ) -> None:
        speak = self._texts.speak(stored.locale)
        contents, view = await self._stage.drawn(stored, turn, speak)
        if not await self._found(stored, turn, contents, history):
            await self._stage.post(channel, stored, turn, contents, view)

    async def _show_answers(
        self, channel: Messageable, stored: StoredGame, turns: Sequence[Turn], history: Sequence[discord.Message]
    ) -> None:
        """Post what the model wrote, if the bot ended before it could."""
        outcome, speak = Outcome(stored.story, turns[0], tuple(turns[1:])), self._texts.speak(stored.locale)
        contents, view = await self._stage.show(stored)(outcome, speak)
        if not await self._found(stored, turns[0], contents, history):
            await self._stage.post(channel, stored, turns[0], contents, view)

    async def _found(
        self, stored: StoredGame, turn: Turn, contents: Sequence[str], history: Sequence[discord.Message]
    ) -> bool:
        """Say whether a turn stands in the channel, and write down where if that is not known."""
        wanted = [_words(content) for content in contents]
        there = [message for message in reversed(history) if _words(message.content) in wanted]
        if len({_words(message.content) for message in there}) < len(set(wanted)):
            return False
        if not await self._store.stories.messages(turn.id):
            numbers = [MessageId(message.id) for message in there]
            await self._store.stories.record_messages(turn.id, ChannelId(stored.story.channel_id), numbers)
        return True


def _words(content: str) -> str:
    """Give the words of a message, by which it is known again."""
    return render.without_footer(content).strip()


def _custom_ids(message: discord.Message) -> list[str]:
    children = [child for row in message.components for child in getattr(row, "children", [row])]
    return [child.custom_id for child in children if getattr(child, "custom_id", None)]
