"""Stories leave the store and come back as they were, and nothing that a file says is acted upon unread."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings

from bot.engine.models.profiles import ModelProfile
from bot.games import Game, GameKind, GameRules, Player
from bot.ids import ChannelId, GuildId, TurnId, UserId
from bot.safety.layer import Safety
from bot.safety.words.lexicon import Lexicon
from bot.store import Database
from bot.store.personal import REMOVED
from bot.stories.branch import PARTED_BY, text_of
from bot.stories.exports.errors import NoSuchTurnError
from bot.stories.exports.file import MOST_SEATS, FileTurn, Person, StoryFile, WorldEntry
from bot.stories.exports.json_files import write_json
from bot.turns import Draft, Story, Turn, TurnKind
from bot.writing import errors
from bot.writing.details import BORROWED, TurnDetails
from bot.writing.door import Door, Watch
from bot.writing.exports import (
    AT_ONCE,
    MOST_PEOPLE,
    Exports,
    Importer,
    RefusedTurnError,
    TakenInEnoughError,
    TooManyPeopleError,
)
from bot.writing.presets import load_presets
from bot.writing.settings import SettingsResolver
from bot.writing.story_files import WRITER, borrows, saplings
from tests.stories.exports.trees import DOOR, stories, story, turn
from tests.writing.desk import WORDS

ADA, BEN = UserId(1), UserId(2)
HERE = Importer(user_id=ADA, guild_id=GuildId(5), channel_id=ChannelId(9))
NAMES = {ADA: "Ada", BEN: "Ben\n badword"}


def exports_of(store: Database, watch: Watch | None = None) -> Exports:
    profile = ModelProfile(name="fake", source="hub", location="x")
    resolver = SettingsResolver(store, load_presets(), lambda _: profile, default_model="fake")
    return Exports(store, Door(Safety([Lexicon(WORDS)]), watch=watch), resolver)


@pytest.fixture
def exports(store: Database) -> Exports:
    return exports_of(store)


async def name_of(user: UserId) -> str:
    return NAMES.get(user, "")


async def gather(exports: Exports, found: Story) -> StoryFile:
    return await exports.gather(found, name_of, "Writer {seat}")


async def written(store: Database) -> tuple[Story, Turn]:
    """A story of Ada's prompt, the model's answer, and Ben's turn."""
    begun, root = await store.stories.begin(
        Draft(kind=TurnKind.PROMPT, text="The door stood open.", author_id=ADA),
        guild_id=HERE.guild_id,
        channel_id=HERE.channel_id,
        author_id=ADA,
        private=False,
    )
    after = await store.stories.append(root.id, Draft(kind=TurnKind.MODEL, text=" A dog came.", seed=7, seconds=1.5))
    last = await store.stories.append(after.id, Draft(kind=TurnKind.PROMPT, text="It barked.", author_id=BEN))
    found = await store.stories.story(begun.id)
    assert found
    return found, last


async def test_people_are_seats_with_names_that_safety_has_read(store: Database, exports: Exports) -> None:
    found, _ = await written(store)
    file = await gather(exports, found)
    assert [(person.seat, person.name, person.turns, person.words) for person in file.people] == [
        (1, "Ada", 1, 4),
        (2, "Ben •••••••", 1, 2),
    ]
    assert [each.seat for each in file.turns] == [1, 0, 2]
    assert (file.title, file.language, file.began, file.head) == ("The door stood open", "en", 1, 3)
    assert (file.turns[1].seed, file.turns[1].seconds) == (7, 1.5)


@pytest.mark.parametrize("name", ["slurword", "", " \n"])
async def test_a_name_that_cannot_stand_there_becomes_a_number(store: Database, exports: Exports, name: str) -> None:
    found, _ = await written(store)

    async def asked(user: UserId) -> str:
        return name

    file = await exports.gather(found, asked, "Writer {seat}")
    assert [person.name for person in file.people] == ["Writer 1", "Writer 2"]


async def test_somebody_who_was_erased_is_a_number_that_nobody_is_asked_for(store: Database, exports: Exports) -> None:
    found, last = await written(store)
    await store.stories.append(last.id, Draft(kind=TurnKind.PROMPT, text="And?", author_id=REMOVED))
    now = await store.stories.story(found.id)
    assert now
    file = await gather(exports, now)
    assert (file.people[2].name, file.turns[3].seat) == ("Writer 3", 3)


async def test_a_file_says_who_agrees_at_that_moment_that_a_model_learns_from_their_words(
    store: Database, exports: Exports
) -> None:
    found, _ = await written(store)
    assert b"training_consent" not in write_json(await gather(exports, found))
    await store.consents.give(BEN)
    assert [person.training_consent for person in (await gather(exports, found)).people] == [False, True]
    await store.consents.give(ADA)
    assert [person.training_consent for person in (await gather(exports, found)).people] == [True, True]
    await store.consents.take_back(BEN)
    assert [person.training_consent for person in (await gather(exports, found)).people] == [True, False]


