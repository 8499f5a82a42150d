"""Whoever runs the bot, and what they type."""

from __future__ import annotations

from typing import Any

import discord

from tests.cogs.test_write import said
from tests.world import World

NOT_YOURS = "This is for the person who runs this bot. /help shows all that you can do."


def owner_of(world: World) -> Any:
    """Let somebody own the bot, who also manages the server."""
    owner = administrator(world, "owner")
    world.bot.owner_id = owner.id
    return owner


def administrator(world: World, name: str) -> Any:
    """Somebody to whom Discord shows the command."""
    role = world.guild.create_role(f"{name}s", permissions=discord.Permissions(administrator=True))
    return world.guild.add_member(world.env.create_user(name), roles=[role])


async def answer(world: World, verb: str, who: Any, **options: Any) -> Any:
    """Type a command, whose answer nobody else sees."""
    result = await who.slash(world.channel, f"admin {verb}", **options)
    assert result.response.ephemeral
    return result


async def admin(world: World, verb: str, who: Any, **options: Any) -> str:
    """Type a command, and give what it answers."""
    return said(await answer(world, verb, who, **options))
