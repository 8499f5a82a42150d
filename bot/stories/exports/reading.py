"""A file that somebody uploaded as a story."""

from __future__ import annotations

from datetime import datetime

from bot.stories.exports.errors import LongTurnError, StoryFileError, StoryFileTooLargeError
from bot.stories.exports.file import FORM, LETTERS_LIMIT, StoryFile
from bot.stories.exports.json_files import parse, read_json, write_json
from bot.stories.exports.kobold import is_kobold, read_kobold
from bot.stories.exports.paragraphs import read_paragraphs, title_of_file

BYTES_LIMIT = 4 * 1024 * 1024


def read_story(data: bytes, *, filename: str, now: datetime) -> StoryFile:
    """Read a story: JSON of ours, JSON of KoboldAI's, or plain text.

    Args:
        data: The file.
        filename: Its name: it titles a story that has no title.
        now: When turns count as written whose file does not say.

    Raises:
        StoryFileError: it is none of these, or has more than is taken.
    """
    if len(data) > BYTES_LIMIT:
        raise StoryFileTooLargeError(limit=BYTES_LIMIT // 1024 // 1024)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise StoryFileError from None
    if "\0" in text:
        raise StoryFileError
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if filename.casefold().endswith(".json") or text.lstrip()[:1] == "{":
        file = _json(text, filename, now)
    else:
        file = read_paragraphs(text, filename=filename, now=now)
    for turn in file.turns:
        if len(turn.text) > LETTERS_LIMIT:
            raise LongTurnError(number=turn.id, length=len(turn.text), limit=LETTERS_LIMIT)
    return file


def _json(text: str, filename: str, now: datetime) -> StoryFile:
    found = parse(text)
    if isinstance(found, dict) and found.get("form") == FORM:
        return read_json(text)
    if isinstance(found, dict) and is_kobold(found):
        try:
            file = read_kobold(found, title=title_of_file(filename), now=now)
            # Halves of surrogate pairs are in no text, and JSON has them all the same.
            write_json(file)
        except ValueError:
            raise StoryFileError from None
        return file
    raise StoryFileError
