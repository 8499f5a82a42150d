"""What a person types in a game, as it becomes part of the story."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.games import GameKind, GameRules
from bot.stories.games import errors
from bot.stories.openings import is_chinese

_NO_SPACE_BEFORE = ".,;:!?…)]}»”’%。，、；：！？）】》」』"
_NO_SPACE_AFTER = "([{«“‘（【《「『-–—"
_WORD = re.compile(r"\S+")
_IDEOGRAPHS_IN_A_WORD = 8  # Chinese writes no spaces: a saying of eight characters still counts as one
_PRONOUN = re.compile(r"^(?:i|you|we)\s+(?!am\b|are\b|'m\b|'re\b)", re.IGNORECASE)
_CHINESE_PRONOUN = re.compile(r"^(?:我们|你们|我|你)")
_ENDS = ".!?…。！？"
_QUOTES = "\"'“”‘’「」『』"


class Form(StrEnum):
    """How a turn in an adventure is meant."""

    STORY = "story"
    """As it stands."""
    DO = "do"
    """What the hero does."""
    SAY = "say"
    """What the hero says."""


@dataclass(frozen=True, slots=True)
class Input:
    """A turn of a person's."""

    text: str
    """As it stands in the story."""
    before: str
    """What parts it from the text before it: nothing, a space, or line breaks."""
    words: int


def read(kind: GameKind, rules: GameRules, typed: str, story: str, form: Form = Form.STORY) -> Input:
    """Make what somebody typed a turn.

    Args:
        kind: What is played.
        rules: For the longest turn.
        typed: As typed.
        story: What stands before it.
        form: How it is meant; only adventures have more than one.

    Raises:
        EmptyTurnError, TooLongTurnError, OneLineError, OneWordError: it is not what the rules ask for.
    """
    text = typed.strip()
    if not text:
        raise errors.EmptyTurnError
    if len(text) > rules.turn_letters:
        raise errors.TooLongTurnError(limit=rules.turn_letters, length=len(text))
    if kind is GameKind.LINES and "\n" in text:
        raise errors.OneLineError
    if kind is GameKind.WORDS and not _is_word(text):
        raise errors.OneWordError
    words = count_words(text)
    if kind is GameKind.ADVENTURE and form is not Form.STORY:
        return Input(phrase(form, text), "\n\n", words)
    return Input(text, separator(kind, story, text), words)


def separator(kind: GameKind, story: str, text: str) -> str:
    """Give what parts a turn from the story before it."""
    if not story or story[-1].isspace() or text[0].isspace():
        return ""
    if kind is GameKind.LINES:
        return "\n"
    if text[0] in _NO_SPACE_BEFORE or story[-1] in _NO_SPACE_AFTER:
        return ""
    return "" if is_chinese(story[-1]) or _is_wide(story[-1]) or is_chinese(text[0]) else " "


def phrase(form: Form, text: str) -> str:
    """Put what the hero does or says into the second person: “You open the door.”, “You say, "Who is there?"”.

    Without the `>` of text adventures: a model that is no text adventure's takes that for the end of the story, and
    comments on it.
    """
    chinese = is_chinese(text)
    if form is Form.SAY:
        said = text.strip(_QUOTES) or "…"
        return f"你说：“{said}”" if chinese else f'You say, "{_finished(said)}"'
    if chinese:
        done = _CHINESE_PRONOUN.sub("", text) or text
        return f"你{done}" if done[-1] in _ENDS else f"你{done}。"
    done = _PRONOUN.sub("", text)
    done = done if done[:1] == "I" and not done[1:2].isalpha() else done[:1].lower() + done[1:]
    return f"You {_finished(done)}"


def count_words(text: str) -> int:
    """Count words; an ideograph is one."""
    ideographs = sum("\u3400" <= character <= "\u9fff" for character in text)
    others = re.sub(r"[\u3400-\u9fff]", " ", text)
    return ideographs + sum(any(character.isalnum() for character in word) for word in _WORD.findall(others))


def _finished(text: str) -> str:
    return text if text[-1] in _ENDS else f"{text}."


def _is_word(text: str) -> bool:
    if is_chinese(text):
        return len(_WORD.findall(text)) == 1 and count_words(text) <= _IDEOGRAPHS_IN_A_WORD
    return len(_WORD.findall(text)) == 1


def _is_wide(character: str) -> bool:
    """Say whether a mark is one of Chinese writing, which has no space behind it."""
    return "\u3000" <= character <= "\u303f" or "\uff00" <= character <= "\uffef"