async def test_players_are_asked_for_like_writers(store: Database, exports: Exports) -> None:
    found, _ = await written(store)
    await store.consents.give(BEN)
    players = (Player(seat=4, user_id=BEN, turns=9, words=90), Player(seat=7, user_id=ADA))
    game = Game(kind=GameKind.ADVENTURE, rules=GameRules(seed=5), players=players)
    await store.games.begin(found.id, game, title="The Door", locale="en-US")
    file = await gather(exports, found)
    assert [(person.seat, person.training_consent) for person in file.people] == [(4, True), (7, False)]


async def test_what_a_file_said_of_its_people_is_said_again_and_is_nobodys_consent(
    store: Database, exports: Exports
) -> None:
    people = (DOOR.people[0].model_copy(update={"training_consent": True}), DOOR.people[1])
    file = DOOR.model_copy(update={"people": people})
    taken = await exports.take_in(file, HERE)
    assert await store.consents.among([ADA, BEN]) == frozenset()
    await store.stories.append(taken.head_id, Draft(kind=TurnKind.PROMPT, text="It rained.", author_id=ADA))
    for agrees in (False, True):
        if agrees:
            await store.consents.give(ADA)
        again = (await gather(exports, taken)).people
        assert [person.training_consent for person in again] == [True, False, agrees]
    assert write_json(await gather(exports, await exports.take_in(file, HERE))) == write_json(file)


async def test_who_began_with_words_of_somebody_else_cannot_agree_to_what_is_done_with_them(
    store: Database, exports: Exports
) -> None:
    await store.consents.give(ADA)
    await store.consents.give(BEN)
    found, last = await written(store)
    theirs = Draft(kind=TurnKind.PROMPT, text="Theirs.", author_id=ADA, details={BORROWED: True})
    await store.stories.append(last.id, theirs)
    assert [person.training_consent for person in (await gather(exports, found)).people] == [False, True]


async def test_words_are_borrowed_unless_they_are_ones_own_or_the_models(store: Database, exports: Exports) -> None:
    _, last = await written(store)
    begun, answered, barked = await store.stories.path(last.id)
    assert [borrows(each, ADA) for each in (begun, answered, barked)] == [False, False, True]
    assert borrows(replace(begun, details={BORROWED: True}), ADA)
    taken = await store.stories.since((await exports.take_in(DOOR, HERE)).id, TurnId(0))
    assert [borrows(each, ADA) for each in taken[:4]] == [True, False, False, True]


async def test_a_game_keeps_its_seats_title_and_rules(store: Database, exports: Exports) -> None:
    found, _ = await written(store)
    players = (Player(seat=4, user_id=BEN, turns=9, words=90), Player(seat=7, user_id=ADA))
    game = Game(kind=GameKind.ADVENTURE, rules=GameRules(seed=5), players=players)
    await store.games.begin(found.id, game, title="The Door", locale="en-US")
    file = await gather(exports, found)
    assert [(person.seat, person.turns) for person in file.people] == [(4, 9), (7, 0)]
    assert [each.seat for each in file.turns] == [7, 0, 4]
    assert (file.title, file.began) == ("The Door", 7)
    assert file.game
    assert (file.game.kind, file.game.rules.seed) == (GameKind.ADVENTURE, 5)


async def test_words_that_somebody_put_in_the_models_place_are_theirs(store: Database, exports: Exports) -> None:
    found, last = await written(store)
    reworded = Draft(kind=TurnKind.MODEL, text=" A cat came.", author_id=BEN, details={"reworded": True})
    await store.stories.append(last.id, reworded)
    now = await store.stories.story(found.id)
    assert now
    assert (await gather(exports, now)).turns[3].seat == 2


async def test_turns_are_found_by_their_numbers(store: Database, exports: Exports) -> None:
    found, last = await written(store)
    assert (await exports.turn(found, 3)).id == last.id
    with pytest.raises(NoSuchTurnError, match=r"no passage 4\. .*: 1 to 3"):
        await exports.turn(found, 4)


@given(stories())
@settings(max_examples=40)
def test_a_story_that_was_taken_in_goes_out_as_it_was(file: StoryFile) -> None:
    async def there_and_back() -> None:
        store = await Database.open("sqlite+aiosqlite://")
        try:
            exports = exports_of(store)
            once = await gather(exports, await exports.take_in(file, HERE))
            assert [each.text for each in once.turns] == [each.text for each in file.turns]
            assert [each.parent for each in once.turns] == [each.parent for each in file.turns]
            assert text_of(once.branch()) == text_of(file.branch())
            assert write_json(once) == write_json(await gather(exports, await exports.take_in(once, HERE)))
        finally:
            await store.close()

    asyncio.run(there_and_back())


