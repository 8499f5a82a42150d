"""What is done with a story that is there: back and forth, other words, out of the model's sight, away and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.ids import UserId
from bot.store import Database
from bot.stories.branch import join, text_of
from bot.turns import Draft, Story, Turn, TurnKind
from bot.writing import errors
from bot.writing.details import TurnDetails
from bot.writing.door import Door
from bot.writing.prompts import opening_of, standing_before

WAY_BACK = timedelta(minutes=10)
"""How long a deleted story can be brought back by the button that stands in its place."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A turn, and what lies around it."""

    turn: Turn
    variants: tuple[Turn, ...]
    """The turns in this one's place, oldest first, itself among them."""
    following: Turn | None
    """What Redo goes to."""

    @property
    def place(self) -> tuple[int, int]:
        """Which of its variants the turn is, counted from 1, and how many there are."""
        return [variant.id for variant in self.variants].index(self.turn.id) + 1, len(self.variants)


@dataclass(frozen=True, slots=True)
class Wording:
    """Other words for a turn, which safety has read."""

    turn: Turn
    before: Turn | None
    words: str | None
    """None for its own."""
    prompt: str | None
    """Of the turn before it; None for its own."""
    by: UserId

    @property
    def is_kept(self) -> bool:
        """Whether all words are what they were."""
        return self.words is None and self.prompt is None


class Moves:
    """Moves within stories. Whether somebody may is asked before.

    Every wording stays: `before`, `after` and `beside` alone lead from any turn of a story to any other.

    Args:
        store: Where stories live.
        door: What reads a person's words.
        now: The time.
    """

    def __init__(self, store: Database, door: Door, *, now: Callable[[], datetime]) -> None:
        self._store = store
        self._door = door
        self._now = now

    async def standing(self, turn: Turn) -> Standing:
        """Say what lies around a turn."""
        stories = self._store.stories
        return Standing(turn, await stories.variants(turn), await stories.following(turn))

    async def before(self, turn: Turn) -> Turn:
        """Give what Undo goes to.

        Raises:
            NothingToUndoError: it is the story's beginning.
        """
        before = await self._store.stories.parent(turn)
        if before is None:
            raise errors.NothingToUndoError
        return before

    async def after(self, turn: Turn) -> Turn:
        """Give what Redo goes to.

        Raises:
            NothingToRedoError: nothing follows.
        """
        after = await self._store.stories.following(turn)
        if after is None:
            raise errors.NothingToRedoError
        return after

    async def beside(self, turn: Turn, steps: int) -> Turn:
        """Give another variant; beyond the first and the last there is none."""
        standing = await self.standing(turn)
        number, count = standing.place
        return standing.variants[min(max(number + steps, 1), count) - 1]

    async def go_to(self, turn: Turn) -> None:
        """Show the story up to a turn.

        Raises:
            StoryGoneError
        """
        await self._store.stories.move_head(turn.story_id, turn.id)

    async def read(self, turn: Turn, text: str, by: UserId, *, prompt: str | None = None) -> Wording:
        """Let safety read other words for a turn, with what they are to stand behind, before anything changes.

        Args:
            turn: The turn.
            text: Its new words; they may be its own.
            by: Whose words they are.
            prompt: Other words for the prompt before it, where it follows one.

        Raises:
            EmptyWordingError: nothing is left.
            WordingRefusedError: the safety layer refuses it.
        """
        branch = await self._store.stories.path(turn.parent_id) if turn.parent_id else ()
        before = branch[-1] if branch else None
        passage = await self._door.of_number(self._store, turn.story_id, by)
        typed, own = text.strip(), turn.text.strip()
        words = asked = None
        if before is not None and prompt is not None and prompt.strip() != before.text.strip():
            asked = opening_of(prompt)
            asked = await passage.words(asked, standing_before(text_of(branch[:-1]), asked))
            branch = (*branch[:-1], replace(before, text=asked, hidden=False))
        if typed != own or asked is not None:
            # Words that stay are read too where others come to stand before them.
            read = await passage.words(typed, join(text_of(branch), _spaced(turn, typed)).removesuffix(typed))
            words = None if read.strip() == own else read
        return Wording(turn, before, words, asked, by)

    async def reword(self, wording: Wording) -> Turn:
        """Put other words in a turn's place; the old ones stay as a variant.

        Args:
            wording: As `read` gave it; nothing changes where the words are the turn's own.

        Returns:
            The turn that is shown now.

        Raises:
            StoryGoneError: the story was deleted.
        """
        turn, before, by = wording.turn, wording.before, wording.by
        if wording.is_kept:
            return turn
        if before is not None and wording.prompt is not None:
            before = await self._put(before, Draft(kind=before.kind, text=wording.prompt, author_id=by))
        if wording.words is not None:
            draft = Draft(kind=turn.kind, text=_spaced(turn, wording.words), author_id=by, details=_reworded(turn))
        else:
            draft = _copy(turn)
        return await self._put(turn, draft) if before is None else await self._store.stories.append(before.id, draft)

    async def _put(self, turn: Turn, draft: Draft) -> Turn:
        stories = self._store.stories
        if turn.parent_id is None:
            return await stories.reword(turn.story_id, draft)
        return await stories.append(turn.parent_id, draft)

    async def hide(self, turn: Turn, *, hidden: bool) -> Turn:
        """Keep a turn from the model, or give it back to it."""
        await self._store.stories.hide(turn.id, hidden=hidden)
        return await self._store.stories.turn(turn.id) or turn

    async def delete(self, story: Story) -> datetime:
        """Delete a story.

        Returns:
            Until when it can be brought back.

        Raises:
            StoryGoneError: somebody did so before.
        """
        if not await self._store.stories.delete(story.id):
            raise errors.StoryGoneError
        return self._now() + WAY_BACK

    async def bring_back(self, story: Story) -> None:
        """Take a deletion back.

        Raises:
            TooLateError: it is too long ago.
        """
        if story.deleted_at is None:
            return
        if not await self._store.stories.restore(story.id, deleted_after=self._now() - WAY_BACK):
            raise errors.TooLateError


def _spaced(turn: Turn, text: str) -> str:
    """Keep the space that stands before a turn: people do not see it in what they edit."""
    text = text.strip()
    if turn.kind is TurnKind.MODEL and turn.text[:1].isspace():
        return turn.text[: len(turn.text) - len(turn.text.lstrip())] + text
    return text


def _reworded(turn: Turn) -> dict[str, object]:
    """Give what holds for other words too: what goes on from them takes the same options over."""
    if turn.kind is not TurnKind.MODEL:
        return {}
    return TurnDetails.of(turn).model_dump(mode="json", include={"options", "genre", "tone"}) | {"reworded": True}


def _copy(turn: Turn) -> Draft:
    return Draft(**{name: getattr(turn, name) for name in Draft.__dataclass_fields__})
