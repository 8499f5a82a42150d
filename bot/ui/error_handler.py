"""The one place where a command's error becomes a sentence."""

from __future__ import annotations

import discord
import structlog
from discord import app_commands

from bot.errors import N_, TaleloomError
from bot.ui.asked import AskedByInteraction
from bot.ui.services import speak_to

log = structlog.get_logger(__name__)


async def answer_error(interaction: discord.Interaction, error: Exception) -> None:
    """Answer a failed command or form.

    1. An error of ours says what it is.
    2. A missing permission is named.
    3. A command used where it does not work says where it does.
    4. Anything else is logged with its traceback, and the person gets a number to tell the operator.
    """
    cause = getattr(error, "original", error)
    speak = speak_to(interaction)
    if isinstance(cause, TaleloomError):
        text = speak.error(cause)
    elif isinstance(error, app_commands.MissingPermissions):
        text = speak(N_("You need the permission Manage Server for that."))
    elif isinstance(error, app_commands.NoPrivateMessage):
        text = speak(N_("This works in a server only."))
    else:
        log.error("command failed", command=interaction.command and interaction.command.qualified_name, exc_info=cause)
        number = f"{interaction.id:x}"[-8:]
        text = speak(
            N_(
                "Something went wrong. Try again; "
                "if it stays so, tell the person who runs this bot the number {number}."
            ),
            number=number,
        )
    try:
        await AskedByInteraction(interaction).tell(text)
    except discord.HTTPException as failure:
        log.warning("error not shown", status=failure.status, code=failure.code)
