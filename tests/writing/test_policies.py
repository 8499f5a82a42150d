"""The policy of the nearest place holds, with the server's own rules, and nobody loosens what is locked."""

from __future__ import annotations

import pytest

from bot.ids import ChannelId, GuildId, UserId
from bot.safety.finder import NO_OWN_RULES
from bot.safety.layer import Safety
from bot.safety.own.errors import EndlessExpressionError, TooManyRulesError
from bot.safety.own.rules import EXPRESSIONS, WORDS
from bot.safety.policy import RELAXED, STANDARD, STRICT, Policy, PolicyName
from bot.safety.verdict import MASK, Action, Category, Severity
from bot.safety.words.lexicon import Lexicon
from bot.store import Database, Scope
from bot.store.safety import WHOLE_SERVER, RuleKind, StoredPolicy
from bot.writing.policies import LockedCategoryError, PolicyBook, RuleActionError, choices
from tests.writing.desk import WORDS as LISTED

ADA = UserId(11)
HERE, THERE = GuildId(21), GuildId(22)
CHANNEL, THREAD, ELSEWHERE = ChannelId(31), ChannelId(32), ChannelId(33)
SAFETY = Safety([Lexicon(LISTED)])


@pytest.fixture
def book(store: Database) -> PolicyBook:
    return PolicyBook(store, parent_of=lambda channel: CHANNEL if channel == THREAD else None)


async def held(
    book: PolicyBook, channel: ChannelId = CHANNEL, guild: GuildId | None = HERE, *, age_restricted: bool = False
) -> Policy:
    return await book.policy_for(guild, channel, age_restricted=age_restricted)


async def test_the_standard_policy_holds_where_nobody_chose_and_in_direct_messages(book: PolicyBook) -> None:
    assert await held(book) == STANDARD
    await book.set_policy(HERE, None, PolicyName.STRICT, ADA)
    assert await held(book, guild=None, age_restricted=True) == STANDARD
    assert await held(book, guild=THERE) == STANDARD


async def test_the_nearest_place_wins(book: PolicyBook) -> None:
    await book.set_policy(HERE, None, PolicyName.STRICT, ADA)
    assert await held(book) == STRICT
    await book.set_policy(HERE, CHANNEL, PolicyName.STANDARD, ADA)
    assert [await held(book, place) for place in (CHANNEL, THREAD, ELSEWHERE)] == [STANDARD, STANDARD, STRICT]
    await book.set_policy(HERE, THREAD, PolicyName.STRICT, ADA)
    assert await held(book, THREAD) == STRICT
    assert await book.reset_policy(HERE, CHANNEL, ADA)
    assert not await book.reset_policy(HERE, CHANNEL, ADA)
    assert await held(book) == STRICT


async def test_relaxed_is_standard_where_children_may_read(book: PolicyBook) -> None:
    await book.set_policy(HERE, None, PolicyName.RELAXED, ADA)
    assert await held(book, age_restricted=True) == RELAXED
    assert await held(book) == STANDARD


async def test_a_policy_of_the_servers_own_differs_from_standard_in_what_it_names(book: PolicyBook) -> None:
    spam, threat = (Category.SPAM, Severity.STRONG), (Category.THREAT, Severity.SEVERE)
    await book.set_policy(HERE, None, PolicyName.CUSTOM, ADA, actions={spam: Action.BLOCK, threat: Action.ALLOW})
    policy = await held(book)
    assert policy.name == PolicyName.CUSTOM
    assert (policy.actions[spam], policy.actions[threat]) == (Action.BLOCK, Action.ALLOW)
    assert {**policy.actions, spam: STANDARD.actions[spam], threat: STANDARD.actions[threat]} == STANDARD.actions


async def test_a_policy_of_the_servers_own_is_about_sex_no_laxer_than_standard_where_children_may_read(
    book: PolicyBook,
) -> None:
    strong, severe = (Category.SEXUAL, Severity.STRONG), (Category.SEXUAL, Severity.SEVERE)
    await book.set_policy(HERE, None, PolicyName.CUSTOM, ADA, actions={strong: Action.BLOCK, severe: Action.ALLOW})
    assert [(await held(book)).actions[key] for key in (strong, severe)] == [Action.BLOCK, Action.BLOCK]
    policy = await held(book, age_restricted=True)
    assert [policy.actions[key] for key in (strong, severe)] == [Action.BLOCK, Action.ALLOW]


