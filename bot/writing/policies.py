"""Which policy holds where, and what a server's moderators may make of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import structlog

from bot.errors import N_
from bot.safety.finder import NO_OWN_RULES, OwnRules
from bot.safety.own.errors import OwnRuleError, TooManyRulesError
from bot.safety.own.rules import (
    EXPRESSIONS,
    SEVERITY_OF,
    WORDS,
    checked_expression,
    checked_word,
    own_rules,
)
from bot.safety.policy import BUILT_IN, LOCKED, STANDARD, Actions, Policy, PolicyName
from bot.safety.verdict import CATEGORY_NAMES, HARDNESS, SEVERITIES, Action, Category, Severity
from bot.store import Database, Json
from bot.store.safety import WHOLE_SERVER, RuleKind, StoredPolicy, StoredRule
from bot.writing.door import Place
from bot.writing.errors import WritingError
from bot.writing.settings import no_parent

if TYPE_CHECKING:
    from bot.ids import ChannelId, GuildId, UserId
    from bot.writing.rule_files import FileRule
    from bot.writing.settings import ParentOf

AgeRestricted = Callable[["ChannelId"], bool]
LIMITS = {RuleKind.BLOCKED_WORD: WORDS, RuleKind.ALLOWED_WORD: WORDS, RuleKind.EXPRESSION: EXPRESSIONS}
"""How many rules of each kind a server may have."""
ADULT = frozenset({Category.SEXUAL})
"""What Discord wants in age-restricted channels alone."""
CHANGEABLE = tuple(
    category
    for category in Category
    if category is not Category.CUSTOM and any((category, severity) not in LOCKED for severity in Severity)
)
"""What a server can say something else about: not what is locked, nor its own rules, which each say it themselves."""
WARY = "wary"
"""Stands beside the categories of a stored policy that is as wary as the strict one it was made of."""

log = structlog.get_logger(__name__)


def never(_channel: ChannelId) -> bool:
    """Know of no age-restricted channels."""
    return False


def choices(category: Category, severity: Severity, *, age_restricted: bool) -> tuple[Action, ...]:
    """Give what a server can do about a category and severity, from the mildest: blocking alone where that is locked.

    Args:
        category: The category.
        severity: How bad it is within that.
        age_restricted: Whether adults alone read it; elsewhere nothing is laxer about what is sexual than `standard`.
    """
    key = (category, severity)
    floor = STANDARD.actions[key] if category in ADULT and not age_restricted else Action.ALLOW
    least = HARDNESS[LOCKED.get(key, floor)]
    return tuple(action for action in Action if HARDNESS[action] >= least)


class LockedCategoryError(WritingError):
    """A category that stays blocked everywhere."""

    template = N_("“{category}” stays blocked in every server; that cannot be changed.")


class RuleActionError(WritingError):
    """Something other than masking or blocking is to be done about a server's own word."""

    template = N_("A server's own words and expressions can be masked or blocked.")


