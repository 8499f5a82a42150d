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
        self._tasks: dict[StoryId, asyncio.Task[None]] = {}

    def begin(self, stored: StoredGame) -> None:
        """Let actions be thought of where a game wants some; nobody waits for them."""
        game, story = stored.game, stored.story.id
        wanted = game.kind is GameKind.ADVENTURE and game.state.phase is Phase.PEOPLE and game.rules.suggestions
        if wanted:
            self.drop(story)
            task = self._tasks[story] = asyncio.create_task(self._suggest(stored))
            task.add_done_callback(lambda done: self._forget(story, done))

    def drop(self, story: StoryId) -> None:
        """Give up what is being thought of for a story."""
        if task := self._tasks.pop(story, None):
            task.cancel()

    async def close(self) -> None:
        """Give up everything, and wait until it has ended."""
        tasks = list(self._tasks.values())
        for story in list(self._tasks):
            self.drop(story)
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget(self, story: StoryId, task: asyncio.Task[None]) -> None:
        if self._tasks.get(story) is task:
            del self._tasks[story]

    async def _suggest(self, stored: StoredGame) -> None:
        try:
            found = await self._suggester.suggest(stored)
            if found:
                await self._games.do(stored.story.id, lambda game: _offer(game, found), stored.game.state.number)
                await self._panels.show(stored.story.id)
        except (TaleloomError, *UNSENT) as error:
            # It went on meanwhile, or the model could not: the story is played without.
            log.info("nothing suggested", story=stored.story.id, error=type(error).__name__)


def _offer(game: Game, found: tuple[str, ...]) -> Step:
    return Step(replace(game, state=replace(game.state, suggestions=found)))
