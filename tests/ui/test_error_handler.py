"""Every error of a command becomes a sentence, and nobody sees a traceback."""

from __future__ import annotations

import re

import discord
import pytest
from discord import app_commands

from bot.errors import TaleloomError
from bot.writing.errors import QueueFullError
from tests.cogs.test_write import said
from tests.world import World

SORRY = r"Something went wrong\. Try again; if it stays so, tell the person who runs this bot the number [0-9a-f]{8}\."


async def fail(world: World, error: Exception, *, deferred: bool = False) -> str:
    """Run a command that fails."""

    async def probe(interaction: discord.Interaction) -> None:
        if deferred:
            await interaction.response.defer(ephemeral=True)
        raise error

    world.bot.tree.add_command(app_commands.Command(name="probe", description="x", callback=probe))
    await world.bot.tree.sync()
    return said(await world.writer.slash(world.channel, "probe"))


@pytest.mark.parametrize("deferred", [False, True])
@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (QueueFullError(waiting=3), r"3 people are waiting already, so the queue is full\..*"),
        (TaleloomError(), r"Something went wrong\. Try again; if it stays so, tell the person who runs this bot\."),
        (app_commands.MissingPermissions(["manage_guild"]), r"You need the permission Manage Server for that\."),
        (app_commands.NoPrivateMessage(), r"This works in a server only\."),
        (ZeroDivisionError("secret"), SORRY),
    ],
)
async def test_an_error_is_said_in_a_sentence(world: World, error: Exception, sentence: str, deferred: bool) -> None:
    assert re.fullmatch(sentence, await fail(world, error, deferred=deferred))


async def test_an_error_that_cannot_be_shown_hurts_nobody(world: World) -> None:
    world.env.inject_error("POST", "/interactions/*/callback", status=500, code=0, times=1)
    assert await fail(world, QueueFullError(waiting=3)) == ""
    await world.write("It began.")
    assert world.texts()
