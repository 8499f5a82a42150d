"""Stories and servers whose time has come: found, and erased with all that hangs on them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.ids import MessageId, RequestId
from bot.store import Scope, schema
from bot.store.blocks import EVERYBODY
from bot.store.people import RETENTION
from tests.store.filling import ADA, BEN, CHANNEL, HERE, THERE, Filler, answer, begin, places_of, rows, texts

if TYPE_CHECKING:
    from bot.store import Database
    from tests.store.conftest import Clock


async def test_a_single_story_is_erased_and_no_other(database: Database, clock: Clock) -> None:
    story, turn = await begin(database)
    other, _ = await begin(database)
    assert not await database.people.erase_story(story.id, quiet_since=clock.time)
    assert await database.people.erase_story(story.id, quiet_since=clock.time + timedelta(seconds=1))
    assert not await database.people.erase_story(story.id)
    assert await database.stories.turn(turn.id) is None
    assert await texts(database, other) == [("Typed by 31.", ADA), (" And so it went.", None)]


async def test_stories_are_found_by_when_they_were_deleted(database: Database, clock: Clock) -> None:
    first, _ = await begin(database)
    second, _ = await begin(database)
    await begin(database)
    await database.stories.delete(first.id)
    clock.advance(60)
    await database.stories.delete(second.id)
    assert await database.people.stories_deleted_before(clock.time) == (first.id,)
    assert await database.people.stories_deleted_before(clock.advance(1)) == (first.id, second.id)


async def test_stories_are_found_by_when_something_was_last_written(database: Database, clock: Clock) -> None:
    quiet, _ = await begin(database)
    lively, turn = await begin(database)
    writing, last = await begin(database)
    await begin(database, guild=THERE)
    await begin(database, guild=None)
    clock.advance(60)
    await database.stories.append(turn.id, answer(" On."))
    await database.jobs.open(
        RequestId("r"), turn_id=last.id, user_id=ADA, guild_id=HERE, channel_id=CHANNEL, locale="en"
    )
    assert await database.people.stories_older_than(HERE, clock.time) == (quiet.id,)
    await database.jobs.close(RequestId("r"))
    clock.advance(1)
    assert await database.people.stories_older_than(HERE, clock.time) == (quiet.id, lively.id, writing.id)


async def test_servers_that_keep_stories_for_a_time_are_named_with_their_days(database: Database) -> None:
    for guild, value in ((HERE, 30), (THERE, 0), (7, "soon"), (8, True), (9, -1)):
        await database.settings.set(Scope.SERVER, guild, RETENTION, value, by=ADA)
    await database.settings.set(Scope.CHANNEL, CHANNEL, RETENTION, 5, by=ADA)
    assert await database.people.retentions() == {HERE: 30}


async def test_a_departure_counts_from_the_first_time_until_the_bot_is_back(database: Database, clock: Clock) -> None:
    people, left = database.people, clock.time
    await people.server_left(HERE)
    clock.advance(60)
    await people.server_left(HERE)
    await people.server_left(THERE)
    assert await people.departed_before(left) == (HERE,)
    assert await people.departed_before(clock.time) == (HERE, THERE)
    await people.server_joined(HERE)
    await people.server_joined(HERE)
    assert await people.departed_before(clock.time) == (THERE,)


async def test_after_a_servers_erasure_it_stands_in_no_column_of_any_table(database: Database, clock: Clock) -> None:
    filler = await Filler.ready(database, clock)
    await filler.fill_all()
    others = {table.name: await rows(database, table) for table in schema.metadata.sorted_tables}
    _, turn = await begin(database)
    await database.stories.record_messages(turn.id, CHANNEL, [MessageId(5)])
    for table in schema.metadata.sorted_tables:
        if "guild_id" in table.c:
            await filler.fill(table, guild_id=HERE)
    for table in (schema.settings, schema.settings_changes):
        await filler.fill(table, scope=Scope.SERVER, scope_id=HERE)
        await filler.fill(table, scope=Scope.CHANNEL, scope_id=CHANNEL)
    await filler.fill(schema.forgotten, channel_id=CHANNEL)
    for key in (f"server:{HERE}", f"cooldown:{HERE}:{ADA}", f"report:{HERE}:{ADA}"):
        await filler.fill(schema.buckets, key=key)

    assert await database.people.erase_server(HERE)

    assert await places_of(database, HERE) | await places_of(database, CHANNEL) == set()
    assert await database.check() == []
    for table in schema.metadata.sorted_tables:
        assert await rows(database, table) == others[table.name], table


async def test_after_a_servers_erasure_it_is_still_blocked(database: Database) -> None:
    for user in (EVERYBODY, BEN):
        await database.blocks.add(HERE, user, ADA)
    assert await database.people.erase_server(HERE)
    assert await database.blocks.servers() == (HERE,)
    assert await database.blocks.everybody(HERE) == ()
    await database.people.erase(ADA)
    assert await database.blocks.servers() == (HERE,)


async def test_no_server_is_erased_that_the_bot_is_back_in(database: Database, clock: Clock) -> None:
    story, _ = await begin(database)
    assert not await database.people.erase_server(HERE, left_before=clock.time)
    await database.people.server_left(HERE)
    assert not await database.people.erase_server(HERE, left_before=clock.time - timedelta(seconds=1))
    assert await database.stories.story(story.id)
    assert await database.people.erase_server(HERE, left_before=clock.time)
    assert await database.stories.story(story.id) is None
