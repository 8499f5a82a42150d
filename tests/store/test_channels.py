"""What a channel forgets, and the openings of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.ids import ChannelId, GuildId, UserId
from bot.store.channels import PROMPTS_LIMIT, StoredPrompt

if TYPE_CHECKING:
    from bot.store import Database
    from tests.store.conftest import Clock

CHANNEL, GUILD, MODERATOR = ChannelId(1_234_567_890_123_456_789), GuildId(3), UserId(987_654_321_098_765_432)


async def test_a_channel_that_was_told_nothing_forgets_nothing(database: Database) -> None:
    assert await database.channels.forgotten_at(CHANNEL) is None


async def test_a_channel_forgets_up_to_the_last_time_it_was_told(database: Database, clock: Clock) -> None:
    await database.channels.forget(CHANNEL, MODERATOR)
    assert await database.channels.forgotten_at(CHANNEL) == clock.time

    clock.advance(0.000_001)
    await database.channels.forget(CHANNEL, UserId(1))
    assert await database.channels.forgotten_at(CHANNEL) == clock.time
    assert await database.channels.forgotten_at(ChannelId(CHANNEL + 1)) is None


async def test_openings_come_back_in_order_each_to_its_server(database: Database, clock: Clock) -> None:
    first = await database.channels.add_prompt(GUILD, "The door stood open.", MODERATOR)
    second = await database.channels.add_prompt(GUILD, "很久以前，山里有一座茶馆。🦊", UserId(1))
    assert first
    assert second
    assert first == StoredPrompt(
        id=first.id, guild_id=GUILD, text="The door stood open.", added_by=MODERATOR, added_at=clock.time
    )
    assert await database.channels.prompts(GUILD) == (first, second)
    assert await database.channels.prompts(GuildId(4)) == ()


async def test_an_opening_is_taken_away_by_its_own_server_alone_and_once(database: Database) -> None:
    prompt = await database.channels.add_prompt(GUILD, "The door stood open.", MODERATOR)
    assert prompt
    assert not await database.channels.remove_prompt(GuildId(4), prompt.id)
    assert await database.channels.remove_prompt(GUILD, prompt.id)
    assert not await database.channels.remove_prompt(GUILD, prompt.id)
    assert await database.channels.prompts(GUILD) == ()


async def test_the_number_of_an_opening_is_never_given_to_another(database: Database) -> None:
    prompt = await database.channels.add_prompt(GUILD, "The door stood open.", MODERATOR)
    assert prompt
    await database.channels.remove_prompt(GUILD, prompt.id)
    other = await database.channels.add_prompt(GUILD, "The door fell shut.", MODERATOR)
    assert other
    assert other.id != prompt.id


async def test_a_server_that_is_full_takes_no_more_and_others_do(database: Database) -> None:
    for number in range(PROMPTS_LIMIT):
        assert await database.channels.add_prompt(GUILD, f"Opening {number}.", MODERATOR)
    assert await database.channels.add_prompt(GUILD, "One too many.", MODERATOR) is None
    assert len(await database.channels.prompts(GUILD)) == PROMPTS_LIMIT
    assert await database.channels.add_prompt(GuildId(4), "Another server's.", MODERATOR)
