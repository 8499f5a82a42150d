"""Between a story in the store and a story in a file. Pure functions."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from bot.games import MODEL_SEAT
from bot.ids import UserId
from bot.store.games import StoredGame
from bot.store.imports import Sapling
from bot.store.personal import REMOVED
from bot.stories.branch import PARTED_BY
from bot.stories.exports.file import FileTurn, Header, Person, Played, StoryFile
from bot.stories.exports.paragraphs import language_of
from bot.stories.games.inputs import count_words
from bot.turns import Draft, Story, Turn, TurnKind
from bot.writing.beginnings import title_of
from bot.writing.details import BORROWED

WRITER = "writer"
"""The name, among the details of a turn that came from a file, of the name of the person whose words they are."""
ORIGIN = "origin"
"""Likewise, of what else the file says of the turn: kept for the next file, and never acted upon here."""
IMPORTED = "imported"
"""Likewise for the first turn, of what the file says of the story."""


class Seating:
    """Gives everybody who wrote in a story a seat: players theirs, people of a file theirs where it is free.

    Args:
        story: The story.
        turns: All of its turns, oldest first.
        game: What is played in it.
    """

    def __init__(self, story: Story, turns: Sequence[Turn], game: StoredGame | None) -> None:
        self._story = story
        self._turns = turns
        self._game = game
        self._header = _header(turns[0])
        self._seats: dict[Hashable, int] = {}
        self._people: dict[int, tuple[Person, UserId | None]] = {}
        self._free = (seat for seat in count(MODEL_SEAT + 1) if seat not in self._people)
        for player in game.game.players if game else ():
            key: Hashable = player.user_id if player.user_id != REMOVED else ("player", player.seat)
            person = Person(seat=player.seat, name="", turns=player.turns, words=player.words)
            self._seat(key, person, player.user_id)
        for person in self._header.people if self._header else ():
            seat = next(self._free) if person.seat in self._people else person.seat
            self._seat(("file", person.seat), person.model_copy(update={"seat": seat}), None)
        written: dict[Hashable, list[Turn]] = {}
        for turn in turns:
            written.setdefault(_key(turn), []).append(turn)
        for key, mine in written.items():
            if key is not None and key not in self._seats:
                words = sum(count_words(turn.text) for turn in mine)
                person = Person(seat=next(self._free), name="", turns=len(mine), words=words)
                self._seat(key, person, mine[0].author_id)

    def people(self) -> Iterator[tuple[Person, UserId | None]]:
        """Give the people in the order of their seats, with the accounts of those that have one here."""
        for _, (person, user) in sorted(self._people.items()):
            yield person, user or None

    def file(self, people: Sequence[Person]) -> StoryFile:
        """Give the story as a file.

        Args:
            people: As `people` gave them, with their names.
        """
        numbers = {turn.id: number for number, turn in enumerate(self._turns, start=1)}
        return StoryFile(
            **self._head(people),
            turns=tuple(
                _file_turn(
                    turn,
                    numbers[turn.id],
                    numbers[turn.parent_id] if turn.parent_id else None,
                    MODEL_SEAT if (key := _key(turn)) is None else self._seats[key],
                )
                for turn in self._turns
            ),
            head=numbers[self._story.head_id],
        )

    def _head(self, people: Sequence[Person]) -> dict[str, Any]:
        header, game = self._header, self._game
        kept = {name: getattr(header, name) for name in Header.model_fields} if header else {}
        began = self._seats.get(("file", header.began)) if header else self._seats.get(self._story.author_id)
        own = {
            "title": title_of(self._turns[0].text) or "…",
            "language": language_of(turn.text for turn in self._turns),
        }
        played = {"title": game.title, "game": Played(kind=game.game.kind, rules=game.game.rules)} if game else {}
        return own | kept | played | {"began": began, "people": tuple(people)}

    def _seat(self, key: Hashable, person: Person, user: UserId | None) -> None:
        self._seats[key] = person.seat
        self._people[person.seat] = (person, user)


def borrows(turn: Turn, user: UserId) -> bool:
    """Say whether the words of a turn are somebody else's than a person's or the model's."""
    return BORROWED in turn.details or _key(turn) not in {None, user}


def borrowers(turns: Sequence[Turn]) -> frozenset[UserId]:
    """Give those who began with words of others: to what is done with these they cannot agree."""
    return frozenset(turn.author_id for turn in turns if turn.author_id and BORROWED in turn.details)


def saplings(file: StoryFile) -> list[Sapling]:
    """Give the turns of a file as the store takes them.

    Of their details only those hold here that everybody may use; the others are kept aside.
    """
    names = {person.seat: person.name for person in file.people}
    return [_sapling(file, turn, names) for turn in file.turns]


def _sapling(file: StoryFile, turn: FileTurn, names: Mapping[int, str]) -> Sapling:
    origin = {"seat": turn.seat, "written_at": turn.created_at.isoformat(), "details": dict(turn.details)}
    details: dict[str, object] = {ORIGIN: origin}
    if turn.seat != MODEL_SEAT:
        details[WRITER] = names[turn.seat]
    if PARTED_BY in turn.details:
        details[PARTED_BY] = turn.details[PARTED_BY]
    if turn.details.get("reworded") is True:
        details["reworded"] = True
    if turn.id == 1:
        # What the model is told beside the story is kept, and can be taken away, where every story's is.
        told = {"memory", "note", "note_depth", "world"}
        details[IMPORTED] = file.header.model_dump(mode="json", exclude=told)
    draft = Draft(
        kind=turn.kind,
        text=turn.text,
        model=turn.model,
        preset=turn.preset,
        seed=turn.seed,
        tokens=turn.tokens,
        seconds=turn.seconds,
        finish=turn.finish,
        details=details,
    )
    return Sapling(draft=draft, parent=turn.parent - 1 if turn.parent else None, hidden=turn.hidden)


def _header(first: Turn) -> Header | None:
    found = first.details.get(IMPORTED)
    return Header.model_validate_json(json.dumps(found)) if found else None


def _key(turn: Turn) -> Hashable:
    """Tell whose words a turn has; None for the model's."""
    origin: Any = turn.details.get(ORIGIN)
    if origin and turn.author_id is None:
        return ("file", origin["seat"]) if origin["seat"] != MODEL_SEAT else None
    if turn.kind is TurnKind.MODEL and turn.author_id is None:
        return None
    return turn.author_id or REMOVED


def _file_turn(turn: Turn, number: int, parent: int | None, seat: int) -> FileTurn:
    origin: Any = turn.details.get(ORIGIN)
    from_file = bool(origin) and turn.author_id is None
    details: Any = origin["details"] if from_file else dict(turn.details)
    return FileTurn(
        id=number,
        parent=parent,
        kind=turn.kind,
        seat=seat,
        text=turn.text,
        hidden=turn.hidden,
        created_at=datetime.fromisoformat(origin["written_at"]) if from_file else turn.created_at,
        model=turn.model,
        preset=turn.preset,
        seed=turn.seed,
        tokens=turn.tokens,
        seconds=turn.seconds,
        finish=turn.finish,
        details=details,
    )
