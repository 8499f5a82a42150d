"""Why a file is not taken as a story."""

from __future__ import annotations

from bot.errors import N_, TaleloomError


class StoryFileError(TaleloomError):
    """A file that no story can be read from."""

    template = N_(
        "No story could be read from this file. It takes JSON from /story export, a story of KoboldAI, "
        "and plain text in UTF-8."
    )


class StoryFileTooLargeError(StoryFileError):
    """A file beyond what is read at all."""

    template = N_("This file is larger than {limit} MB. Take a shorter part of the story.")


class DamagedStoryFileError(StoryFileError):
    """A file of ours that was changed so that it cannot be read any more."""

    template = N_(
        "This story file does not hold together at {place}. Export the story once more and leave it as it is."
    )

    def __init__(self, *, place: str) -> None:
        super().__init__(place=place)


class NewerStoryFileError(StoryFileError):
    """A file in a form that is not known yet."""

    template = N_("A newer version of this bot wrote this file. Bring this bot up to date to read it.")


class TooManyTurnsError(StoryFileError):
    """A story of more turns than are taken."""

    template = N_("This story has {count} passages, and at most {limit} are taken. Take a part of it.")

    def __init__(self, *, count: int, limit: int) -> None:
        super().__init__(count=count, limit=limit)


class LongTurnError(StoryFileError):
    """A turn that is longer than any that is written here."""

    template = N_("Passage {number} has {length} characters, and at most {limit} are taken. Divide it.")

    def __init__(self, *, number: int, length: int, limit: int) -> None:
        super().__init__(number=number, length=length, limit=limit)


class EmptyStoryFileError(StoryFileError):
    """A file without a word."""

    template = N_("There is nothing in this file that could be told. Choose one with a story in it.")


class NoSuchTurnError(StoryFileError):
    """A number that no turn of the story has."""

    template = N_("This story has no passage {number}. /story map shows those it has: 1 to {last}.")

    def __init__(self, *, number: int, last: int) -> None:
        super().__init__(number=number, last=last)
