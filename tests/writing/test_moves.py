"""Whatever a writer's hands do, every wording can be reached, and what is shown is what the engine is given next."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.ids import ChannelId, UserId
from bot.safety.layer import Safety
from bot.safety.words.lexicon import Lexicon
from bot.store import Database
from bot.turns import Draft, Turn, TurnKind
from bot.writing import errors
from bot.writing.door import Door
from bot.writing.moves import Moves
from tests.fake_engine import FakeEngine
from tests.writing.desk import WORDS, Desk
from tests.writing.desk import settings as desk_settings

AUTHOR = UserId(1)
DOINGS = ("continue", "retry", "undo", "redo", "previous", "next", "edit", "edit prompt", "hide", "unhide", "delete")


class Hands:
    """A writer at one message, and all that was ever seen in it."""

    def __init__(self, store: Database) -> None:
        self.store = store
        self.desk = Desk(store, FakeEngine(), desk_settings())
        self.moves = Moves(store, Door(Safety([Lexicon(WORDS)])), now=lambda: datetime.now(UTC))
        self.seen: set[str] = set()
        self.count = 0

    async def begin(self) -> None:
        outcome = await self.desk.write("It began.")
        self.turn = outcome.turn
        self.seen |= {"It began.", outcome.text}

    async def do(self, doing: str) -> None:
        """Do one thing; what cannot be done here changes nothing."""
        self.count += 1
        try:
            self.turn = await self._next(doing)
        except (errors.NothingToUndoError, errors.NothingToRedoError, errors.AllHiddenError):
            return
        self.seen.add(self.turn.text)

    async def reworded(self, turn: Turn, text: str, by: UserId, *, prompt: str | None = None) -> Turn:
        """Put other words in a turn's place."""
        return await self.moves.reword(await self.moves.read(turn, text, by, prompt=prompt))

    async def _next(self, doing: str) -> Turn:
        match doing:
            case "continue":
                return await self._written(self.turn)
            case "retry":
                return await self._written(await self.moves.before(self.turn))
            case "edit":
                return await self.reworded(self.turn, f"Words {self.count}.", AUTHOR)
            case "edit prompt":
                prompt = f"Prompt {self.count}."
                before = await self.moves.before(self.turn)
                turn = await self.reworded(
                    self.turn, self.turn.text, AUTHOR, prompt=prompt if before.parent_id is None else None
                )
                self.seen |= {prompt} if before.parent_id is None else set()
                return turn
            case "hide" | "unhide":
                return await self.moves.hide(self.turn, hidden=doing == "hide")
            case "delete":
                story = await self.store.stories.story(self.turn.story_id)
                assert story
                await self.moves.delete(story)
                gone = await self.store.stories.story(story.id)
                assert gone
                await self.moves.bring_back(gone)
                return self.turn
        turn = await {
            "undo": lambda: self.moves.before(self.turn),
            "redo": lambda: self.moves.after(self.turn),
            "previous": lambda: self.moves.beside(self.turn, -1),
            "next": lambda: self.moves.beside(self.turn, 1),
        }[doing]()
        await self.moves.go_to(turn)
        return turn

    async def _written(self, parent: Turn) -> Turn:
        self.count += 1
        return (await self.desk.write(parent_id=parent.id, seed=self.count)).turn

    async def shown(self) -> str:
        """What a reader sees of the story, without what is hidden."""
        branch = await self.store.stories.path(self.turn.id)
        return " ".join(turn.text.strip() for turn in branch if not turn.hidden)

    async def reachable(self) -> set[str]:
        """Every wording that undo, redo and the arrows lead to."""
        found: dict[int, str] = {}
        waiting = [self.turn]
        while waiting:
            turn = waiting.pop()
            if turn.id in found:
                continue
            found[turn.id] = turn.text
            standing = await self.moves.standing(turn)
            waiting += standing.variants
            waiting += [standing.following] if standing.following else []
            waiting += [await self.moves.before(turn)] if turn.parent_id else []
        return set(found.values())


