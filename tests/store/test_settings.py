"""Settings are kept by scope, and each change is written down."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.ids import ChannelId, GuildId, UserId
from bot.store import Database, Json, Scope, SettingChange

if TYPE_CHECKING:
    from tests.store.conftest import Clock

USER, CHANNEL, SERVER = UserId(7), ChannelId(5), GuildId(2**62)


async def test_nothing_is_set_at_first(database: Database) -> None:
    found = await database.settings.get(user=USER, channel=CHANNEL, server=SERVER)
    assert found == {Scope.USER: {}, Scope.CHANNEL: {}, Scope.SERVER: {}}


async def test_values_are_found_by_their_scope_and_not_by_others(database: Database) -> None:
    await database.settings.set(Scope.USER, USER, "temperature", 0.9, USER)
    await database.settings.set(Scope.SERVER, SERVER, "temperature", 1.2, USER)
    await database.settings.set(Scope.SERVER, SERVER, "preset", "wild", USER)
    # The same number in another scope is another thing.
    await database.settings.set(Scope.CHANNEL, USER, "temperature", 0.1, USER)
    found = await database.settings.get(user=USER, channel=CHANNEL, server=SERVER)
    assert found == {
        Scope.USER: {"temperature": 0.9},
        Scope.CHANNEL: {},
        Scope.SERVER: {"temperature": 1.2, "preset": "wild"},
    }
    assert await database.settings.get(user=USER, channel=None, server=None) == {
        Scope.USER: {"temperature": 0.9},
        Scope.CHANNEL: {},
        Scope.SERVER: {},
    }
    assert (await database.settings.get(user=None, channel=None, server=None))[Scope.USER] == {}


@pytest.mark.parametrize("value", [True, False, 0, 2**53, 0.1, "狐狸", "", [1, "a", None], {"a": {"b": [1.5]}}])
async def test_a_value_comes_back_as_it_was(database: Database, value: Json) -> None:
    await database.settings.set(Scope.USER, USER, "key", value, USER)
    found = (await database.settings.get(user=USER, channel=None, server=None))[Scope.USER]["key"]
    assert found == value
    assert type(found) is type(value)


async def test_what_is_no_json_is_refused(database: Database) -> None:
    with pytest.raises(TypeError, match="set is not JSON"):
        await database.settings.set(Scope.USER, USER, "key", {1}, USER)  # type: ignore[arg-type]


async def test_every_change_is_written_down_and_no_other(database: Database, clock: Clock) -> None:
    await database.settings.set(Scope.CHANNEL, CHANNEL, "top_k", 5, USER)
    first = clock.time
    await database.settings.set(Scope.CHANNEL, CHANNEL, "top_k", 5, UserId(8))
    second = clock.advance(60)
    await database.settings.set(Scope.CHANNEL, CHANNEL, "top_k", 6, UserId(8))
    third = clock.advance(60)
    assert await database.settings.reset(Scope.CHANNEL, CHANNEL, "top_k", UserId(9)) == 1

    def change(before: Json, after: Json, by: int, at: object) -> SettingChange:
        return SettingChange(
            scope=Scope.CHANNEL,
            scope_id=CHANNEL,
            key="top_k",
            before=before,
            after=after,
            changed_by=UserId(by),
            changed_at=at,  # type: ignore[arg-type]
        )

    assert await database.settings.changes(Scope.CHANNEL, CHANNEL) == (
        change(6, None, 9, third),
        change(5, 6, 8, second),
        change(None, 5, 7, first),
    )
    assert len(await database.settings.changes(Scope.CHANNEL, CHANNEL, limit=1)) == 1


async def test_true_in_the_place_of_one_is_a_change(database: Database) -> None:
    await database.settings.set(Scope.USER, USER, "key", 1, USER)
    await database.settings.set(Scope.USER, USER, "key", True, USER)
    assert len(await database.settings.changes(Scope.USER, USER)) == 2


async def test_a_reset_takes_back_one_value_or_all(database: Database) -> None:
    for key in ("top_k", "top_p", "min_p"):
        await database.settings.set(Scope.USER, USER, key, 1, USER)
    await database.settings.set(Scope.SERVER, SERVER, "top_k", 1, USER)
    assert await database.settings.reset(Scope.USER, USER, "top_k", USER) == 1
    assert await database.settings.reset(Scope.USER, USER, "top_k", USER) == 0
    assert await database.settings.reset(Scope.USER, USER, None, USER) == 2
    assert await database.settings.reset(Scope.USER, USER, None, USER) == 0
    found = await database.settings.get(user=USER, channel=None, server=SERVER)
    assert found == {Scope.USER: {}, Scope.CHANNEL: {}, Scope.SERVER: {"top_k": 1}}
    assert len(await database.settings.changes(Scope.USER, USER)) == 6


async def test_many_who_set_the_same_value_at_once_leave_an_unbroken_history(database: Database, url: str) -> None:
    await database.settings.set(Scope.USER, USER, "top_k", 0, USER)
    await asyncio.gather(*(database.settings.set(Scope.USER, USER, "top_k", number, USER) for number in range(1, 11)))
    changes = list(reversed(await database.settings.changes(Scope.USER, USER)))
    assert [change.before for change in changes[1:]] == [change.after for change in changes[:-1]]
    found = await database.settings.get(user=USER, channel=None, server=None)
    assert found[Scope.USER]["top_k"] == changes[-1].after


async def test_channels_for_which_a_switch_is_on_are_found(database: Database) -> None:
    for channel, value in ((9, True), (5, True), (6, False), (7, 1), (8, "on")):
        await database.settings.set(Scope.CHANNEL, channel, "notices", value, USER)
    await database.settings.set(Scope.SERVER, 4, "notices", True, USER)
    await database.settings.set(Scope.CHANNEL, 3, "enabled", True, USER)
    assert await database.settings.channels_with("notices") == (5, 9)
