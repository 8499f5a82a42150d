"""What the bot itself posted last in a channel: a bot that was killed looks there for what it no longer knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import discord
    from discord.abc import Messageable

LOOKED_AT = 30  # messages: what a killed bot left unfinished is among its last


async def newest_own(channel: Messageable) -> list[discord.Message]:
    """Give the bot's own among a channel's newest messages, newest first.

    Raises:
        discord.HTTPException: the bot may not read there.
    """
    return [message async for message in channel.history(limit=LOOKED_AT) if _own(message)]


def _own(message: discord.Message) -> bool:
    me = message.guild.me if message.guild else None
    return me is not None and message.author.id == me.id