async def test_what_is_exported_is_taken_in_byte_for_byte(store: Database, exports: Exports) -> None:
    for file in (await gather(exports, (await written(store))[0]), DOOR):
        assert write_json(await gather(exports, await exports.take_in(file, HERE))) == write_json(file)


async def test_the_people_of_a_file_are_names_and_no_accounts(store: Database, exports: Exports) -> None:
    taken = await exports.take_in(DOOR, HERE)
    assert (taken.author_id, taken.private) == (ADA, False)
    turns = await store.stories.since(taken.id, TurnId(0))
    assert {each.author_id for each in turns} == {None}
    assert [each.details.get(WRITER) for each in turns[:4]] == ["Ada", None, None, "Ben"]
    assert [each.kind for each in turns[:4]] == [TurnKind.PROMPT, TurnKind.MODEL, TurnKind.MODEL, TurnKind.PROMPT]
    assert text_of(turns[:1] + turns[2:5]) == text_of(DOOR.branch())


async def test_a_taken_in_story_is_new_however_old_its_turns_are(store: Database, exports: Exports) -> None:
    before = datetime.now(UTC)
    old = tuple(each.model_copy(update={"created_at": datetime(2001, 1, 1, tzinfo=UTC)}) for each in DOOR.turns)
    taken = await exports.take_in(DOOR.model_copy(update={"turns": old}), HERE)
    assert HERE.guild_id
    assert await store.people.stories_older_than(HERE.guild_id, before) == ()
    assert (await gather(exports, taken)).began_at.year == 2001


async def test_what_a_file_says_of_a_turn_changes_nothing_here(store: Database, exports: Exports) -> None:
    details: dict[str, Any] = {
        "options": {"model": "another", "temperature": 9},
        "genre": "slurword",
        "faults": 3,
        "reworded": "yes",
        "writer": "slurword",
        PARTED_BY: "\n",
    }
    file = story(
        turn(1, None, "It began.", seat=1), turn(2, 1, " So.", details=details, model="x" * 300, preset="slurword")
    )
    taken = await exports.take_in(file, HERE)
    found = await store.stories.turn(taken.head_id)
    assert found
    assert TurnDetails.of(found) == TurnDetails(parted_by="\n")
    assert (found.preset, found.model) == (None, "x" * 300)
    assert (await gather(exports, taken)).turns[1].details == details


def changed(**values: Any) -> StoryFile:
    return DOOR.model_copy(update=values)


class Seeing:
    """Counts what was not simply allowed."""

    count = 0

    async def saw(self, _: object) -> None:
        self.count += 1


async def test_names_that_may_not_stand_are_no_refusals_of_whoever_takes_the_file_in(store: Database) -> None:
    seen = Seeing()
    turns = tuple(each.model_copy(update={"preset": "slurword", "model": "slurword"}) for each in DOOR.turns)
    await exports_of(store, seen).take_in(changed(turns=turns), HERE)
    assert seen.count == 0


async def test_a_blocked_turn_is_named_and_nothing_is_kept(store: Database, exports: Exports) -> None:
    words = DOOR.turns[4].model_copy(update={"text": "What a slurword."})
    with pytest.raises(RefusedTurnError, match="Passage 5 of this file falls under “slurs”"):
        await exports.take_in(changed(turns=(*DOOR.turns[:4], words, *DOOR.turns[5:])), HERE)
    assert await store.stories.latest(HERE.channel_id) is None


@pytest.mark.parametrize(
    "file",
    [
        changed(title="A slurword"),
        changed(memory="A slurword"),
        changed(note="A slurword"),
        changed(world=(WorldEntry(keys=("a",), text="A slurword"),)),
        changed(world=(WorldEntry(keys=("slurword",), text="a"),)),
        changed(world=(WorldEntry(keys=("a",), text="a", group="slurword"),)),
    ],
)
async def test_all_that_a_file_says_is_read(exports: Exports, file: StoryFile) -> None:
    with pytest.raises(errors.WordingRefusedError):
        await exports.take_in(file, HERE)


async def test_what_is_masked_is_masked_in_files_too(exports: Exports) -> None:
    file = changed(
        title="A badword",
        people=(Person(seat=1, name="badword"), Person(seat=2, name="slurword")),
        memory="A badword",
        turns=(turn(1, None, "A badword.", seat=1), turn(2, 1, " Yes.", seat=2)),
        head=2,
    )
    again = await gather(exports, await exports.take_in(file, HERE))
    assert (again.title, again.memory, again.turns[0].text) == ("A •••••••", "A •••••••", "A •••••••.")
    assert [person.name for person in again.people] == ["•••••••", "Writer 2"]


