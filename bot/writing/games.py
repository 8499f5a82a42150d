"""What people and the model do in a game: each step is judged by its rules, and kept whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from weakref import WeakValueDictionary

from bot.errors import N_
from bot.games import VOTED, Game, GameKind, Phase
from bot.ids import ChannelId, GuildId, StoryId, TurnId, UserId
from bot.store import Database
from bot.store.comparisons import Arena, Comparison
from bot.store.games import StoredGame
from bot.stories.branch import PARTED_BY, text_of
from bot.stories.games import ballot, dice, inputs, play, relay
from bot.stories.games.errors import EndedError, GameError
from bot.stories.games.happenings import Chosen, Happening, Step
from bot.stories.games.inputs import Form
from bot.stories.openings import is_chinese
from bot.turns import Draft, Turn, TurnKind
from bot.writing.beginnings import TITLE_LETTERS, Beginning, read_beginning
from bot.writing.details import BORROWED
from bot.writing.door import Door, Place
from bot.writing.gate import refuse_blocked
from bot.writing.scenarios import furnish

FORM, DIE = "form", "die"
"""Names among a turn's details: how an adventurer meant it, and what was thrown for it."""


class NoGameError(GameError):
    """Nothing is played there."""

    template = N_("There is no story game here. /story start begins one.")


class BotPlayerError(GameError):
    """A bot cannot play."""

    template = N_("A bot cannot play. The model takes part anyway.")


class OutOfDateError(GameError):
    """A button of an earlier step was pressed."""

    template = N_("The story has gone on since then. Use the buttons beneath its newest passage.")


@dataclass(frozen=True, slots=True)
class Played:
    """A game after a step."""

    game: StoredGame
    happenings: tuple[Happening, ...] = ()
    turn: Turn | None = None
    """What a person wrote in it."""


