"""What servers set about the safety layer: policies, words and expressions of their own, where moderators read of it.

Every change is written down where those of the settings are. The meaning of names is not known here: who writes has
checked them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.ids import ChannelId, GuildId, UserId
from bot.store import schema
from bot.store.settings import Scope, write_down
from bot.store.transactions import Row, Transactions, whole
from bot.store.types import Json, plain_json

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

WHOLE_SERVER = ChannelId(0)
"""Stands for all channels that have no policy of their own."""
POLICY_KEY, LOG_KEY = "safety.policy", "safety.log"
"""Under which names changes are written down."""


class RuleKind(StrEnum):
    """What a server can add."""

    BLOCKED_WORD = "blocked word"
    ALLOWED_WORD = "allowed word"
    EXPRESSION = "expression"


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """What is done about what is found.

    Attributes:
        policy: The policy's name.
        actions: For a policy of the server's own, by category and severity what is done; empty for others.
    """

    policy: str
    actions: Mapping[str, Json]


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredRule:
    """A word or an expression that a server has added."""

    id: int
    kind: RuleKind
    text: str
    action: str | None
    """What is done about it; None for a word that is allowed."""
    added_by: UserId
    added_at: datetime


@dataclass(frozen=True, slots=True)
class SafetyLog:
    """Where a server's moderators read of decisions, and whether they see the texts there."""

    channel_id: ChannelId
    shows_texts: bool


class SafetyRepository:
    """Keeps what servers set about the safety layer."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @whole
    async def policies(self, guild: GuildId, channels: Collection[ChannelId]) -> Mapping[ChannelId, StoredPolicy]:
        """Return the policies of some of a server's channels, and under `WHOLE_SERVER` the server's."""
        table = schema.safety_policies
        query = sa.select(table).where(table.c.guild_id == guild, table.c.channel_id.in_({WHOLE_SERVER, *channels}))
        async with self._transactions.read() as connection:
            rows = await connection.execute(query)
            return {ChannelId(row.channel_id): StoredPolicy(row.policy, row.actions) for row in rows}

    @whole
    async def set_policy(self, guild: GuildId, channel: ChannelId, policy: StoredPolicy, by: UserId) -> None:
        """Give a channel, or `WHOLE_SERVER`, a policy."""
        await self.change_policy(guild, channel, lambda _: policy, by)

    @whole
    async def change_policy(
        self,
        guild: GuildId,
        channel: ChannelId,
        change: Callable[[StoredPolicy | None], StoredPolicy | None],
        by: UserId,
    ) -> StoredPolicy | None:
        """Make another policy of the one that a channel, or `WHOLE_SERVER`, has, with nobody else's change between.

        Args:
            guild: The server.
            channel: The channel.
            change: Gives the new policy, from the one there is; None leaves it.
            by: Who does it.

        Returns:
            The policy that is there afterwards.
        """
        place = {"guild_id": guild, "channel_id": channel}
        async with self._transactions.write() as connection:
            before = await _policy(connection, guild, channel)
            policy = change(before)
            if policy is None:
                return before
            row = {
                "policy": policy.policy,
                "actions": plain_json(policy.actions),
                "changed_by": by,
                "changed_at": self._transactions.now(),
            }
            insert = self._transactions.upsert(schema.safety_policies).values(**place, **row)
            await connection.execute(insert.on_conflict_do_update(index_elements=list(place), set_=row))
            await self._policy_changed(connection, guild, channel, before, policy, by)
            return policy

    @whole
    async def last_policy(self, guild: GuildId, channel: ChannelId, name: str) -> StoredPolicy | None:
        """Return the policy of a name as a channel, or `WHOLE_SERVER`, had it last, by what is written down."""
        table, (scope, number) = schema.settings_changes, _scope(guild, channel)
        query = sa.select(table.c.to_value, table.c.from_value).where(
            table.c.scope == scope, table.c.scope_id == number, table.c.key == POLICY_KEY
        )
        async with self._transactions.read() as connection:
            rows = (await connection.execute(query.order_by(table.c.id.desc()))).all()
        policies = (_policy_meant(said) for row in rows for said in (row.to_value, row.from_value))
        return next((policy for policy in policies if policy is not None and policy.policy == name), None)

    @whole
    async def reset_policy(self, guild: GuildId, channel: ChannelId, by: UserId) -> bool:
        """Take a channel's policy, or that of `WHOLE_SERVER`, back; returns whether there was one."""
        table = schema.safety_policies
        async with self._transactions.write() as connection:
            before = await _policy(connection, guild, channel)
            if before is None:
                return False
            place = (table.c.guild_id == guild, table.c.channel_id == channel)
            await connection.execute(sa.delete(table).where(*place))
            await self._policy_changed(connection, guild, channel, before, None, by)
            return True

    @whole
    async def rules(self, guild: GuildId) -> tuple[StoredRule, ...]:
        """Return a server's own words and expressions, oldest first."""
        table = schema.safety_rules
        query = sa.select(table).where(table.c.guild_id == guild).order_by(table.c.id)
        async with self._transactions.read() as connection:
            return tuple(map(_rule_of, await connection.execute(query)))

    @whole
    async def put_rule(
        self, guild: GuildId, kind: RuleKind, text: str, action: str | None, by: UserId, *, limit: int
    ) -> bool:
        """Add a word or an expression, or give one that is there another action.

        Returns:
            False where the server has as many of that kind as the limit allows, and nothing was added.
        """
        return await self.put_rules(guild, [(kind, text, action)], by, limits={kind: limit}) is None

    @whole
    async def put_rules(
        self,
        guild: GuildId,
        rules: Sequence[tuple[RuleKind, str, str | None]],
        by: UserId,
        *,
        limits: Mapping[RuleKind, int],
    ) -> RuleKind | None:
        """Add words and expressions, or give those that are there other actions: all of them, or none.

        Args:
            guild: The server.
            rules: Kind, text and action of each.
            by: Who does it.
            limits: How many of each kind a server may have.

        Returns:
            The kind of which there would be more, and nothing was added; None where all were.
        """
        table, at = schema.safety_rules, self._transactions.now()
        async with self._transactions.write() as connection:
            query = sa.select(table.c.kind, table.c.text, table.c.action).where(table.c.guild_id == guild)
            there = {(RuleKind(row.kind), row.text): row.action for row in await connection.execute(query)}
            wanted = {(kind, text): action for kind, text, action in rules}
            after = there | wanted
            for kind, limit in limits.items():
                count = sum(each == kind for each, _ in after)
                if count > limit and count > sum(each == kind for each, _ in there):
                    return kind
            for (kind, text), action in wanted.items():
                row = {"action": action, "added_by": by, "added_at": at}
                insert = self._transactions.upsert(table).values(guild_id=guild, kind=kind, text=text, **row)
                await connection.execute(
                    insert.on_conflict_do_update(index_elements=["guild_id", "kind", "text"], set_=row)
                )
                was = _rule_said(text, there[kind, text]) if (kind, text) in there else None
                if was != (now := _rule_said(text, action)):
                    await self._rule_changed(connection, guild, kind, was, now, by)
            return None

    @whole
    async def remove_rule(self, guild: GuildId, number: int, by: UserId) -> StoredRule | None:
        """Take a word or an expression away; returns it, None where it was not there."""
        table = schema.safety_rules
        gone = sa.delete(table).where(table.c.guild_id == guild, table.c.id == number).returning(table)
        async with self._transactions.write() as connection:
            row = (await connection.execute(gone)).one_or_none()
            if row is None:
                return None
            rule = _rule_of(row)
            await self._rule_changed(connection, guild, rule.kind, _rule_said(rule.text, rule.action), None, by)
            return rule

    @whole
    async def log(self, guild: GuildId) -> SafetyLog | None:
        """Return where a server's moderators read of decisions; None where they do not."""
        async with self._transactions.read() as connection:
            return await _log(connection, guild)

    @whole
    async def set_log(self, guild: GuildId, log: SafetyLog | None, by: UserId) -> None:
        """Say where a server's moderators read of decisions; None is nowhere."""
        table = schema.safety_logs
        async with self._transactions.write() as connection:
            before = await _log(connection, guild)
            if log == before:
                return
            if log is None:
                await connection.execute(sa.delete(table).where(table.c.guild_id == guild))
            else:
                row = {
                    "channel_id": log.channel_id,
                    "shows_texts": log.shows_texts,
                    "changed_by": by,
                    "changed_at": self._transactions.now(),
                }
                insert = self._transactions.upsert(table).values(guild_id=guild, **row)
                await connection.execute(insert.on_conflict_do_update(index_elements=["guild_id"], set_=row))
            change = {LOG_KEY: (_log_said(before), _log_said(log))}
            await write_down(self._transactions, connection, (Scope.SERVER, guild), change, by)

    async def _policy_changed(
        self,
        connection: AsyncConnection,
        guild: GuildId,
        channel: ChannelId,
        before: StoredPolicy | None,
        after: StoredPolicy | None,
        by: UserId,
    ) -> None:
        was, now = _policy_said(before), _policy_said(after)
        if was != now:
            await write_down(self._transactions, connection, _scope(guild, channel), {POLICY_KEY: (was, now)}, by)

    async def _rule_changed(
        self, connection: AsyncConnection, guild: GuildId, kind: RuleKind, was: Json, now: Json, by: UserId
    ) -> None:
        key = f"safety.{kind.replace(' ', '_')}"
        await write_down(self._transactions, connection, (Scope.SERVER, guild), {key: (was, now)}, by)


