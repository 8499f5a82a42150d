"""What can go wrong with what is remembered.

StoreError
├── DatabaseAddressError      the address names no database that can be used
├── DatabaseMissingError      there is no database yet
├── DatabaseUnreachableError  it cannot be opened, read or written
├── DatabaseBusyError         somebody else holds it for too long
├── DatabaseFullError         the disk is full
├── DatabaseBrokenError       its pages do not hold together
├── DatabaseForeignError      it belongs to another program
├── DatabaseNewerError        a newer Taleloom wrote it
├── BackupExistsError         a backup would overwrite a file
├── BackupUnsupportedError    the server has tools of its own for that
├── TurnNotFoundError         no turn has this number
└── StoryGoneError            the story was deleted, or never was
"""

from __future__ import annotations

from bot.errors import N_, TaleloomError


class StoreError(TaleloomError):
    """What is remembered could not be reached."""

    template = N_("The database did not answer. Try again in a moment.")


class DatabaseAddressError(StoreError):
    """The address names no database that can be used."""

    template = N_(
        "The database address {address} cannot be used: {reason} "
        "Set TALELOOM_DATABASE_URL to something like sqlite+aiosqlite:////var/lib/taleloom/taleloom.db, "
        "or leave it out."
    )


class DatabaseMissingError(StoreError):
    """There is no database yet."""

    template = N_("There is no database at {place} yet. It is made when the bot starts, or by `db upgrade`.")


class DatabaseUnreachableError(StoreError):
    """The database cannot be opened, read or written."""

    template = N_("The database {place} cannot be used: {reason}. Check that it is there and may be read and written.")


class DatabaseBusyError(StoreError):
    """Somebody else holds the database for too long."""

    template = N_("The database {place} is busy. Try again; if it stays so, see whether another program has it open.")


class DatabaseFullError(StoreError):
    """The disk is full."""

    template = N_("The disk that holds the database {place} is full. Make room; nothing that was saved is lost.")


class DatabaseBrokenError(StoreError):
    """The database's pages do not hold together. It is left as it was found."""

    template = N_(
        "The database {place} is damaged ({reason}) and was left as it is. "
        "Put a backup in its place, or move it away to begin anew."
    )


class DatabaseForeignError(StoreError):
    """The database belongs to another program. It is left as it was found."""

    template = N_("The database {place} was not made by Taleloom and was left as it is. Choose another place.")


class DatabaseNewerError(StoreError):
    """A newer Taleloom wrote the database. It is left as it was found."""

    template = N_(
        "The database {place} was written by a newer Taleloom (its revision {revision} is unknown here) and was left "
        "as it is. Install that version, or put an older backup in its place."
    )


class BackupExistsError(StoreError):
    """A backup would overwrite a file."""

    template = N_("{path} is there already, and a backup overwrites nothing. Choose another name.")


class BackupUnsupportedError(StoreError):
    """The database's server has tools of its own for backups."""

    template = N_("{place} is kept by a PostgreSQL server: back it up with pg_dump.")


class TurnNotFoundError(StoreError):
    """No turn has this number."""

    template = N_("This part of the story cannot be found any more.")


class StoryGoneError(StoreError):
    """The story was deleted, or never was."""

    template = N_("This story was deleted, so nothing can be added to it.")


class GameMovedOnError(StoreError):
    """Somebody else took a step in the game in the meantime."""

    template = N_("Somebody was quicker. Look at the story as it is now, and try again.")