class PolicyBook:
    """Answers which policy holds in a place: its own, or that of the channel a thread is in, the server's, or standard.

    What is stored is read each time, as settings are, so that several processes over one database agree. Compiled
    rules are kept as long as what is stored is what they were compiled from.

    Args:
        store: What servers have set.
        parent_of: Gives the channel that a thread is in, so far as it is known.
        kept: Servers whose compiled rules are kept at hand.
    """

    def __init__(self, store: Database, *, parent_of: ParentOf = no_parent, kept: int = 64) -> None:
        self._store = store
        self._kept = kept
        self._parent_of = parent_of
        self._compiled: OrderedDict[GuildId, tuple[tuple[StoredRule, ...], OwnRules]] = OrderedDict()

    async def policy_for(self, guild: GuildId | None, channel: ChannelId, *, age_restricted: bool) -> Policy:
        """Give the policy that holds in a channel, with the server's own rules.

        Args:
            guild: The server; None is a direct message, where the standard policy holds.
            channel: The channel or thread.
            age_restricted: Whether Discord lets adults alone in. Where it does not, `relaxed` is `standard`, and a
                policy of the server's own is no laxer than that about what is sexual.
        """
        if guild is None:
            return STANDARD
        places = [place for place in (channel, self._parent_of(channel), WHOLE_SERVER) if place is not None]
        stored = await self._store.safety.policies(guild, places)
        held = next((stored[place] for place in places if place in stored), None)
        return replace(_policy(held, age_restricted=age_restricted), own=await self._own(guild))

    async def set_policy(
        self,
        guild: GuildId,
        channel: ChannelId | None,
        name: PolicyName,
        by: UserId,
        *,
        actions: Actions = MappingProxyType({}),
    ) -> None:
        """Give a channel, or the whole server, a policy.

        Args:
            guild: The server.
            channel: The channel; None is the whole server.
            name: Which policy.
            by: Who does it.
            actions: For `custom`, what is done otherwise than by `standard`; other policies have none.

        Raises:
            LockedCategoryError: an action would loosen what is blocked everywhere.
        """
        _check_locked(actions)
        own = _as_json(actions) if name is PolicyName.CUSTOM else {}
        await self._store.safety.set_policy(guild, channel or WHOLE_SERVER, StoredPolicy(name, own), by)

    async def reset_policy(self, guild: GuildId, channel: ChannelId | None, by: UserId) -> bool:
        """Take a channel's policy back, or that of the whole server; returns whether there was one."""
        return await self._store.safety.reset_policy(guild, channel or WHOLE_SERVER, by)

    async def chosen(self, guild: GuildId, channel: ChannelId) -> Mapping[ChannelId, PolicyName]:
        """Name the policies that a channel, the channel that a thread is in, and `WHOLE_SERVER` have of their own."""
        places = [place for place in (channel, self._parent_of(channel)) if place is not None]
        stored = await self._store.safety.policies(guild, places)
        names: Mapping[str, PolicyName] = {name.value: name for name in PolicyName}
        return {place: names[held.policy] for place, held in stored.items() if held.policy in names}

    async def last_custom(self, guild: GuildId, channel: ChannelId | None) -> StoredPolicy | None:
        """Give the policy of the server's own that a channel, or the whole server, had last; None if never."""
        return await self._store.safety.last_policy(guild, channel or WHOLE_SERVER, PolicyName.CUSTOM)

    async def begin_custom(
        self, guild: GuildId, channel: ChannelId | None, by: UserId, *, age_restricted: bool
    ) -> None:
        """Give a channel, or the whole server, a policy of the server's own that does what held there before.

        Where there is such a policy already, it stays. For the whole server, what held before is what held where
        everybody may read: nothing that was for adults alone is let out of their channels.
        """
        place = channel or WHOLE_SERVER
        held = await self.policy_for(guild, place, age_restricted=age_restricted and channel is not None)
        await self._choose_custom(guild, place, _stored(held), by)

    async def recall_custom(self, guild: GuildId, channel: ChannelId | None, by: UserId) -> None:
        """Give a channel, or the whole server, the custom policy that it had last, or one that begins as `standard`.

        Where there is such a policy already, it stays.
        """
        last = await self.last_custom(guild, channel)
        await self._choose_custom(guild, channel or WHOLE_SERVER, last or _stored(STANDARD), by)

    async def change_custom(self, guild: GuildId, channel: ChannelId | None, changes: Actions, by: UserId) -> bool:
        """Let a policy of the server's own do something else about some of what it says; all the rest of it stays.

        Returns:
            False where the channel, or the whole server, has no such policy any more: then nothing changes.

        Raises:
            LockedCategoryError: a change would loosen what is blocked everywhere.
        """
        _check_locked(changes)

        def changed(own: StoredPolicy | None) -> StoredPolicy | None:
            return None if own is None or not _is_custom(own) else _stored(_custom(own).with_actions(changes))

        after = await self._store.safety.change_policy(guild, channel or WHOLE_SERVER, changed, by)
        return _is_custom(after)

    async def reset_category(self, guild: GuildId, channel: ChannelId | None, category: Category, by: UserId) -> bool:
        """Let a policy of the server's own do about a category what `standard` does; see `change_custom`."""
        row = {(category, severity): STANDARD.action_for(category, severity) for severity in Severity}
        return await self.change_custom(guild, channel, row, by)

    async def rules(self, guild: GuildId) -> tuple[StoredRule, ...]:
        """Return a server's own words and expressions, oldest first."""
        return await self._store.safety.rules(guild)

    async def block_word(self, guild: GuildId, word: str, action: Action, by: UserId) -> str:
        """Let a word be masked or blocked in a server; returns it as it is looked for.

        Raises:
            OwnRuleError: the word cannot be looked for, or there are too many.
            RuleActionError: neither masking nor blocking.
        """
        return await self._put(guild, RuleKind.BLOCKED_WORD, checked_word(word), action, by)

    async def allow_word(self, guild: GuildId, word: str, by: UserId) -> str:
        """Let a word pass that the list of words names, unless it is blocked everywhere; returns it folded.

        Raises:
            OwnRuleError: there is nothing of the word, or there are too many.
        """
        return await self._put(guild, RuleKind.ALLOWED_WORD, checked_word(word), None, by)

    async def add_expression(self, guild: GuildId, expression: str, action: Action, by: UserId) -> str:
        """Let what an expression matches be masked or blocked in a server; returns the expression.

        Raises:
            OwnRuleError: the expression cannot be used, or there are too many.
            RuleActionError: neither masking nor blocking.
        """
        return await self._put(guild, RuleKind.EXPRESSION, checked_expression(expression), action, by)

    async def take_over(self, guild: GuildId, rules: Sequence[FileRule], by: UserId) -> None:
        """Add the words and expressions of a file: all of them, or none.

        Args:
            guild: The server.
            rules: As `read_rules` gave them.
            by: Who does it.

        Raises:
            TooManyRulesError: there would be too many.
        """
        wanted = [(rule.kind, rule.checked(), rule.stored_action) for rule in rules]
        if kind := await self._store.safety.put_rules(guild, wanted, by, limits=LIMITS):
            raise TooManyRulesError(limit=LIMITS[kind])

    async def remove_rule(self, guild: GuildId, number: int, by: UserId) -> StoredRule | None:
        """Take a word or an expression away; returns it, None where it was not there."""
        return await self._store.safety.remove_rule(guild, number, by)

    async def _choose_custom(self, guild: GuildId, place: ChannelId, policy: StoredPolicy, by: UserId) -> None:
        await self._store.safety.change_policy(guild, place, lambda own: None if _is_custom(own) else policy, by)

    async def _put(self, guild: GuildId, kind: RuleKind, text: str, action: Action | None, by: UserId) -> str:
        if action is not None and action not in SEVERITY_OF:
            raise RuleActionError
        if not await self._store.safety.put_rule(guild, kind, text, action, by, limit=LIMITS[kind]):
            raise TooManyRulesError(limit=LIMITS[kind])
        return text

    async def _own(self, guild: GuildId) -> OwnRules:
        stored = await self._store.safety.rules(guild)
        if not stored:
            self._compiled.pop(guild, None)
            return NO_OWN_RULES
        before, compiled = self._compiled.get(guild, ((), NO_OWN_RULES))
        if before != stored:
            compiled = _compiled(guild, stored)
            self._compiled[guild] = (stored, compiled)
        self._compiled.move_to_end(guild)
        while len(self._compiled) > self._kept:
            self._compiled.popitem(last=False)
        return compiled