@pytest.mark.parametrize(
    "key", [(Category.SEXUAL_MINORS, Severity.MILD), (Category.HATE, Severity.MILD), (Category.SLUR, Severity.SEVERE)]
)
async def test_what_is_locked_cannot_be_loosened(book: PolicyBook, key: tuple[Category, Severity]) -> None:
    with pytest.raises(LockedCategoryError):
        await book.set_policy(HERE, None, PolicyName.CUSTOM, ADA, actions={key: Action.MASK})
    await book.set_policy(HERE, None, PolicyName.CUSTOM, ADA, actions={key: Action.BLOCK})
    assert (await held(book)).actions[key] is Action.BLOCK


async def test_a_custom_policy_begins_from_what_held_and_changes_in_what_is_named(book: PolicyBook) -> None:
    key = (Category.SPAM, Severity.MILD)
    await book.set_policy(HERE, None, PolicyName.STRICT, ADA)
    await book.begin_custom(HERE, CHANNEL, ADA, age_restricted=False)
    assert await book.change_custom(HERE, CHANNEL, {key: Action.ALLOW}, ADA)
    policy = await held(book)
    assert (policy.name, policy.wary) == (PolicyName.CUSTOM, True)
    assert policy.actions == {**STRICT.actions, key: Action.ALLOW}
    await book.begin_custom(HERE, CHANNEL, ADA, age_restricted=False)
    assert await held(book) == policy
    assert await book.reset_category(HERE, CHANNEL, Category.SPAM, ADA)
    row = {(Category.SPAM, severity): STANDARD.actions[Category.SPAM, severity] for severity in Severity}
    assert (await held(book)).actions == {**STRICT.actions, **row}


async def test_a_channel_for_adults_begins_its_custom_policy_from_relaxed_and_a_server_from_what_all_may_read(
    book: PolicyBook,
) -> None:
    await book.set_policy(HERE, None, PolicyName.RELAXED, ADA)
    await book.begin_custom(HERE, CHANNEL, ADA, age_restricted=True)
    await book.begin_custom(HERE, None, ADA, age_restricted=True)
    assert (await held(book, age_restricted=True)).actions == RELAXED.actions
    assert (await held(book, ELSEWHERE, age_restricted=True)).actions == STANDARD.actions


async def test_only_a_custom_policy_is_changed_and_only_in_what_is_not_locked(book: PolicyBook) -> None:
    await book.set_policy(HERE, None, PolicyName.STRICT, ADA)
    assert not await book.change_custom(HERE, None, {(Category.SPAM, Severity.MILD): Action.ALLOW}, ADA)
    assert not await book.change_custom(HERE, CHANNEL, {(Category.SPAM, Severity.MILD): Action.ALLOW}, ADA)
    assert await held(book) == STRICT
    await book.recall_custom(HERE, None, ADA)
    with pytest.raises(LockedCategoryError):
        await book.change_custom(HERE, None, {(Category.SLUR, Severity.SEVERE): Action.MASK}, ADA)
    assert (await held(book)).actions == STANDARD.actions


async def test_a_custom_policy_comes_back_as_it_was_with_all_that_it_was_made_of(book: PolicyBook) -> None:
    await book.set_policy(HERE, None, PolicyName.STRICT, ADA)
    await book.begin_custom(HERE, None, ADA, age_restricted=False)
    await book.change_custom(HERE, None, {(Category.SPAM, Severity.MILD): Action.BLOCK}, ADA)
    before = await held(book)
    await book.reset_policy(HERE, None, ADA)
    await book.recall_custom(HERE, None, ADA)
    assert await held(book) == before


def test_a_severity_is_offered_what_neither_a_lock_nor_a_channel_for_everybody_forbids() -> None:
    assert choices(Category.SPAM, Severity.SEVERE, age_restricted=False) == tuple(Action)
    assert choices(Category.SEXUAL, Severity.SEVERE, age_restricted=True) == tuple(Action)
    assert choices(Category.SEXUAL, Severity.STRONG, age_restricted=False) == (
        Action.MASK, Action.RETRY, Action.BLOCK,
    )  # fmt: skip
    assert choices(Category.SLUR, Severity.SEVERE, age_restricted=True) == (Action.BLOCK,)


async def test_a_place_and_its_server_have_policies_of_their_own(book: PolicyBook, store: Database) -> None:
    assert await book.chosen(HERE, THREAD) == {}
    await book.set_policy(HERE, CHANNEL, PolicyName.STRICT, ADA)
    await store.safety.set_policy(HERE, WHOLE_SERVER, StoredPolicy("withdrawn", {}), ADA)
    assert await book.chosen(HERE, THREAD) == {CHANNEL: PolicyName.STRICT}
    assert await book.chosen(HERE, ELSEWHERE) == {}


