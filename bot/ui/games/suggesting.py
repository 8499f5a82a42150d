"""Asks for suggested actions behind everybody's back, and puts them on the panel when they are there."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bot.errors import TaleloomError
from bot.games import GameKind, Phase
from bot.stories.games.happenings import Step
from bot.ui.streaming import UNSENT

if TYPE_CHECKING:
    from bot.games import Game
    from bot.ids import StoryId
    from bot.store.games import StoredGame
    from bot.ui.games.panels import Panels
    from bot.writing.games import Games
    from bot.writing.suggestions import Suggester

log = structlog.get_logger(__name__)


class Suggesting:
    """Holds what is being thought of for each story; a turn that is taken meanwhile ends it.

    Args:
        suggester: Thinks of actions.
        games: Keeps them.
        panels: Shows them.
    """

    def __init__(self, suggester: Suggester, games: Games, panels: Panels) -> None:
        self._suggester = suggester
        self._games = games
        self._panels = panels
        self._tasks: dict[StoryId, tuple[int, asyncio.Task[None]]] = {}

    def begin(self, stored: StoredGame) -> None:
        """Let actions be thought of where a game wants some and has none; nobody waits for them."""
        game, story, number = stored.game, stored.story.id, stored.game.state.number
        running, _ = self._tasks.get(story, (None, None))
        if running == number:
            return
        self.drop(story)
        playing = game.kind is GameKind.ADVENTURE and game.state.phase is Phase.PEOPLE
        if playing and game.rules.suggestions and not game.state.suggestions:
            task = asyncio.create_task(self._suggest(story, number))
            self._tasks[story] = number, task
            task.add_done_callback(lambda done: self._forget(story, done))

    def drop(self, story: StoryId) -> None:
        """Give up what is being thought of for a story."""
        if running := self._tasks.pop(story, None):
            running[1].cancel()

    async def close(self) -> None:
        """Give up everything, and wait until it has ended."""
        tasks = [task for _, task in self._tasks.values()]
        for story in list(self._tasks):
            self.drop(story)
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget(self, story: StoryId, task: asyncio.Task[None]) -> None:
        if self._tasks.get(story, (0, None))[1] is task:
            del self._tasks[story]

    async def _suggest(self, story: StoryId, number: int) -> None:
        try:
            # A step may have been followed by a move within the story.
            found = await self._suggester.suggest(await self._games.get(story))
            if found:
                await self._games.do(story, lambda game: _offer(game, found), number)
                await self._panels.show(story)
        except (TaleloomError, *UNSENT) as error:
            # It went on meanwhile, or the model could not: the story is played without.
            log.info("nothing suggested", story=story, error=type(error).__name__)


def _offer(game: Game, found: tuple[str, ...]) -> Step:
    return Step(replace(game, state=replace(game.state, suggestions=found)))
