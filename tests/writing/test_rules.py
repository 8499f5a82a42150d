"""Who may write in a place, when, and how much."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.ids import ChannelId, GuildId, UserId
from bot.store import Scope
from bot.writing import errors
from bot.writing.rules import Asker, Rules, Used, admit, belongs
from tests.writing.desk import Desk, request

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
MIDNIGHT = int(datetime(2026, 11, 26, tzinfo=UTC).timestamp())
ADA = Asker(user_id=UserId(1), roles=frozenset({7, 8}))
ADMIN = UserId(99)


def test_without_rules_everybody_may_write() -> None:
    admit(Rules(), ADA, Used(10**9, 10**9), NOON)


@pytest.mark.parametrize(
    ("rules", "error"),
    [
        (Rules(enabled=False), errors.NotHereError),
        (Rules(writers=(1, 2)), errors.NotForYouError),
        (Rules(quiet_hours="11:00-13:00 UTC"), errors.QuietError),
        (Rules(daily_tokens=100), errors.QuotaError),
    ],
)
def test_a_rule_stands_in_everybodys_way_but_a_managers(rules: Rules, error: type[errors.WritingError]) -> None:
    with pytest.raises(error):
        admit(rules, ADA, Used(person=100), NOON)
    admit(rules, Asker(user_id=UserId(1), manager=True), Used(person=100), NOON)


def test_a_servers_share_of_a_day_holds_for_managers_too_and_ends_at_midnight() -> None:
    with pytest.raises(errors.ServerQuotaError) as caught:
        admit(Rules(server_daily_tokens=100), Asker(user_id=UserId(1), manager=True), Used(server=100), NOON)
    assert caught.value.values == {"retry_at": MIDNIGHT, "limit": 100}
    admit(Rules(server_daily_tokens=100), ADA, Used(server=99), NOON)


def test_a_role_opens_what_is_for_roles() -> None:
    admit(Rules(writers=(7,)), ADA, Used(), NOON)
    assert belongs((7,), {7})
    assert belongs("everyone", ())
    assert not belongs("author", {7})
    assert not belongs((), {7})


async def put(desk: Desk, key: str, value: bool | float | str | list[int] | list[str]) -> None:
    await desk.store.settings.set(Scope.SERVER, 5, key, value, by=ADMIN)


async def test_a_cooldown_lets_one_text_through_at_a_time(desk: Desk) -> None:
    await put(desk, "cooldown", 600)
    await desk.write()
    with pytest.raises(errors.CooldownError):
        await desk.write()
    await desk.write(user_id=UserId(2))
    await desk.write(manager=True)


async def test_tokens_count_towards_a_day_in_the_server_where_they_were_written(desk: Desk) -> None:
    await put(desk, "daily_tokens", 100)
    await desk.write()
    with pytest.raises(errors.QuotaError):
        await desk.write()
    await desk.write(guild_id=GuildId(6), channel_id=ChannelId(10))
    mine, everybodys = await desk.store.usage.today(GuildId(5), UserId(1))
    assert mine == everybodys >= 100


async def test_whoever_is_blocked_here_or_everywhere_writes_nothing(desk: Desk) -> None:
    await desk.store.blocks.add(GuildId(5), UserId(1), ADMIN)
    with pytest.raises(errors.BlockedError):
        await desk.write()
    await desk.write(guild_id=GuildId(6))
    await desk.store.blocks.add(GuildId(0), UserId(1), ADMIN)
    with pytest.raises(errors.BlockedError):
        await desk.write(guild_id=GuildId(6))
    assert await desk.store.blocks.remove(GuildId(0), UserId(1))
    assert await desk.store.blocks.remove(GuildId(5), UserId(1))
    assert not await desk.store.blocks.remove(GuildId(5), UserId(1))
    await desk.write()


async def test_the_longest_text_of_a_place_bounds_every_text(desk: Desk) -> None:
    await put(desk, "longest", 40)
    await desk.write(options={"max_new_tokens": 300})
    await desk.write()
    assert desk.lengths[0] == desk.lengths[-1] == 40


async def test_a_locked_value_is_the_servers_own_whoever_asks(desk: Desk) -> None:
    await put(desk, "temperature", 0.4)
    await put(desk, "locked", ["temperature"])
    await desk.store.settings.set(Scope.USER, 1, "temperature", 1.5, by=UserId(1))
    with pytest.raises(errors.LockedSettingError):
        await desk.write(options={"temperature": 1.2})
    written = await desk.write(options={"top_k": 9})
    # What a story was begun with may have been locked since.
    await desk.write(parent_id=written.turn.id, options={"temperature": 1.2})
    assert {asked.sampling.temperature for asked in desk.engine.requests} == {0.4}


async def test_a_refusal_gives_the_place_back(desk: Desk) -> None:
    await put(desk, "enabled", value=False)
    with pytest.raises(errors.NotHereError):
        await desk.writer.prepare(request())
    assert desk.writer.busy == 0
