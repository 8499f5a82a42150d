"""Shows in a game's channel what happens in it, and lets the model take its turns."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import discord
import structlog
from discord.abc import Messageable

from bot.errors import TaleloomError
from bot.games import VOTED, GameKind, Phase
from bot.ids import ChannelId, MessageId, StoryId, UserId
from bot.store.personal import REMOVED
from bot.stories.games import play
from bot.stories.games.errors import ModelWritesError
from bot.stories.games.happenings import AskModel, Chosen, Ended, Reminder
from bot.turns import Turn
from bot.ui import render
from bot.ui.games import describe, passages
from bot.ui.games.panels import Panels, only
from bot.ui.games.wanted import SHAPES
from bot.ui.streaming import UNSENT
from bot.writing.requests import Outcome
from bot.writing.trials import SameWaysError

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from bot.store import Database
    from bot.store.games import StoredGame
    from bot.turns import Story
    from bot.ui.games.ending import Ending
    from bot.ui.games.suggesting import Suggesting
    from bot.ui.games.wanted import Wanted
    from bot.ui.pages import Pages
    from bot.ui.presenter import Presenter, Show
    from bot.ui.texts import Texts, Translate
    from bot.writing.games import Games, Played

log = structlog.get_logger(__name__)


class Stage:
    """Carries what happens in games to their channels.

    Args:
        client: For the people.
        panels: Shows how games stand.
        games: Takes the steps.
        store: Where turns and the messages that show them are kept.
        wanted: Makes requests for what the model is to write.
        pages: Shows turns.
        presenter: Shows texts that grow.
        texts: The languages.
        ending: Closes stories.
        suggesting: Thinks of what could be done next.
    """

    def __init__(
        self,
        client: discord.Client,
        panels: Panels,
        games: Games,
        store: Database,
        wanted: Wanted,
        pages: Pages,
        presenter: Presenter,
        texts: Texts,
        ending: Ending,
        suggesting: Suggesting,
    ) -> None:
        self._client = client
        self._panels = panels
        self._games = games
        self._store = store
        self._wanted = wanted
        self._pages = pages
        self._presenter = presenter
        self._texts = texts
        self._ending = ending
        self._suggesting = suggesting
        self._tasks: set[asyncio.Task[None]] = set()
        self._written: set[StoryId] = set()
        """The games that the model is writing for."""

    async def open(self, played: Played, by: discord.User | discord.Member) -> None:
        """Show how a game begins, and go on from there."""
        root = await self._store.stories.turn(played.game.story.head_id)
        await self.follow(replace(played, turn=root), by)

    async def follow(self, played: Played, by: discord.User | discord.Member | None = None) -> None:
        """Show what came of a step; if the model is to write then, let it.

        Args:
            played: The step.
            by: Who took it; None for time.
        """
        speak = self._texts.speak(played.game.locale)
        asks = any(isinstance(happening, AskModel) for happening in played.happenings)
        channel = await self._panels.channel_of(played.game)
        if channel is None:
            await self._lost(played.game)
            return
        try:
            if played.turn is not None:
                await self.show_turn(channel, played.game, played.turn, speak)
                await self._tidy(channel, played.game, played.turn)
            await self._tell(channel, played, speak)
            await self._pass_over_gone(played.game)
            await self._panels.show(played.game.story.id, anew=not asks)
            if any(isinstance(happening, Ended) for happening in played.happenings):
                await self._ending.show(channel, played.game, speak)
        except discord.Forbidden:
            await self._lost(played.game)
            return
        except UNSENT as error:
            # What was written is kept; the next step shows the panel again.
            log.warning("game not shown", story=played.game.story.id, reason=str(error))
        self._suggesting.begin(played.game)
        if asks:
            await self.ask_model(played.game, channel, by)

    async def _pass_over_gone(self, stored: StoredGame) -> None:
        """Take out whose turn it is if they have left the server; the next one may have left too."""
        guild = self._client.get_guild(stored.story.guild_id or 0)
        for _ in stored.game.players:
            writer = stored.game.seated(stored.game.state.turn or 0)
            if guild is None or writer is None or await _is_member(guild, writer.user_id):
                return
            user, now = writer.user_id, self._store.now()
            stored = (await self._games.do(stored.story.id, partial(play.leave, user_id=user, now=now))).game

    async def moved(self, story: StoryId) -> Played | None:
        """Prepare for a story to be moved to another turn; see `Games.moved`.

        Raises:
            ModelWritesError: the model goes on from where it is, though the game may be paused.
            EndedError: the story stays as it ended.
        """
        if story in self._written:
            raise ModelWritesError
        return await self._games.moved(story)

    async def take_up(self, story: StoryId) -> None:
        """Go on with a game whose story was brought back, if one is played in it."""
        if not await self._games.is_played(story):
            return
        stored = await self._games.plan_again(story)
        with suppress(*UNSENT):
            await self._panels.show(story, anew=True)
        if stored.game.state.phase is Phase.MODEL and (channel := await self._panels.channel_of(stored)):
            self.beside(self.ask_model(stored, channel))

    async def ask_model(
        self, stored: StoredGame, channel: Messageable, by: discord.User | discord.Member | None = None
    ) -> None:
        """Let the model write what the game waits for; where it does so already, that will do."""
        story = stored.story.id
        if story in self._written:
            return
        outcome = None
        self._written.add(story)
        try:
            # Whose vote is the last one is chance, and they may not be among those who write here.
            asks = by if stored.game.kind not in VOTED or stored.story.author_id == REMOVED else None
            user = asks or await self._host(stored.story)
            # A step may have been followed by a move within the story.
            stored = await self._games.get(story)
            request = await self._wanted.request(stored, user)
            outcome = await self._presenter.present_in(channel, user, request, self.show(stored))
        except SameWaysError as error:
            with suppress(*UNSENT):
                await channel.send(f"-# {self._texts.speak(stored.locale).error(error)}")
        except (TaleloomError, *UNSENT) as error:
            log.info("game not gone on with", story=story, error=type(error).__name__)
        finally:
            self._written.discard(story)
        if outcome is None and self._presenter.ending:
            # The game still waits for the model, and the next start asks it again: nobody is passed over for a restart.
            return
        if not await self._games.is_played(stored.story.id):
            await self._take_back(stored, outcome)
            return
        await self.go_on(stored, outcome, by)

    async def _take_back(self, stored: StoredGame, outcome: Outcome | None) -> None:
        """Leave out what the model wrote of a story that was ended meanwhile: it stands as its title page tells it."""
        if outcome is None or outcome.turn.parent_id is None:
            return
        await self._store.stories.move_head(stored.story.id, outcome.turn.parent_id)
        if (channel := await self._panels.channel_of(stored)) is not None:
            for message in await self._store.stories.messages(outcome.turn.id):
                with suppress(*UNSENT):
                    await channel.get_partial_message(message).delete()  # type: ignore[attr-defined]

    async def write_again(self, interaction: discord.Interaction, story: Story, turn: Turn) -> None:
        """Let the model write something else in the place of the passage that was pressed.

        Raises:
            GameError: it is not people's turn now.
        """
        played = await self._games.ask_again(turn)
        outcome = None
        self._written.add(story.id)
        try:
            # The panel may wait for Discord longer than the press does.
            await interaction.response.defer()
            await self._panels.show(story.id)
            request = await self._wanted.request(played.game, interaction.user)
            outcome = await self._presenter.present_instead(interaction, request, turn)
        except (TaleloomError, *UNSENT) as error:
            log.info("passage not written again", story=story.id, error=type(error).__name__)
        finally:
            self._written.discard(story.id)
        if outcome is None:
            # Back to where the story stood, and what it can be gone on to.
            for end in (story.tip_id, story.head_id):
                await self._store.stories.move_head(story.id, end)
        await self.go_on(played.game, outcome, interaction.user)

    async def go_on(
        self, stored: StoredGame, outcome: Outcome | None, by: discord.User | discord.Member | None
    ) -> None:
        """Go on after the model, or without it."""
        try:
            if outcome is None:
                played = await self._games.model_failed(stored.story.id)
            else:
                turns = [turn.id for turn in (outcome.turn, *outcome.others)]
                played = await self._games.model_wrote(stored.story.id, turns)
        except TaleloomError as error:
            # It was deleted, or has ended meanwhile.
            log.info("game over", story=stored.story.id, error=type(error).__name__)
            return
        if outcome is not None and (channel := await self._panels.channel_of(played.game)):
            await self._tidy(channel, played.game, outcome.turn)
        await self.follow(played, by)

    async def close_story(self, channel: Messageable, stored: StoredGame) -> None:
        """Post what belongs to a story's end, so far as it is not there."""
        await self._ending.show(channel, stored, self._texts.speak(stored.locale), again=True)

    def beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something go on while other games do: one waits for its model, and nobody for another's."""

        async def run() -> None:
            try:
                await work
            except (TaleloomError, *UNSENT) as error:
                log.warning("game not gone on with", reason=str(error))

        self._tasks.add(task := asyncio.create_task(run()))
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """End what goes on beside the games."""
        await self._suggesting.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def show(self, stored: StoredGame) -> Show:
        """Give how what the model writes is shown."""

        async def show(outcome: Outcome, speak: Translate) -> tuple[list[str], discord.ui.View | None]:
            if stored.game.kind in VOTED:
                turns = [outcome.turn, *outcome.others]
                named = [(turn, describe.choice_name(number)) for number, turn in enumerate(turns)]
                return passages.offered(named, speak), None
            return await self._pages.page(outcome.turn, speak)

        return show

    async def show_turn(self, channel: Messageable, stored: StoredGame, turn: Turn, speak: Translate) -> None:
        """Post a turn: a passage of the story, or what somebody puts to the vote."""
        await self.post(channel, stored, turn, *await self.drawn(stored, turn, speak))

    async def _tidy(self, channel: Messageable, stored: StoredGame, turn: Turn) -> None:
        """Take the buttons from the passage before, where each is a line or a word: they would fill the channel."""
        before = await self._store.stories.parent(turn)
        if stored.game.kind not in SHAPES or before is None or before.parent_id is None:
            return
        for message in (await self._store.stories.messages(before.id))[-1:]:
            with suppress(*UNSENT):
                await channel.get_partial_message(message).edit(view=None)  # type: ignore[attr-defined]

    async def drawn(self, stored: StoredGame, turn: Turn, speak: Translate) -> tuple[list[str], discord.ui.View | None]:
        """Give the messages that show a turn, and the buttons beneath the last."""
        number = next((n for n, choice in enumerate(stored.game.state.choices) if choice.turn == turn.id), None)
        if number is not None and stored.story.head_id != turn.id:
            return passages.entry(turn, number, speak), None
        return await self._pages.page(turn, speak)

    async def post(
        self,
        channel: Messageable,
        stored: StoredGame,
        turn: Turn,
        contents: Sequence[str],
        view: discord.ui.View | None,
    ) -> None:
        """Post what shows a turn, and write down where it stands.

        Raises:
            discord.HTTPException: Discord did not take it.
        """
        sent = []
        for number, content in enumerate(contents):
            beneath = view if view is not None and number == len(contents) - 1 else discord.utils.MISSING
            sent.append(MessageId((await channel.send(content, view=beneath)).id))
        await self._store.stories.record_messages(turn.id, ChannelId(stored.story.channel_id), sent)

    async def _tell(self, channel: Messageable, played: Played, speak: Translate) -> None:
        for happening in played.happenings:
            if isinstance(happening, Chosen):
                await self._show_chosen(channel, played.game, happening, speak)
            elif line := describe.told(happening, played.game, speak):
                late = played.game.game.seated(happening.seat) if isinstance(happening, Reminder) else None
                await channel.send(line, allowed_mentions=only(late))

    async def _show_chosen(self, channel: Messageable, stored: StoredGame, chosen: Chosen, speak: Translate) -> None:
        """Post the continuation that won, as the passage that it is now."""
        turn = await self._store.stories.turn(chosen.choice.turn)
        if turn is None:
            return
        contents, view = await self._pages.page(turn, speak)
        lines = [describe.told(chosen, stored, speak)]
        if stored.game.kind is GameKind.DUEL:
            lines += await self._unveil(chosen, speak)
        head = "\n".join(f"-# {line}" for line in lines)
        await self.post(
            channel, stored, turn, [render.in_one_message(f"{head}\n{contents[0].lstrip()}"), *contents[1:]], view
        )

    async def _unveil(self, chosen: Chosen, speak: Translate) -> list[str]:
        """Say how the texts of a duel were written."""
        found = [await self._store.stories.turn(choice.turn) for choice in chosen.among]
        return [
            f"{describe.choice_name(number)}: {render.manner(turn, speak)}" for number, turn in enumerate(found) if turn
        ]

    async def _host(self, story: Story) -> discord.User | discord.Member:
        """Give who hosts a story, with the roles that they have where it is played."""
        guild = self._client.get_guild(story.guild_id or 0)
        with suppress(*UNSENT):
            if guild is not None:
                return guild.get_member(story.author_id) or await guild.fetch_member(story.author_id)
        return await self._user(story.author_id)

    async def _user(self, user_id: UserId) -> discord.User:
        return self._client.get_user(user_id) or await self._client.fetch_user(user_id)

    async def end_gone(self, games: Sequence[StoredGame]) -> None:
        """End those of some games whose channels were deleted: nobody could do so in them."""
        for stored in games:
            if await self._panels.is_gone(stored):
                await self.end_without_channel(stored)

    async def end_without_channel(self, stored: StoredGame) -> None:
        """End a game whose channel was deleted; the story is kept."""
        log.info("game's channel was deleted", story=stored.story.id)
        with suppress(TaleloomError):
            await self._games.do(stored.story.id, play.end)
        await self._store.games.close(stored.story.id)

    async def _lost(self, stored: StoredGame) -> None:
        """Pause a game whose channel the bot can no longer write in, and tell its host; end it if that is deleted."""
        if await self._panels.is_gone(stored):
            await self.end_without_channel(stored)
            return
        log.info("game's channel is closed to the bot", story=stored.story.id)
        with suppress(TaleloomError):
            await self._games.do(stored.story.id, play.pause)
        speak = self._texts.speak(stored.locale)
        with suppress(*UNSENT):
            host = await self._user(stored.story.author_id)
            await host.send(describe.lost(stored, speak))


async def _is_member(guild: discord.Guild, user_id: UserId) -> bool:
    """Say whether somebody is in a server; the bot is not told of those who leave."""
    try:
        await guild.fetch_member(user_id)
    except discord.NotFound:
        return False
    except UNSENT:
        return True
    return True
