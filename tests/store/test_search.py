"""Stories are found again by whoever may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.ids import ChannelId, GuildId, MessageId, StoryId, UserId
from bot.store.search import Entry, Found
from bot.turns import Draft, Story, Turn, TurnKind

if TYPE_CHECKING:
    from bot.store import Database
    from tests.store.conftest import Clock

CHANNEL, OTHER, GUILD = ChannelId(1_234_567_890_123_456_789), ChannelId(5), GuildId(3)
AUTHOR, STRANGER = UserId(987_654_321_098_765_432), UserId(1)


def draft(text: str, kind: TurnKind = TurnKind.PROMPT) -> Draft:
    return Draft(kind=kind, text=text, author_id=AUTHOR if kind is TurnKind.PROMPT else None)


async def begin(
    database: Database,
    text: str = "It began.",
    *,
    author: UserId = AUTHOR,
    channel: ChannelId = CHANNEL,
    guild: GuildId | None = GUILD,
    private: bool = False,
) -> tuple[Story, Turn]:
    return await database.stories.begin(
        draft(text), guild_id=guild, channel_id=channel, author_id=author, private=private
    )


async def go_on(database: Database, parent: Turn, text: str = " It went on.") -> Turn:
    return await database.stories.append(parent.id, draft(text, TurnKind.MODEL))


def ids(found: Found) -> list[StoryId]:
    assert found.total == len(found.entries)
    return [entry.story_id for entry in found.entries]


async def hits(database: Database, word: str, viewer: UserId = AUTHOR) -> list[StoryId]:
    return ids(await database.search.stories(viewer_id=viewer, word=word, limit=9))


async def test_a_story_is_told_by_its_beginning_its_end_and_its_length(database: Database, clock: Clock) -> None:
    story, root = await begin(database, "It began.")
    middle = await go_on(database, root)
    await go_on(database, root, " Another way.")
    last = await go_on(database, middle, " It ended.")
    await database.stories.record_messages(middle.id, CHANNEL, [MessageId(70)])
    await database.stories.record_messages(last.id, CHANNEL, [MessageId(80), MessageId(81)])

    found = await database.search.stories(viewer_id=AUTHOR, limit=5)
    assert found == Found(
        entries=(
            Entry(
                story_id=story.id,
                guild_id=GUILD,
                channel_id=CHANNEL,
                author_id=AUTHOR,
                private=False,
                created_at=clock.time,
                opening="It began.",
                latest=" It ended.",
                turns=3,
                message_id=MessageId(80),
            ),
        ),
        total=1,
    )


async def test_a_story_that_is_its_opening_alone_is_found(database: Database) -> None:
    await begin(database, "It began.")
    (entry,) = (await database.search.stories(viewer_id=AUTHOR, limit=5)).entries
    assert (entry.opening, entry.latest, entry.turns, entry.message_id) == ("It began.", "It began.", 1, None)


async def test_where_the_last_turn_was_not_posted_the_message_before_it_is_given(database: Database) -> None:
    _, root = await begin(database)
    middle = await go_on(database, root)
    await go_on(database, middle)
    await database.stories.record_messages(middle.id, CHANNEL, [MessageId(70)])
    await database.stories.record_messages(middle.id, CHANNEL, [MessageId(75)])  # shown once more, later
    (entry,) = (await database.search.stories(viewer_id=AUTHOR, limit=5)).entries
    assert entry.message_id == 75


async def test_the_turn_that_is_shown_counts_and_not_what_was_undone(database: Database) -> None:
    story, root = await begin(database)
    middle = await go_on(database, root, " One.")
    await go_on(database, middle, " Two.")
    await database.stories.move_head(story.id, middle.id)
    (entry,) = (await database.search.stories(viewer_id=AUTHOR, limit=5)).entries
    assert (entry.latest, entry.turns) == (" One.", 2)


async def test_pages_hold_the_newest_first_and_the_total(database: Database) -> None:
    stories = [(await begin(database, f"Story {number}."))[0].id for number in range(7)]
    first = await database.search.stories(viewer_id=AUTHOR, limit=5)
    second = await database.search.stories(viewer_id=AUTHOR, offset=5, limit=5)
    beyond = await database.search.stories(viewer_id=AUTHOR, offset=50, limit=5)
    assert [entry.story_id for entry in (*first.entries, *second.entries)] == stories[::-1]
    assert (first.total, second.total, beyond) == (7, 7, Found(entries=(), total=7))


async def test_places_and_people_narrow_what_is_found(database: Database) -> None:
    mine, _ = await begin(database)
    theirs, _ = await begin(database, author=STRANGER)
    elsewhere, _ = await begin(database, channel=OTHER)
    direct, _ = await begin(database, channel=ChannelId(9), guild=None)
    search = database.search.stories
    assert ids(await search(viewer_id=AUTHOR, guild_id=GUILD, limit=9)) == [elsewhere.id, theirs.id, mine.id]
    assert ids(await search(viewer_id=AUTHOR, channels=[CHANNEL], limit=9)) == [theirs.id, mine.id]
    assert ids(await search(viewer_id=AUTHOR, channels={OTHER, ChannelId(9)}, limit=9)) == [direct.id, elsewhere.id]
    assert ids(await search(viewer_id=AUTHOR, channels=(), limit=9)) == []
    assert ids(await search(viewer_id=AUTHOR, author_id=STRANGER, limit=9)) == [theirs.id]
    assert ids(await search(viewer_id=AUTHOR, guild_id=GuildId(4), limit=9)) == []


async def test_private_stories_are_found_by_their_author_alone(database: Database) -> None:
    secret, _ = await begin(database, "A secret.", private=True)
    assert await hits(database, "secret") == [secret.id]
    assert await hits(database, "secret", STRANGER) == []
    assert ids(await database.search.stories(viewer_id=STRANGER, author_id=AUTHOR, limit=9)) == []


async def test_deleted_stories_are_found_by_nobody(database: Database) -> None:
    story, _ = await begin(database)
    await database.stories.delete(story.id)
    assert ids(await database.search.stories(viewer_id=AUTHOR, limit=9)) == []
    assert await hits(database, "began") == []


async def test_a_word_is_found_in_every_turn_of_a_story_and_a_story_once(database: Database) -> None:
    story, root = await begin(database, "The fox left the house.")
    await begin(database, "Nothing of the kind.")
    await go_on(database, root, " A heron watched the fox.")
    await go_on(database, root, " A lantern went out.")
    for word in ("fox", "heron", "lantern", "FOX", "e f"):
        assert await hits(database, word) == [story.id]
    assert await hits(database, "badger") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("很久以前，山里有一座茶馆。", ("茶馆", "山里有", "。")),
        ("Жил-был старик.", ("старик", "Старик", "жил", "СТАРИК")),
        ("ÉTÉ à la mer", ("été", "Été", "ÉTÉ")),
        ("Die Straße war leer.", ("straße", "Straße", "WAR")),
        ("A 🦊 came by.", ("🦊",)),
    ],
)
async def test_words_of_all_languages_are_found(database: Database, text: str, words: tuple[str, ...]) -> None:
    story, _ = await begin(database, text)
    for word in words:
        assert await hits(database, word) == [story.id], word


@pytest.mark.parametrize("word", ["%", "_", "100%", "a_b", "/", "\\", "'; --"])
async def test_signs_are_signs_and_nothing_more(database: Database, word: str) -> None:
    await begin(database, "Nothing of the kind: axb, 100.")
    story, _ = await begin(database, f"Before {word} after")
    assert await hits(database, word) == [story.id]


async def test_what_no_database_keeps_is_found_as_it_was_kept(database: Database) -> None:
    story, _ = await begin(database, "Before \0x\udc00 after")
    assert await hits(database, "\0x\udc00") == [story.id]
