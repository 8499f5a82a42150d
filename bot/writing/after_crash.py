"""What a crash left of games that waited for the model."""

from __future__ import annotations

from bot.games import GameKind
from bot.ids import StoryId
from bot.store import Database
from bot.store.games import StoredGame
from bot.turns import Turn, TurnKind
from bot.writing.games import Games


class AfterCrash:
    """Finds what was kept of the model's texts before the game could know of it.

    Args:
        games: The games.
        store: Where their texts are kept.
    """

    def __init__(self, games: Games, store: Database) -> None:
        self._games = games
        self._store = store

    async def restore(self, story_id: StoryId) -> StoredGame:
        """Put half a duel, which has moved its story on, beside it, and ask anew; give the game as it goes on."""
        stored = await self._games.get(story_id)
        kept = await self._kept(stored)
        if stored.game.kind is not GameKind.DUEL or len(kept) != 1 or kept[0].parent_id is None:
            return stored
        await self._store.stories.move_head(story_id, kept[0].parent_id)
        await self._store.games.ask_anew(story_id)
        return await self._games.get(story_id)

    async def answers(self, story_id: StoryId) -> tuple[Turn, ...]:
        """Give what the model wrote since it was asked."""
        return await self._kept(await self._games.get(story_id))

    async def _kept(self, stored: StoredGame) -> tuple[Turn, ...]:
        if stored.asked_after is None:
            return ()
        turns = await self._store.stories.since(stored.story.id, stored.asked_after)
        written = [turn for turn in turns if turn.kind is TurnKind.MODEL]
        return tuple(turn for turn in written if turn.parent_id == written[0].parent_id)
