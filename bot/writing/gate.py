"""Lets requests pass that rules, quotas and limits allow."""

from __future__ import annotations

from typing import NamedTuple

from bot.ids import GuildId, UserId
from bot.store import Database
from bot.store.blocks import EVERYBODY, BlockRepository
from bot.writing import errors
from bot.writing.requests import WriteRequest
from bot.writing.rules import Asker, Used, admit
from bot.writing.settings import ResolvedSettings, SettingsResolver
from config.settings import LimitSettings


class _Bucket(NamedTuple):
    key: str
    capacity: int
    per_second: float
    refusal: type[errors.WritingError]


class Gate:
    """Asks who is blocked, what the place's rules say, and whether there are tokens left in the buckets.

    Args:
        store: Where all of that is kept.
        resolver: Where settings come from.
        limits: The operator's limits.
    """

    def __init__(self, store: Database, resolver: SettingsResolver, limits: LimitSettings) -> None:
        self._store = store
        self._resolver = resolver
        self._limits = limits

    async def check(self, request: WriteRequest, resolved: ResolvedSettings) -> None:
        """See whether somebody may write in a place now.

        Raises:
            WritingError: they may not.
            StoreError
        """
        store, rules = self._store, resolved.rules
        await refuse_blocked(store.blocks, request.guild_id, request.user_id)
        used = Used()
        if rules.daily_tokens or rules.server_daily_tokens:
            used = Used(*await store.usage.today(request.guild_id, request.user_id))
        asker = Asker(user_id=request.user_id, roles=request.roles, manager=request.manager)
        admit(rules, asker, used, store.now())

    async def admit(self, request: WriteRequest, resolved: ResolvedSettings) -> None:
        """Let a request pass, and count it.

        Raises:
            WritingError: it is refused, and nothing was counted.
            StoreError
        """
        await self.check(request, resolved)
        rules = resolved.rules
        if request.parent_id is None:
            self._resolver.refuse_locked(request.options, resolved)
        buckets = self._buckets(request)
        if rules.cooldown and not request.manager and request.game is None:
            key = f"cooldown:{request.server}:{request.user_id}"
            buckets.append(_Bucket(key, 1, 1 / rules.cooldown, errors.CooldownError))
        await self._take(buckets)

    def _buckets(self, request: WriteRequest) -> list[_Bucket]:
        """List what a request takes a token from: for each variant the person's bucket, and the server's.

        A game has a pace of its own, that of those who take turns in it.
        """
        limits = self._limits
        user = _Bucket(request.asker, limits.user_burst, limits.user_per_minute / 60, errors.RateLimitedError)
        if request.guild_id is None:
            return [user] * request.texts
        server = _Bucket(
            f"server:{request.guild_id}",
            limits.server_burst,
            limits.server_per_minute / 60,
            errors.ServerRateLimitedError,
        )
        return ([user, server] if request.game is None else [server]) * request.texts

    async def _take(self, buckets: list[_Bucket]) -> None:
        """Take a token from each bucket, or from none."""
        taken: list[_Bucket] = []
        for bucket in buckets:
            token = await self._store.limits.take(bucket.key, capacity=bucket.capacity, per_second=bucket.per_second)
            if token.retry_at:
                for before in taken:
                    await self._store.limits.give_back(before.key, capacity=before.capacity)
                raise bucket.refusal(retry_at=int(token.retry_at.timestamp()) + 1)
            taken.append(bucket)


async def refuse_blocked(blocks: BlockRepository, guild: GuildId | None, user: UserId) -> None:
    """Let only those on who are not blocked, in a server that is not.

    Raises:
        ServerBlockedError, BlockedError: one of them is.
    """
    if await blocks.holds(guild, user):
        server_too = await blocks.holds(guild, EVERYBODY)
        raise errors.ServerBlockedError if server_too else errors.BlockedError