async def test_who_is_blocked_takes_nothing_in(store: Database, exports: Exports) -> None:
    assert HERE.guild_id
    await store.blocks.add(HERE.guild_id, ADA, BEN)
    with pytest.raises(errors.BlockedError):
        await exports.take_in(DOOR, HERE)
    elsewhere = replace(HERE, guild_id=GuildId(6))
    assert await exports.take_in(DOOR, elsewhere)


@pytest.mark.parametrize(
    ("second", "third"),
    [
        (turn(2, 1, "word there.", seat=1), None),
        (turn(2, 1, "Quietly.", seat=1, hidden=True), turn(3, 2, "word there.", seat=1)),
        (turn(2, 1, "word there.", seat=1, details={PARTED_BY: ""}), None),
        (turn(2, None, "It rained.", seat=1), turn(3, 1, "word there.", seat=1)),
        (turn(2, 1, "wo", seat=1), turn(3, 2, "rd there.", seat=1)),
    ],
)
async def test_a_word_in_two_halves_is_found_where_the_file_puts_them_together(
    exports: Exports, second: FileTurn, third: FileTurn | None
) -> None:
    turns = (turn(1, None, "They told him he was a slur", seat=1), second, *((third,) if third else ()))
    with pytest.raises(RefusedTurnError, match=f"Passage {len(turns)} of this file falls under “slurs”"):
        await exports.take_in(story(*turns), HERE)


@pytest.mark.parametrize(
    "second",
    [
        turn(2, 1, "word there.", seat=1, details={PARTED_BY: "\n"}),
        turn(2, 1, " word there.", seat=1),
        turn(2, None, "word there.", seat=1),
    ],
)
async def test_what_the_file_keeps_apart_is_no_word(exports: Exports, second: FileTurn) -> None:
    assert await exports.take_in(story(turn(1, None, "They told him he was a slur", seat=1), second), HERE)


async def test_who_takes_in_one_file_after_the_other_waits_before_the_next_is_read(store: Database) -> None:
    seen = Seeing()
    exports, refused = exports_of(store, seen), changed(title="A slurword")
    for _ in range(AT_ONCE):
        with pytest.raises(errors.WordingRefusedError):
            await exports.take_in(refused, HERE)
    with pytest.raises(TakenInEnoughError, match=r"<t:\d+:R>"):
        await exports.take_in(refused, replace(HERE, guild_id=GuildId(6)))
    assert seen.count == AT_ONCE
    assert await exports.take_in(DOOR, replace(HERE, user_id=BEN))
    await store.people.erase(ADA)
    assert await exports.take_in(DOOR, HERE)


class Counted(tuple[Person, ...]):
    """People that count how often somebody goes through them."""

    times = 0

    def __iter__(self) -> Iterator[Person]:
        Counted.times += 1
        return super().__iter__()


def test_the_people_of_a_file_are_gone_through_as_often_however_many_turns_it_has() -> None:
    def times(count: int) -> int:
        people = Counted(Person(seat=seat, name=str(seat)) for seat in range(1, 50))
        turns = tuple(turn(number, None, "So.", seat=49) for number in range(1, count + 1))
        file = changed(turns=turns, head=1).model_copy(update={"people": people})
        Counted.times = 0
        assert saplings(file)[-1].draft.details[WRITER] == "49"
        return Counted.times

    assert times(200) == times(1)


async def test_whoever_goes_on_with_a_story_takes_the_lowest_seat_that_is_free(
    store: Database, exports: Exports
) -> None:
    people = (Person(seat=1, name="Ada"), Person(seat=MOST_SEATS, name="Ben"))
    turns = (turn(1, None, "It began.", seat=1), turn(2, 1, " So.", seat=MOST_SEATS))
    taken = await exports.take_in(changed(people=people, turns=turns, head=2), HERE)
    await store.stories.append(taken.head_id, Draft(kind=TurnKind.PROMPT, text="It rained.", author_id=ADA))
    file = await gather(exports, taken)
    assert [(person.seat, person.name) for person in file.people] == [(1, "Ada"), (2, "Ada"), (MOST_SEATS, "Ben")]
    assert [each.seat for each in file.turns] == [1, MOST_SEATS, 2]


async def test_a_file_whose_people_leave_no_seat_for_others_is_not_taken_in(store: Database, exports: Exports) -> None:
    people = tuple(Person(seat=seat, name="") for seat in range(1, MOST_PEOPLE + 2))
    with pytest.raises(TooManyPeopleError, match="names 5001 people"):
        await exports.take_in(changed(people=people), HERE)
    assert await exports.take_in(changed(people=people[:-1]), HERE)