async def _policy(connection: AsyncConnection, guild: GuildId, channel: ChannelId) -> StoredPolicy | None:
    table = schema.safety_policies
    place = (table.c.guild_id == guild, table.c.channel_id == channel)
    row = (await connection.execute(sa.select(table).where(*place).with_for_update())).one_or_none()
    return StoredPolicy(row.policy, row.actions) if row else None


async def _log(connection: AsyncConnection, guild: GuildId) -> SafetyLog | None:
    table = schema.safety_logs
    row = (await connection.execute(sa.select(table).where(table.c.guild_id == guild))).one_or_none()
    return SafetyLog(ChannelId(row.channel_id), row.shows_texts) if row else None


def _rule_of(row: Row) -> StoredRule:
    return StoredRule(
        id=row.id,
        kind=RuleKind(row.kind),
        text=row.text,
        action=row.action,
        added_by=UserId(row.added_by),
        added_at=row.added_at,
    )


def _scope(guild: GuildId, channel: ChannelId) -> tuple[Scope, int]:
    return (Scope.SERVER, guild) if channel == WHOLE_SERVER else (Scope.CHANNEL, channel)


def _policy_said(policy: StoredPolicy | None) -> Json:
    if policy is None:
        return None
    return {"policy": policy.policy, **policy.actions} if policy.actions else policy.policy


def _policy_meant(said: Json) -> StoredPolicy | None:
    """Read what `_policy_said` wrote."""
    if isinstance(said, str):
        return StoredPolicy(said, {})
    if not isinstance(said, dict):
        return None
    return StoredPolicy(str(said.get("policy")), {key: value for key, value in said.items() if key != "policy"})


def _rule_said(text: str, action: str | None) -> str:
    return f"{text} ({action})" if action else text


def _log_said(log: SafetyLog | None) -> Json:
    return None if log is None else {"channel": str(log.channel_id), "texts": log.shows_texts}