@pytest.mark.parametrize(
    "stored",
    [
        StoredPolicy("withdrawn", {}),
        StoredPolicy("custom", {"weather": {"strong": "mask"}, "spam": "x", "threat": {"odd": "mask", "mild": "x"}}),
    ],
)
async def test_what_cannot_be_read_any_more_is_passed_over(
    book: PolicyBook, store: Database, stored: StoredPolicy
) -> None:
    await store.safety.set_policy(HERE, CHANNEL, stored, ADA)
    assert (await held(book)).actions == STANDARD.actions


async def test_a_servers_own_rules_hold_in_all_its_channels_and_in_no_other_server(book: PolicyBook) -> None:
    assert await book.block_word(HERE, " Spóiler", Action.MASK, ADA) == "spoiler"
    await book.add_expression(HERE, r"chapter \d+", Action.BLOCK, ADA)
    await book.allow_word(HERE, "badword", ADA)
    policy = await held(book, ELSEWHERE)
    assert (await SAFETY.read("A badword spoiler.", policy)).text == f"A badword {MASK * 7}."
    assert (await SAFETY.read("In Chapter 7.", policy)).action is Action.BLOCK
    assert (await held(book, guild=THERE)).own is NO_OWN_RULES


async def test_rules_are_compiled_once_and_anew_when_another_process_changed_them(
    book: PolicyBook, store: Database
) -> None:
    await book.block_word(HERE, "spoiler", Action.MASK, ADA)
    first = (await held(book)).own
    assert (await held(book, ELSEWHERE)).own is first
    await PolicyBook(store).block_word(HERE, "spoiler", Action.BLOCK, ADA)
    assert (await SAFETY.read("spoiler", await held(book))).action is Action.BLOCK
    for rule in await book.rules(HERE):
        assert await book.remove_rule(HERE, rule.id, ADA) == rule
    assert (await held(book)).own is NO_OWN_RULES


async def test_only_so_many_servers_compiled_rules_are_kept(store: Database) -> None:
    book = PolicyBook(store, kept=1)
    for guild in (HERE, THERE):
        await book.block_word(guild, "spoiler", Action.MASK, ADA)
    first = (await held(book)).own
    await held(book, guild=THERE)
    assert (await held(book)).own is not first


async def test_a_rule_that_cannot_be_used_is_not_kept(book: PolicyBook) -> None:
    with pytest.raises(EndlessExpressionError):
        await book.add_expression(HERE, ".", Action.MASK, ADA)
    with pytest.raises(RuleActionError):
        await book.block_word(HERE, "spoiler", Action.RETRY, ADA)
    assert await book.rules(HERE) == ()


async def test_a_stored_rule_that_cannot_be_used_any_more_does_not_take_the_others_along(
    book: PolicyBook, store: Database
) -> None:
    await store.safety.put_rule(HERE, RuleKind.EXPRESSION, "(?=old)", "mask", ADA, limit=5)
    await book.add_expression(HERE, "fox(?:es)?", Action.MASK, ADA)
    assert (await SAFETY.read("A fox.", await held(book))).text == f"A {MASK * 3}."


async def test_a_server_has_only_so_many_rules(book: PolicyBook, store: Database) -> None:
    for number in range(EXPRESSIONS):
        await store.safety.put_rule(HERE, RuleKind.EXPRESSION, f"fox {number}", "mask", ADA, limit=EXPRESSIONS)
    with pytest.raises(TooManyRulesError, match=str(EXPRESSIONS)):
        await book.add_expression(HERE, "one fox more", Action.MASK, ADA)
    await book.add_expression(HERE, "fox 1", Action.BLOCK, ADA)
    for number in range(WORDS):
        await store.safety.put_rule(HERE, RuleKind.ALLOWED_WORD, f"fox {number}", None, ADA, limit=WORDS)
    with pytest.raises(TooManyRulesError, match=str(WORDS)):
        await book.allow_word(HERE, "one fox more", ADA)


async def test_every_change_is_in_the_history_of_settings(book: PolicyBook, store: Database) -> None:
    await book.set_policy(HERE, CHANNEL, PolicyName.STRICT, ADA)
    await book.block_word(HERE, "spoiler", Action.MASK, ADA)
    history = await store.settings.history([(Scope.SERVER, HERE), (Scope.CHANNEL, CHANNEL)])
    assert [(change.key, change.after, change.changed_by) for change in history] == [
        ("safety.blocked_word", "spoiler (mask)", ADA),
        ("safety.policy", "strict", ADA),
    ]
