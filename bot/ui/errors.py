"""What can go wrong with what whoever runs the bot asks for."""

from __future__ import annotations

from discord import app_commands

from bot.errors import N_, TaleloomError


class OwnerError(TaleloomError):
    """Something that is asked of the bot by its owner, and cannot be done."""


class NotOwnerError(OwnerError, app_commands.CheckFailure):
    """Somebody else asks. A failed check too: of a check, discord.py passes on no other error."""

    template = N_("This is for the person who runs this bot. /help shows all that you can do.")


class PersonOrServerError(OwnerError):
    """Both or neither of two options."""

    template = N_("Give a person or a server: one of them, and not both.")


class ServerNumberError(OwnerError):
    """A text that is no server's number."""

    template = N_("“{value}” is no server. Give its number, which Discord's developer mode lets you copy.")


class NoticeEmptyError(OwnerError):
    """A notice without words."""

    template = N_("The notice is empty, so nothing is sent.")


class NobodyListensError(OwnerError):
    """No channel wants notices."""

    template = N_(
        "No channel asks for notices. One does so by /settings set with key `notices`, value `on`, place channel."
    )


class NotSyncedError(OwnerError):
    """Discord does not take the commands."""

    template = N_("Discord did not take the commands: {reason}")