@asynccontextmanager
async def hands() -> AsyncIterator[Hands]:
    store = await Database.open("sqlite+aiosqlite://")
    try:
        opened = Hands(store)
        await opened.begin()
        yield opened
    finally:
        await store.close()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(DOINGS), max_size=14))
async def test_whatever_is_done_nothing_is_lost_and_the_model_sees_what_is_shown(doings: Sequence[str]) -> None:
    async with hands() as writer:
        for doing in doings:
            await writer.do(doing)
        assert writer.seen <= await writer.reachable()
        story = await writer.store.stories.story(writer.turn.story_id)
        assert story
        assert story.head_id == writer.turn.id
        expected = await writer.shown()
        if expected:
            await writer.do("continue")
            assert writer.desk.engine.requests[-1].prompt == expected


async def test_redo_follows_the_branch_that_was_undone_and_not_the_newest() -> None:
    async with hands() as writer:
        first = writer.turn
        for doing in ("continue", "retry", "previous"):
            await writer.do(doing)
        older = writer.turn
        await writer.do("undo")
        assert writer.turn == first
        await writer.do("redo")
        assert writer.turn == older


async def test_a_deleted_story_is_brought_back_within_ten_minutes_only() -> None:
    async with hands() as writer:
        story = await writer.store.stories.story(writer.turn.story_id)
        assert story
        await writer.moves.delete(story)
        with pytest.raises(errors.StoryGoneError):
            await writer.moves.delete(story)
        gone = await writer.store.stories.story(story.id)
        assert gone
        late = Moves(writer.store, Door(Safety([Lexicon(WORDS)])), now=lambda: datetime.max.replace(tzinfo=UTC))
        with pytest.raises(errors.TooLateError):
            await late.bring_back(gone)
        await writer.moves.bring_back(gone)
        assert (await writer.store.stories.story(story.id)) == story


async def test_bad_words_are_masked_in_a_new_wording_and_slurs_refused() -> None:
    async with hands() as writer:
        turn = await writer.reworded(writer.turn, "What a badword day.", AUTHOR)
        assert "badword" not in turn.text
        with pytest.raises(errors.WordingRefusedError):
            await writer.reworded(writer.turn, "You slurword!", AUTHOR)
        with pytest.raises(errors.EmptyWordingError):
            await writer.reworded(writer.turn, " \n ", AUTHOR)


async def test_other_words_keep_what_the_call_had_named() -> None:
    async with hands() as writer:
        written = (await writer.desk.write("It began.", options={"temperature": 1.2})).turn
        turn = await writer.reworded(written, "Other words.", AUTHOR)
        assert turn.details["options"] == {"temperature": 1.2}
        assert (turn.author_id, turn.kind) == (AUTHOR, TurnKind.MODEL)


async def test_other_words_are_read_with_what_they_stand_behind(store: Database) -> None:
    moves = Moves(store, Door(Safety([Lexicon(WORDS)])), now=lambda: datetime.now(UTC))
    opening = Draft(kind=TurnKind.PROMPT, text="They told him that he was a slur", author_id=AUTHOR)
    begun, root = await store.stories.begin(
        opening, guild_id=None, channel_id=ChannelId(9), author_id=AUTHOR, private=False
    )
    turn = await store.stories.append(root.id, Draft(kind=TurnKind.PROMPT, text="red lizard.", author_id=AUTHOR))
    with pytest.raises(errors.WordingRefusedError):
        await moves.read(turn, "word lizard.", AUTHOR)
    kept = await moves.read(turn, "ped lizard.", AUTHOR)
    assert (kept.words, kept.prompt) == ("ped lizard.", None)

    other = await moves.reword(await moves.read(turn, "word lizard.", AUTHOR, prompt="A good"))
    assert [each.text for each in await store.stories.path(other.id)] == ["A good", "word lizard."]
    with pytest.raises(errors.WordingRefusedError):
        await moves.read(other, "word lizard.", AUTHOR, prompt=opening.text)
    again = await moves.read(other, "word lizard.", AUTHOR, prompt="A kind")
    assert (again.words, again.prompt) == (None, "A kind")
    assert begun.id == other.story_id
