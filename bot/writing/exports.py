"""Stories out of the store as files, and files into the store as stories."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.errors import N_
from bot.ids import ChannelId, GuildId, TurnId, UserId
from bot.lore import DEPTH, EntryDraft
from bot.safety.classifiers.protocol import CONTEXT
from bot.safety.verdict import CATEGORY_NAMES, Action
from bot.store import Database
from bot.stories.branch import PARTED_BY
from bot.stories.exports.errors import NoSuchTurnError, TooManyTurnsError
from bot.stories.exports.file import MOST_SEATS, NAME_LETTERS, SHORT, TURNS_LIMIT, FileTurn, StoryFile, WorldEntry
from bot.stories.openings import read_prompt
from bot.turns import Story, Turn
from bot.writing import errors
from bot.writing.door import Door, Passage, Place
from bot.writing.gate import refuse_blocked
from bot.writing.lore import ENTRY_LIMIT, GROUP_LIMIT, KEY_LIMIT, MOST_ENTRIES, MOST_KEYS, TEXT_LIMIT
from bot.writing.prompts import standing_before
from bot.writing.rules import Asker, Used, admit
from bot.writing.settings import SettingsResolver
from bot.writing.story_files import Seating, borrowers, saplings

AT_ONCE = 5
PER_SECOND = 1 / 120
"""Files that a person may take in, each of which may be as much to read as hundreds of prompts."""
MOST_PEOPLE = MOST_SEATS // 2
"""Of a file that is taken in: those who go on with the story need seats too."""

NameOf = Callable[[UserId], Awaitable[str]]
"""Gives what people call somebody; empty where that is not known."""


class RefusedTurnError(errors.WritingError):
    """The safety layer refuses a turn of a file."""

    template = N_(
        "Passage {number} of this file falls under “{category}”, which is not allowed here. Nothing was kept."
    )


class TooManyPeopleError(errors.WritingError):
    """A file with more people than leave room for others."""

    template = N_("This file names {count} people; a story that is taken in can have {limit}.")


class TakenInEnoughError(errors.WritingError):
    """Somebody takes in one file after the other.

    Args:
        retry_at: When the next can be taken in, in seconds since the epoch.
    """

    template = N_("You have taken in several stories just now. The next one can come <t:{retry_at}:R>.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Importer:
    """Who takes a story in, and where."""

    user_id: UserId
    guild_id: GuildId | None
    channel_id: ChannelId
    roles: frozenset[int] = frozenset()
    manager: bool = False
    """May manage the server."""


class Exports:
    """Makes stories files, and files stories.

    Args:
        store: Where stories live.
        door: What reads names, and all that comes from files.
        resolver: What holds in a place.
    """

    def __init__(self, store: Database, door: Door, resolver: SettingsResolver) -> None:
        self._store = store
        self._door = door
        self._resolver = resolver

    async def turn(self, story: Story, number: int) -> Turn:
        """Give a turn by its number in the story, as maps and files count.

        Raises:
            NoSuchTurnError: the story has none of that number.
        """
        turns = await self._turns(story)
        if not 0 < number <= len(turns):
            raise NoSuchTurnError(number=number, last=len(turns))
        return turns[number - 1]

    async def gather(self, story: Story, name_of: NameOf, unnamed: str) -> StoryFile:
        """Give a story as it goes into a file. It says who agrees at this moment that a model learns from their words.

        Args:
            story: The story.
            name_of: Gives people's names.
            unnamed: What stands for a name that is not known or may not stand there; has `{seat}` in it.

        Raises:
            TooManyTurnsError: it is longer than files can be.
        """
        turns = await self._turns(story)
        if len(turns) > TURNS_LIMIT:
            raise TooManyTurnsError(count=len(turns), limit=TURNS_LIMIT)
        game = await self._store.games.get(story.id)
        seats = Seating(story, turns, game)
        agreed = await self._store.consents.among([user for _, user in seats.people() if user]) - borrowers(turns)
        passage, people = await self._door.unwatched(Place(story.guild_id, story.channel_id)), []
        for person, user in seats.people():
            name = person.name or (await _name(passage, await name_of(user)) if user else "")
            # Of people without an account here, a file that was taken in has said whether they agreed.
            consent = user in agreed if user else person.training_consent
            said = {"name": name or unnamed.format(seat=person.seat), "training_consent": consent}
            people.append(person.model_copy(update=said))
        lore = await self._store.lore.of(story.id)
        world = tuple(
            WorldEntry(keys=entry.keys, text=entry.text, group=entry.group, enabled=entry.enabled)
            for entry in lore.entries
        )
        told = {"memory": lore.memory, "note": lore.note, "note_depth": lore.depth if lore.note else 0, "world": world}
        return seats.file(people).model_copy(update=told)

    async def take_in(self, file: StoryFile, importer: Importer) -> Story:
        """Keep a file as a new story of whoever brings it. Its people are names in it, and nobody's account.

        Raises:
            WritingError: who brings it may not write there or took in many just now, or safety refuses something in it.
        """
        if len(file.people) > MOST_PEOPLE:
            raise TooManyPeopleError(count=len(file.people), limit=MOST_PEOPLE)
        await self._admit(importer)
        place = Place(importer.guild_id, importer.channel_id, importer.user_id)
        file = await _read(await self._door.at(place), await self._door.unwatched(place), file)
        story = await self._store.imports.take_in(
            saplings(file),
            head=file.head - 1,
            guild_id=importer.guild_id,
            channel_id=importer.channel_id,
            author_id=importer.user_id,
        )
        if file.memory or file.note or file.world:
            await self._store.lore.fill(
                story.id,
                importer.user_id,
                memory=file.memory[:TEXT_LIMIT],
                note=file.note[:TEXT_LIMIT],
                depth=file.note_depth or DEPTH,
                entries=[_drafted(entry) for entry in file.world if entry.keys and entry.text.strip()][:MOST_ENTRIES],
            )
        return story

    async def _turns(self, story: Story) -> tuple[Turn, ...]:
        return await self._store.stories.since(story.id, TurnId(0))

    async def _admit(self, importer: Importer) -> None:
        await refuse_blocked(self._store.blocks, importer.guild_id, importer.user_id)
        here = await self._resolver.resolve(
            user_id=importer.user_id, channel_id=importer.channel_id, guild_id=importer.guild_id
        )
        asker = Asker(user_id=importer.user_id, roles=importer.roles, manager=importer.manager)
        admit(here.rules, asker, Used(), self._store.now())
        # Called as a cooldown is, so that it goes with whoever is erased.
        key = f"cooldown:import:{importer.user_id}"
        token = await self._store.limits.take(key, capacity=AT_ONCE, per_second=PER_SECOND)
        if token.retry_at:
            raise TakenInEnoughError(retry_at=int(token.retry_at.timestamp()) + 1)


async def _read(passage: Passage, names: Passage, file: StoryFile) -> StoryFile:
    """Let safety read every word of a file; names that may not stand are left out, and nobody is told of them."""
    people = [person.model_copy(update={"name": await _name(names, person.name)}) for person in file.people]
    world = []
    for entry in file.world:
        keys = [await _words(passage, key) for key in entry.keys]
        text, group = await _words(passage, entry.text), await _words(passage, entry.group)
        world.append(WorldEntry(keys=tuple(keys), text=text, group=group, enabled=entry.enabled))
    turns: list[FileTurn] = []
    ends: list[str] = []  # of the branch up to each turn, as far back as anything is read together
    for turn in file.turns:
        end = ends[turn.parent - 1] if turn.parent else ""
        before = _before(turn, end)
        turns.append(await _read_turn(passage, names, turn, before))
        ends.append(end if turn.hidden else _told(turns[-1], before)[-CONTEXT:])
    return file.model_copy(
        update={
            "title": (await _words(passage, file.title))[: len(file.title)],
            "memory": await _words(passage, file.memory),
            "note": await _words(passage, file.note),
            "people": tuple(people),
            "world": tuple(world),
            "turns": tuple(turns),
        }
    )


def _before(turn: FileTurn, story: str) -> str:
    """Give what stands before a turn's words in the story that it follows."""
    parted = turn.details.get(PARTED_BY)
    return story + parted if isinstance(parted, str) else standing_before(story, turn.text)


