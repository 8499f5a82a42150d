"""Stories that this bot exported: used if everybody who wrote in them agreed."""

from __future__ import annotations

from pathlib import Path

from bot.games import MODEL_SEAT
from bot.stories.branch import text_of
from bot.stories.exports.errors import StoryFileError
from bot.stories.exports.file import StoryFile
from bot.stories.exports.json_files import read_json
from bot.stories.exports.texts import wish_of
from bot.tuning.document import Document
from bot.tuning.errors import ConsentMissingError, NoStoryFileError


def read_story_file(text: str, *, name: str, source: Path) -> Document:
    """Read the branch that a story shows; where it began with a wish, that is what was typed to get it.

    Args:
        text: JSON from /story export.
        name: What the file is called.
        source: Where it is.

    Raises:
        NoStoryFileError: it is something else, or damaged.
        ConsentMissingError: somebody who wrote in it, on whatever branch, did not agree.
    """
    try:
        file = read_json(text)
    except StoryFileError as error:
        raise NoStoryFileError(file=name, reason=str(error)) from None
    authors = {turn.seat for turn in file.turns} - {MODEL_SEAT}
    if missing := len(authors - _agreed(file)):
        raise ConsentMissingError(file=name, missing=missing, authors=len(authors))
    branch = file.branch()
    return Document(name=name, text=text_of(branch).strip(), source=source, request=wish_of(branch), prose=True)


def _agreed(file: StoryFile) -> set[int]:
    return {person.seat for person in file.people if person.training_consent}
