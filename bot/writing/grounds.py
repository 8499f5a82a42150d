"""What a text grows from: a prompt that begins a story, or a turn of one that is there."""

from __future__ import annotations

from dataclasses import dataclass

from bot.games import Phase
from bot.ids import StoryId, TurnId, UserId
from bot.lore import NO_LORE, Lore
from bot.store import Database
from bot.stories.branch import text_of
from bot.stories.games.errors import EndedError
from bot.stories.openings import Prompt, read_prompt
from bot.turns import Draft, Story, Turn, TurnKind
from bot.writing import errors
from bot.writing.channel_errors import ForgottenError, PlayedError
from bot.writing.details import BORROWED
from bot.writing.requests import WriteRequest


@dataclass(frozen=True, slots=True)
class Ground:
    """What a text grows from."""

    story: Story
    parent: Turn
    prompt: Prompt
    text: str
    """The whole branch, from its opening on."""
    shown: str
    """What was typed, shown before the text; empty when a story goes on."""
    lore: Lore = NO_LORE
    """What the model is told beside the story."""

    @property
    def words(self) -> str:
        """Words to tell the story's language by."""
        return self.text or self.prompt.instruction


class Grounds:
    """Finds what requests write on from, and begins stories.

    Args:
        store: Where stories live.
    """

    def __init__(self, store: Database) -> None:
        self._store = store

    async def check(self, turn_id: TurnId, game: StoryId | None = None) -> StoryId:
        """See that a turn can be gone on from, and give its story.

        Args:
            turn_id: The turn.
            game: The game that asks; nobody else goes on with its story while it is played.

        Raises:
            StoryGoneError, ForgottenError, PlayedError, EndedError: it cannot.
        """
        story = await self._story_of(await self._store.stories.turn(turn_id))
        phase = await self._store.games.phase(story.id) if game is None else None
        if phase is not None:
            raise EndedError if phase is Phase.ENDED else PlayedError
        return story.id

    async def told(self, request: WriteRequest) -> str:
        """Give the text that a request's own words are put behind; empty where they begin a story, or it has none."""
        if request.parent_id is None or not request.prompt:
            return ""
        return text_of(await self._store.stories.path(request.parent_id))

    async def prepare(self, request: WriteRequest, opening: str) -> Ground:
        """Find the turn that a request writes on from, or begin a story with its prompt.

        Args:
            request: The request.
            opening: Its prompt, as safety lets it pass.

        Raises:
            StoryGoneError, ForgottenError: the story cannot be gone on with.
            AllHiddenError: the model would see nothing of it.
        """
        if request.parent_id is not None:
            return await self._branch(request.parent_id, opening, request.user_id)
        details = {BORROWED: True} if request.borrowed else {}
        draft = Draft(kind=TurnKind.PROMPT, text=opening, author_id=request.user_id, details=details)
        story, turn = await self._store.stories.begin(
            draft,
            guild_id=request.guild_id,
            channel_id=request.channel_id,
            author_id=request.user_id,
            private=request.private,
        )
        prompt = read_prompt(turn.text)
        return Ground(story, turn, prompt, prompt.opening, turn.text)

    async def _branch(self, parent: TurnId, added: str, author: UserId) -> Ground:
        path = await self._store.stories.path(parent)
        story = await self._story_of(path[-1] if path else None)
        if added:
            draft = Draft(kind=TurnKind.PROMPT, text=added, author_id=author)
            path = (*path, await self._store.stories.append(parent, draft))
        shown = path[0].text if len(path) == 1 else ""
        prompt, text = Prompt("") if path[0].hidden else read_prompt(path[0].text), text_of(path)
        if not (text.strip() or prompt.instruction):
            raise errors.AllHiddenError
        return Ground(story, path[-1], prompt, text, shown, await self._store.lore.of(story.id))

    async def _story_of(self, turn: Turn | None) -> Story:
        story = await self._store.stories.story(turn.story_id) if turn else None
        if story is None or story.deleted_at is not None:
            raise errors.StoryGoneError
        # By when the story began: what was reworded, or was being written then, is younger than the words in it.
        forgotten = await self._store.channels.forgotten_at(story.channel_id)
        if forgotten and story.created_at <= forgotten:
            raise ForgottenError(at=int(forgotten.timestamp()))
        return story
