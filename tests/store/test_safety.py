"""What servers set about the safety layer is kept, and every change of it written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.ids import ChannelId
from bot.store import Scope
from bot.store.safety import WHOLE_SERVER, RuleKind, SafetyLog, StoredPolicy
from tests.store.filling import ADA, BEN, CHANNEL, ELSEWHERE, HERE, THERE

if TYPE_CHECKING:
    from bot.store import Database
    from bot.store.types import Json
    from tests.store.conftest import Clock

STRICT = StoredPolicy("strict", {})
CUSTOM = StoredPolicy("custom", {"spam": {"strong": "block"}})


async def changes(database: Database, scope: Scope, number: int) -> list[tuple[str, Json, Json]]:
    history = await database.settings.changes(scope, number)
    return [(change.key, change.before, change.after) for change in reversed(history)]


async def test_a_server_has_no_policy_at_first(database: Database) -> None:
    assert await database.safety.policies(HERE, [CHANNEL]) == {}
    assert not await database.safety.reset_policy(HERE, CHANNEL, ADA)
    assert await changes(database, Scope.CHANNEL, CHANNEL) == []


async def test_policies_are_found_by_their_server_and_channel_and_not_by_others(database: Database) -> None:
    await database.safety.set_policy(HERE, WHOLE_SERVER, STRICT, ADA)
    await database.safety.set_policy(HERE, CHANNEL, CUSTOM, ADA)
    await database.safety.set_policy(THERE, WHOLE_SERVER, StoredPolicy("relaxed", {}), ADA)
    assert await database.safety.policies(HERE, [CHANNEL]) == {WHOLE_SERVER: STRICT, CHANNEL: CUSTOM}
    assert await database.safety.policies(HERE, [ELSEWHERE]) == {WHOLE_SERVER: STRICT}
    assert await database.safety.policies(HERE, []) == {WHOLE_SERVER: STRICT}


async def test_every_change_of_a_policy_is_written_down_and_no_other(database: Database, clock: Clock) -> None:
    for policy in (STRICT, STRICT, CUSTOM):
        await database.safety.set_policy(HERE, CHANNEL, policy, ADA)
    await database.safety.set_policy(HERE, WHOLE_SERVER, STRICT, BEN)
    clock.advance(60)
    assert await database.safety.reset_policy(HERE, CHANNEL, BEN)
    assert await changes(database, Scope.CHANNEL, CHANNEL) == [
        ("safety.policy", None, "strict"),
        ("safety.policy", "strict", {"policy": "custom", "spam": {"strong": "block"}}),
        ("safety.policy", {"policy": "custom", "spam": {"strong": "block"}}, None),
    ]
    assert await changes(database, Scope.SERVER, HERE) == [("safety.policy", None, "strict")]
    last = (await database.settings.changes(Scope.CHANNEL, CHANNEL))[0]
    assert (last.changed_by, last.changed_at) == (BEN, clock.time)


async def test_a_policy_is_changed_into_what_follows_from_the_one_there_is(database: Database) -> None:
    seen: list[StoredPolicy | None] = []

    def stricter(before: StoredPolicy | None) -> StoredPolicy | None:
        seen.append(before)
        return STRICT if before == CUSTOM else None

    assert await database.safety.change_policy(HERE, CHANNEL, stricter, ADA) is None
    await database.safety.set_policy(HERE, CHANNEL, CUSTOM, ADA)
    assert [await database.safety.change_policy(HERE, CHANNEL, stricter, BEN) for _ in range(2)] == [STRICT, STRICT]
    assert seen == [None, CUSTOM, STRICT]
    assert await database.safety.policies(HERE, [CHANNEL]) == {CHANNEL: STRICT}
    assert len(await changes(database, Scope.CHANNEL, CHANNEL)) == 2


async def test_a_policy_is_remembered_as_it_was_last_in_its_own_place(database: Database) -> None:
    for policy in (StoredPolicy("custom", {}), CUSTOM, STRICT):
        await database.safety.set_policy(HERE, CHANNEL, policy, ADA)
    await database.safety.reset_policy(HERE, CHANNEL, ADA)
    last = database.safety.last_policy
    assert [await last(HERE, CHANNEL, name) for name in ("custom", "strict", "relaxed")] == [CUSTOM, STRICT, None]
    assert await last(HERE, WHOLE_SERVER, "custom") is None
    assert await last(HERE, ELSEWHERE, "custom") is None
    await database.safety.set_policy(HERE, WHOLE_SERVER, StoredPolicy("custom", {}), ADA)
    assert await last(HERE, WHOLE_SERVER, "custom") == StoredPolicy("custom", {})
    assert await last(THERE, WHOLE_SERVER, "custom") is None


async def test_rules_are_kept_in_the_order_in_which_they_were_added(database: Database, clock: Clock) -> None:
    put = database.safety.put_rule
    assert await put(HERE, RuleKind.BLOCKED_WORD, "spoiler", "mask", ADA, limit=2)
    assert await put(HERE, RuleKind.ALLOWED_WORD, "damn", None, ADA, limit=2)
    assert await put(HERE, RuleKind.EXPRESSION, r"chapter \d+", "block", BEN, limit=2)
    assert await put(THERE, RuleKind.BLOCKED_WORD, "spoiler", "block", BEN, limit=2)
    rules = await database.safety.rules(HERE)
    assert [(rule.kind, rule.text, rule.action, rule.added_by) for rule in rules] == [
        (RuleKind.BLOCKED_WORD, "spoiler", "mask", ADA),
        (RuleKind.ALLOWED_WORD, "damn", None, ADA),
        (RuleKind.EXPRESSION, r"chapter \d+", "block", BEN),
    ]
    assert {rule.added_at for rule in rules} == {clock.time}


async def test_a_rule_that_is_there_gets_another_action_and_no_second_place(database: Database) -> None:
    for action in ("mask", "mask", "block"):
        assert await database.safety.put_rule(HERE, RuleKind.BLOCKED_WORD, "spoiler", action, ADA, limit=1)
    assert [rule.action for rule in await database.safety.rules(HERE)] == ["block"]
    assert await changes(database, Scope.SERVER, HERE) == [
        ("safety.blocked_word", None, "spoiler (mask)"),
        ("safety.blocked_word", "spoiler (mask)", "spoiler (block)"),
    ]


async def test_more_rules_of_a_kind_than_the_limit_are_not_kept(database: Database) -> None:
    put = database.safety.put_rule
    assert await put(HERE, RuleKind.BLOCKED_WORD, "one", "mask", ADA, limit=1)
    assert not await put(HERE, RuleKind.BLOCKED_WORD, "two", "mask", ADA, limit=1)
    assert await put(HERE, RuleKind.ALLOWED_WORD, "two", None, ADA, limit=1)
    assert [rule.text for rule in await database.safety.rules(HERE)] == ["one", "two"]


async def test_a_rule_is_taken_away_by_its_own_server_alone(database: Database) -> None:
    await database.safety.put_rule(HERE, RuleKind.ALLOWED_WORD, "damn", None, ADA, limit=1)
    (rule,) = await database.safety.rules(HERE)
    assert await database.safety.remove_rule(THERE, rule.id, BEN) is None
    assert await database.safety.remove_rule(HERE, rule.id, BEN) == rule
    assert await database.safety.remove_rule(HERE, rule.id, BEN) is None
    assert await database.safety.rules(HERE) == ()
    assert await changes(database, Scope.SERVER, HERE) == [
        ("safety.allowed_word", None, "damn"),
        ("safety.allowed_word", "damn", None),
    ]


async def test_where_moderators_read_is_kept_until_it_is_taken_back(database: Database) -> None:
    assert await database.safety.log(HERE) is None
    for log in (SafetyLog(CHANNEL, shows_texts=False), SafetyLog(ChannelId(5), shows_texts=True)):
        await database.safety.set_log(HERE, log, ADA)
        await database.safety.set_log(HERE, log, ADA)
        assert await database.safety.log(HERE) == log
    assert await database.safety.log(THERE) is None
    await database.safety.set_log(HERE, None, ADA)
    assert await database.safety.log(HERE) is None
    assert [after for _, _, after in await changes(database, Scope.SERVER, HERE)] == [
        {"channel": str(CHANNEL), "texts": False},
        {"channel": "5", "texts": True},
        None,
    ]


async def test_what_a_server_set_goes_with_the_server(database: Database) -> None:
    for guild in (HERE, THERE):
        await database.safety.set_policy(guild, CHANNEL, STRICT, ADA)
        await database.safety.put_rule(guild, RuleKind.ALLOWED_WORD, "damn", None, ADA, limit=1)
        await database.safety.set_log(guild, SafetyLog(CHANNEL, shows_texts=True), ADA)
    assert await database.people.erase_server(HERE)
    assert await database.safety.policies(HERE, [CHANNEL]) == {}
    assert await database.safety.rules(HERE) == ()
    assert await database.safety.log(HERE) is None
    assert await changes(database, Scope.SERVER, HERE) == []
    assert len(await database.safety.rules(THERE)) == 1


async def test_what_somebody_set_stays_without_the_name_when_the_person_goes(database: Database) -> None:
    await database.safety.set_policy(HERE, CHANNEL, STRICT, ADA)
    await database.safety.put_rule(HERE, RuleKind.ALLOWED_WORD, "damn", None, ADA, limit=1)
    await database.safety.set_log(HERE, SafetyLog(CHANNEL, shows_texts=True), ADA)
    assert (await database.people.kept(ADA)).entries == 6  # the three, and three lines of history
    await database.people.erase(ADA)
    assert await database.safety.policies(HERE, [CHANNEL]) == {CHANNEL: STRICT}
    assert [rule.added_by for rule in await database.safety.rules(HERE)] == [0]


@pytest.mark.parametrize("text", ["狐狸", r"\bfox\w{2,}(?:es)?", "'; DROP TABLE safety_rules; --"])
async def test_a_rules_text_comes_back_as_it_was(database: Database, text: str) -> None:
    await database.safety.put_rule(HERE, RuleKind.EXPRESSION, text, "mask", ADA, limit=1)
    assert [rule.text for rule in await database.safety.rules(HERE)] == [text]