def _told(turn: FileTurn, before: str) -> str:
    """Give the story up to a turn; a wish for one is no part of it."""
    return before + turn.text if turn.parent else read_prompt(turn.text).opening


async def _read_turn(passage: Passage, names: Passage, turn: FileTurn, before: str) -> FileTurn:
    verdict = await passage.read(turn.text, before)
    # The layer judges without waiting for anything: others must get their turn in between.
    await asyncio.sleep(0)
    if verdict.action is Action.BLOCK and verdict.decisive:
        raise RefusedTurnError(number=turn.id, category=CATEGORY_NAMES[verdict.decisive.category])
    model, preset = [await _name(names, name, SHORT) or None for name in (turn.model, turn.preset)]
    return turn.model_copy(update={"text": verdict.text, "model": model, "preset": preset})


async def _words(passage: Passage, text: str) -> str:
    await asyncio.sleep(0)
    return await passage.words(text) if text.strip() else ""


async def _name(passage: Passage, name: str | None, letters: int = NAME_LETTERS) -> str:
    """Give a name as it may stand in a story; empty where it may not."""
    try:
        return (await _words(passage, " ".join((name or "").split())))[:letters]
    except errors.WordingRefusedError:
        return ""


def _drafted(entry: WorldEntry) -> EntryDraft:
    """Give an entry of a file as a story's world holds it."""
    keys = tuple(key[:KEY_LIMIT] for key in entry.keys[:MOST_KEYS])
    return EntryDraft(keys=keys, text=entry.text[:ENTRY_LIMIT], group=entry.group[:GROUP_LIMIT], enabled=entry.enabled)
