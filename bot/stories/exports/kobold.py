"""The stories of KoboldAI, KoboldAI United and KoboldAI Lite.

All three have `prompt` and `actions`, which put together are the story. Who wrote an action is not said: one that
begins as text adventures do (`> You …`), or is marked as an input by Lite's chats, is a person's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.games import MODEL_SEAT
from bot.stories.branch import PARTED_BY
from bot.stories.exports.errors import EmptyStoryFileError, StoryFileError, TooManyTurnsError
from bot.stories.exports.file import MOST_ENTRIES, TURNS_LIMIT, FileTurn, Person, StoryFile, WorldEntry
from bot.stories.exports.paragraphs import in_turns, language_of
from bot.turns import TurnKind

_MARKS = ("memory", "authorsnote", "authornote", "anotetemplate", "worldinfo", "worldinfo_v2", "gamestarted", "actions")
_ADVENTURE = re.compile(r"\s*>\s")
_CHAT = re.compile(r"\n?\{\{\[(INPUT|OUTPUT)(?:_END)?\]\}\}\n?")
_ENTRY_LETTERS = 4000
_KEY_LETTERS = 200


def is_kobold(found: object) -> bool:
    """Say whether JSON is a story of KoboldAI's."""
    return isinstance(found, dict) and "prompt" in found and any(mark in found for mark in _MARKS)


def read_kobold(found: Mapping[str, object], *, title: str, now: datetime) -> StoryFile:
    """Read a story of KoboldAI's.

    Args:
        found: Its JSON.
        title: What it is called: the files do not say.
        now: When its turns count as written: the files do not say that either.

    Raises:
        StoryFileError: it is none, or has more than is taken.
    """
    prompt = _written(_text(found.get("prompt")))[1].strip()
    words: list[tuple[TurnKind, str, str]] = []
    for kind, text in ((TurnKind.PROMPT, prompt), *map(_written, _actions(found.get("actions", [])))):
        # The first part stands right behind what was before it, as there.
        words += [(kind, "\n\n" if number else "", part) for number, part in enumerate(in_turns(text))]
    if not words:
        raise EmptyStoryFileError
    if len(words) > TURNS_LIMIT:
        raise TooManyTurnsError(count=len(words), limit=TURNS_LIMIT)
    turns = tuple(
        FileTurn(
            id=number,
            parent=number - 1 or None,
            kind=kind if number > 1 else TurnKind.PROMPT,
            seat=1 if kind is TurnKind.PROMPT or number == 1 else MODEL_SEAT,
            text=text,
            created_at=now,
            details={PARTED_BY: before} if number > 1 else {},
        )
        for number, (kind, before, text) in enumerate(words, start=1)
    )
    return StoryFile(
        title=title,
        language=language_of(turn.text for turn in turns),
        people=(Person(seat=1, name=""),),
        memory=_text(found.get("memory")),
        note=_text(found.get("authorsnote") or found.get("authornote")),
        world=tuple(_world(found.get("worldinfo")))[:MOST_ENTRIES],
        turns=turns,
        head=len(turns),
    )


def _text(found: object) -> str:
    """Take a text; nothing where there is none.

    Raises:
        StoryFileError: it is something else.
    """
    if found is None:
        return ""
    if not isinstance(found, str):
        raise StoryFileError
    return found


def _actions(found: object) -> Iterator[str]:
    """Give the actions of a list, or of the numbered objects of United."""
    if isinstance(found, dict):
        inner = found.get("actions", found)
        found = list(inner.values()) if isinstance(inner, dict) else inner
    if not isinstance(found, list):
        raise StoryFileError
    for action in found:
        yield _text(action.get("Selected Text") if isinstance(action, dict) else action)


def _written(action: str) -> tuple[TurnKind, str]:
    chat = "{{[INPUT]}}" in action
    person = chat or _ADVENTURE.match(action)
    return (TurnKind.PROMPT if person else TurnKind.MODEL), _CHAT.sub("\n\n", action)


def _world(found: object) -> Iterator[WorldEntry]:
    """Give the entries that hold something; one that is always on has no keys there."""
    for entry in found if isinstance(found, list) else ():
        if not isinstance(entry, dict) or not isinstance(entry.get("content"), str) or not entry["content"].strip():
            continue
        keys = [key.strip()[:_KEY_LETTERS] for key in _text(entry.get("key")).split(",")]
        group = entry.get("wigroup")
        yield WorldEntry(
            keys=tuple(key for key in keys if key),
            text=entry["content"].strip()[:_ENTRY_LETTERS],
            group=group[:_KEY_LETTERS] if isinstance(group, str) else "",
            enabled=entry.get("widisabled") is not True,
        )