def _policy(stored: StoredPolicy | None, *, age_restricted: bool) -> Policy:
    """Read a stored policy; what cannot be read any more counts as not stored."""
    if stored is None or (stored.policy == PolicyName.RELAXED and not age_restricted):
        return STANDARD
    if not _is_custom(stored):
        return BUILT_IN.get(stored.policy, STANDARD)
    policy = _custom(stored)
    floors = {key: choices(*key, age_restricted=age_restricted)[0] for key in policy.actions}
    return policy.with_actions(
        {key: max(floor, policy.actions[key], key=HARDNESS.__getitem__) for key, floor in floors.items()}
    )


def _is_custom(stored: StoredPolicy | None) -> bool:
    return stored is not None and stored.policy == PolicyName.CUSTOM


def _custom(stored: StoredPolicy) -> Policy:
    return replace(STANDARD.with_actions(_actions(stored.actions)), wary=stored.actions.get(WARY) is True)


def _stored(policy: Policy) -> StoredPolicy:
    """Give a policy of the server's own that is like another, as all that it does otherwise than `standard`."""
    different = {key: action for key, action in policy.actions.items() if action is not STANDARD.actions[key]}
    return StoredPolicy(PolicyName.CUSTOM, {**_as_json(different), **({WARY: True} if policy.wary else {})})


def _check_locked(actions: Actions) -> None:
    for key, action in actions.items():
        if action is not LOCKED.get(key, action):
            raise LockedCategoryError(category=CATEGORY_NAMES[key[0]])


def _actions(stored: Mapping[str, Json]) -> dict[tuple[Category, Severity], Action]:
    return {
        (Category(category), SEVERITIES[severity]): Action(action)
        for category, row in stored.items()
        if category in CATEGORY_NAMES and isinstance(row, Mapping)
        for severity, action in row.items()
        if severity in SEVERITIES and isinstance(action, str) and action in HARDNESS
    }


def _as_json(actions: Actions) -> Mapping[str, Json]:
    rows: dict[str, dict[str, Json]] = {}
    for (category, severity), action in sorted(actions.items()):
        rows.setdefault(category, {})[severity.key] = action.value
    return rows


def _compiled(guild: GuildId, stored: Sequence[StoredRule]) -> OwnRules:
    def of(kind: RuleKind, check: Callable[[str], str]) -> Iterable[tuple[str, Action]]:
        for rule in stored:
            if rule.kind is not kind:
                continue
            try:
                yield check(rule.text), Action(rule.action or Action.ALLOW)
            except OwnRuleError as error:
                log.warning("a server's rule cannot be used any more", guild=guild, rule=rule.id, reason=str(error))

    def as_stored(word: str) -> str:
        # Messages name it as moderators know it.
        checked_word(word)
        return word

    allowed: Collection[str] = [word for word, _ in of(RuleKind.ALLOWED_WORD, as_stored)]
    return own_rules(
        dict(of(RuleKind.BLOCKED_WORD, as_stored)), allowed, dict(of(RuleKind.EXPRESSION, checked_expression))
    )


class PlacePolicies:
    """Knows which policy holds in a place, for the door.

    Args:
        book: What servers have set.
        age_restricted: Says whether Discord marks a channel as age-restricted.
    """

    def __init__(self, book: PolicyBook, age_restricted: AgeRestricted) -> None:
        self._book = book
        self._age_restricted = age_restricted

    async def policy_for(self, place: Place) -> Policy:
        """Give the policy of a place.

        Raises:
            StoreError
        """
        channel = place.channel_id or WHOLE_SERVER
        return await self._book.policy_for(place.guild_id, channel, age_restricted=self._age_restricted(channel))
