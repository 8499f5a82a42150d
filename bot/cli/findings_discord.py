"""The doctor's look at the token: its form here, and with the network what Discord says to it."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator, Iterator

import aiohttp
import discord

from bot.app import PERMISSIONS
from bot.cli.errors import TokenMissingError, TokenRefusedError
from bot.cli.findings import Finding, bad, look, note, well
from bot.cli.run import token_of
from config.settings import Settings

ANSWER_SECONDS = 15.0


async def look_at_token(settings: Settings, *, offline: bool) -> AsyncIterator[Finding]:
    """Look at the token; it is never shown."""
    try:
        token = token_of(settings)
    except TokenMissingError as error:
        yield bad("token: none", str(error))
        return
    if application_id(token) is None:
        yield bad("token: it does not look like one (three parts with dots between)", str(TokenRefusedError()))
        return
    if offline:
        yield well("token: it looks like one; Discord was not asked")
        return
    async for finding in _ask_discord(token):
        yield finding


def application_id(token: str) -> int | None:
    """Read the application's id, which is the token's first part, or give None where the form is not a token's."""
    parts = token.split(".")
    if len(parts) != 3 or not all(parts):
        return None
    try:
        digits = base64.urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    return int(digits) if digits.isdecimal() else None


def permission_names() -> Iterator[str]:
    """Name the permissions that the bot needs, as Discord's own pages do."""
    for name, wanted in PERMISSIONS:
        if wanted:
            yield {"read_messages": "View Channels"}.get(name, name.replace("_", " ").title())


async def _ask_discord(token: str) -> AsyncIterator[Finding]:
    client = discord.Client(intents=discord.Intents.none())
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await client.login(token)
            application = await client.application_info()
    except discord.LoginFailure:
        yield bad("token: Discord does not know it", str(TokenRefusedError()))
    except (aiohttp.ClientError, discord.HTTPException, TimeoutError, OSError) as error:
        reason = str(error).rstrip(".") or type(error).__name__
        yield look(f"Discord: not reached ({reason})", "The token could not be tried; check the network.")
    else:
        yield well(f"token: Discord knows it as {client.user}")
        servers = application.approximate_guild_count
        yield note(f"servers: {servers}; invite: {discord.utils.oauth_url(application.id, permissions=PERMISSIONS)}")
    finally:
        await client.close()