class Games:
    """Carries games from one step to the next. Whether somebody may be their host is asked before.

    Args:
        store: Where they are kept.
        door: What reads all that people type.
        now: The time.
    """

    def __init__(self, store: Database, door: Door, *, now: Callable[[], datetime]) -> None:
        self._store = store
        self._door = door
        self._now = now
        self._wake: Callable[[datetime], None] = lambda _: None
        self._guild_locks: WeakValueDictionary[GuildId, asyncio.Lock] = WeakValueDictionary()
        self._locks: WeakValueDictionary[StoryId, asyncio.Lock] = WeakValueDictionary()

    def wake_by(self, wake: Callable[[datetime], None]) -> None:
        """Call this whenever a game gets a moment at which something is to be done for it."""
        self._wake = wake

    async def read_beginning(self, beginning: Beginning) -> Beginning:
        """Let safety read what a game is to begin with; see `beginnings.read_beginning`."""
        place = Place(beginning.guild_id, beginning.channel_id, beginning.host)
        return await read_beginning(await self._door.at(place), beginning)

    def beginning_in(self, guild_id: GuildId) -> asyncio.Lock:
        """Give what whoever begins a game in a server holds, from counting the games there to the new one."""
        return self._guild_locks.setdefault(guild_id, asyncio.Lock())

    async def begin(self, beginning: Beginning) -> Played:
        """Begin a game.

        Args:
            beginning: As `read_beginning` gave it.
        """
        details = {BORROWED: True} if beginning.borrowed else {}
        draft = Draft(kind=TurnKind.PROMPT, text=beginning.opening, author_id=beginning.host, details=details)
        story, _ = await self._store.stories.begin(
            draft,
            guild_id=beginning.guild_id,
            channel_id=beginning.channel_id,
            author_id=beginning.host,
            private=False,
        )
        if beginning.scenario is not None:
            await furnish(self._store.lore, story.id, beginning.scenario, beginning.host)
        step = play.begin(beginning.kind, beginning.rules, beginning.host, self._now())
        game = await self._store.games.begin(story.id, step.game, title=beginning.title, locale=beginning.locale)
        self._plan(game)
        return Played(game, step.happenings)

    async def get(self, story_id: StoryId) -> StoredGame:
        """Give a game.

        Raises:
            NoGameError: there is none, or its story was deleted.
        """
        game = await self._store.games.get(story_id)
        if game is None or game.story.deleted_at is not None:
            raise NoGameError
        return game

    async def here(self, channel_id: ChannelId) -> StoredGame:
        """Give the newest game of a channel that has not ended.

        Raises:
            NoGameError: there is none.
        """
        games = await self._store.games.running_in(channel_id)
        if not games:
            raise NoGameError
        return games[0]

    async def last(self, channel_id: ChannelId) -> StoredGame:
        """Give the newest game of a channel that has not ended, or else the newest that has.

        Raises:
            NoGameError: there is none.
        """
        games = await self._store.games.running_in(channel_id) or await self._store.games.ended_in(channel_id, limit=1)
        if not games:
            raise NoGameError
        return games[0]

    async def rename(self, story_id: StoryId, title: str) -> StoredGame:
        """Give a game another title.

        Raises:
            WordingRefusedError, EmptyWordingError: the safety layer refuses it.
        """
        passage = await self._door.of_number(self._store, story_id)
        words = " ".join((await passage.words(title)).split())[:TITLE_LETTERS]
        await self._store.games.describe(story_id, title=words)
        return await self.get(story_id)

    async def hand_over(self, story_id: StoryId, host: UserId) -> StoredGame:
        """Give a game another host, who plays then.

        Raises:
            GameError: this person cannot join.
        """
        await self.do(story_id, lambda game: play.join(game, host, invited=True))
        await self._store.games.hand_over(story_id, host)
        return await self.get(story_id)

    async def do(
        self,
        story_id: StoryId,
        change: Callable[[Game], Step],
        number: int | None = None,
        *,
        by: UserId | None = None,
    ) -> Played:
        """Let something happen in a game.

        Args:
            story_id: The game's story.
            change: One of the rules of `stories.games`.
            number: The step that whoever does it saw; None where that does not matter.
            by: Who does it; None where it is nobody, or somebody who may always.

        Raises:
            GameError: the rules do not allow it, or the game has gone on.
            GameMovedOnError: somebody else was quicker.
            BlockedError: this person may not use the bot here.
        """
        async with self._lock(story_id):
            stored = await self._current(story_id, number)
            if by is not None:
                await refuse_blocked(self._store.blocks, stored.story.guild_id, by)
            return await self._keep(stored, change)

    async def write(
        self, story_id: StoryId, user_id: UserId, typed: str, *, form: Form = Form.STORY, number: int | None = None
    ) -> Played:
        """Let a person write a turn, or put a continuation of theirs to the vote.

        Args:
            story_id: The game's story.
            user_id: Who.
            typed: Their words.
            form: How they are meant.
            number: The step that they saw.

        Raises:
            GameError: they may not, or not so.
            WordingRefusedError, EmptyWordingError: the safety layer refuses the words.
        """
        async with self._lock(story_id):
            stored = await self._current(story_id, number)
            game, votes = stored.game, stored.game.kind in VOTED
            (ballot.may_enter if votes else relay.may_write)(game, user_id)
            await refuse_blocked(self._store.blocks, stored.story.guild_id, user_id)
            story = text_of(await self._store.stories.path(stored.story.head_id))
            given = inputs.read(game.kind, game.rules, typed, story, form)
            draft = await self._draft(stored, user_id, given, form, story)
            if votes:
                return await self._enter(stored, user_id, draft)
            return await self._keep(
                stored, lambda now: relay.wrote(now, user_id, given.words, self._now()), draft=draft
            )

    async def model_wrote(self, story_id: StoryId, turns: Sequence[TurnId]) -> Played:
        """Go on after what the model wrote; a vote goes on from the turn before it until it is over."""
        async with self._lock(story_id):
            stored = await self.get(story_id)
            head = None
            if stored.game.kind in VOTED and turns:
                first = await self._store.stories.turn(turns[0])
                head = first.parent_id if first else None
            return await self._keep(stored, lambda game: play.model_wrote(game, turns, self._now()), head=head)

    async def model_failed(self, story_id: StoryId) -> Played:
        """Go on although the model could not write."""
        return await self.do(story_id, lambda game: play.model_failed(game, self._now()))

    async def is_played(self, story_id: StoryId) -> bool:
        """Say whether a story goes on by a game's rules."""
        return await self._store.games.phase(story_id) not in {None, Phase.ENDED}

    async def moved(self, story_id: StoryId) -> Played | None:
        """Prepare for a story to be moved to another turn; None if nothing is played in it.

        Raises:
            ModelWritesError: the model goes on from where it is.
            EndedError: the story stays as it ended.
        """
        phase = await self._store.games.phase(story_id)
        if phase is Phase.ENDED:
            raise EndedError
        if phase is None:
            return None
        return await self.do(story_id, lambda game: play.moved(game, self._now()))

    async def ask_again(self, turn: Turn) -> Played:
        """Let the model write something else in the place of a turn of its own.

        Raises:
            GameError: it is not people's turn now, or nothing is played.
        """
        async with self._lock(turn.story_id):
            stored = await self.get(turn.story_id)
            return await self._keep(stored, relay.again, head=turn.parent_id)

    async def due(self) -> tuple[StoryId, ...]:
        """Give the games for which something is to be done now, longest overdue first."""
        return await self._store.games.due(self._now())

    async def next_due(self) -> datetime | None:
        """Give when something is to be done next; None if never."""
        return await self._store.games.next_due()

    async def running(self) -> tuple[StoryId, ...]:
        """Give the games that wait for somebody, oldest first."""
        return await self._store.games.in_phases((Phase.PEOPLE, Phase.MODEL, Phase.VOTE))

    async def time_came(self, story_id: StoryId) -> Played:
        """Do what is due."""
        return await self.do(story_id, lambda game: play.time_came(game, self._now()))

    async def _current(self, story_id: StoryId, number: int | None) -> StoredGame:
        stored = await self.get(story_id)
        require_current(stored.game, number)
        return stored

    async def _keep(
        self,
        stored: StoredGame,
        change: Callable[[Game], Step],
        *,
        draft: Draft | None = None,
        head: TurnId | None = None,
    ) -> Played:
        step = change(stored.game)
        if step.game.state.number != stored.game.state.number:
            # What was offered for the step before fits no more.
            state = replace(step.game.state, suggestions=())
            step = step._replace(game=replace(step.game, state=state))
        if step.game == stored.game and draft is None and head is None:
            return Played(stored, step.happenings)
        chosen = next((happening for happening in step.happenings if isinstance(happening, Chosen)), None)
        after, turn = await self._store.games.advance(
            stored,
            lambda _: step.game,
            draft=draft,
            head=chosen.choice.turn if chosen else head,
            comparison=await self._compared(chosen) if chosen and stored.game.kind is GameKind.DUEL else None,
        )
        self._plan(after)
        return Played(after, step.happenings, turn)

    async def _compared(self, chosen: Chosen) -> Comparison | None:
        """Give what the votes of a duel say of its presets."""
        match [await self._store.stories.turn(choice.turn) for choice in chosen.among]:
            case [Turn() as one, Turn() as other]:
                return Comparison(
                    turn=one.id,
                    first=one.preset or "",
                    second=other.preset or "",
                    first_votes=chosen.votes[0],
                    second_votes=chosen.votes[1],
                    arena=Arena.DUEL,
                )
        return None

    async def part_with(self, user_id: UserId) -> tuple[Played, ...]:
        """Let the games of somebody who is erased go on without them."""
        parted = []
        for story in await self._store.games.of_player(user_id):
            with suppress(GameError):
                parted.append(await self.do(story, lambda game: play.leave(game, user_id, self._now())))
        return tuple(parted)

    async def plan_again(self, story_id: StoryId) -> StoredGame:
        """Give a game whose story is there again, and see to what is due in it."""
        stored = await self.get(story_id)
        self._plan(stored)
        return stored

    def _plan(self, stored: StoredGame) -> None:
        if (due := stored.game.state.due_at) is not None:
            self._wake(due)

    async def _enter(self, stored: StoredGame, user_id: UserId, draft: Draft) -> Played:
        """Put a turn to the vote, where it waits beside the model's."""
        after, turn = await self._store.games.advance(
            stored,
            lambda added: ballot.entered(stored.game, user_id, added.id).game if added else stored.game,
            draft=draft,
            shown=False,
        )
        return Played(after, (), turn)

    async def _draft(self, stored: StoredGame, user_id: UserId, given: inputs.Input, form: Form, story: str) -> Draft:
        text = await (await self._door.of(stored.story, user_id)).words(given.text, story + given.before)
        details: dict[str, object] = {PARTED_BY: given.before}
        game = stored.game
        if game.kind is GameKind.ADVENTURE:
            details[FORM] = form
        if game.kind is GameKind.ADVENTURE and form is Form.DO and game.rules.dice:
            thrown = dice.throw(game.rules.seed, game.state.number)
            text = f"{text} {thrown.told(chinese=is_chinese(text))}"
            details[DIE] = str(thrown.value)
        return Draft(kind=TurnKind.PROMPT, text=text, author_id=user_id, details=details)

    def _lock(self, story_id: StoryId) -> asyncio.Lock:
        return self._locks.setdefault(story_id, asyncio.Lock())


def require_current(game: Game, number: int | None) -> None:
    """Let nobody act on what an earlier step of a game has shown.

    Args:
        game: The game.
        number: The step that they saw; None where that does not matter.

    Raises:
        EndedError: the game is over, and nothing newer is to be pressed.
        OutOfDateError: it has gone on.
    """
    if number is None or number == game.state.number:
        return
    raise EndedError if game.state.phase is Phase.ENDED else OutOfDateError
