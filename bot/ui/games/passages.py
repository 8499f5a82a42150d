"""The words of a game as they stand in its channel."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from discord.utils import escape_markdown

from bot.errors import N_
from bot.games import GameKind
from bot.stories.branch import text_of
from bot.stories.games.inputs import Form, count_words
from bot.turns import TurnKind
from bot.ui import render
from bot.ui.games.describe import choice_name
from bot.writing.games import DIE, FORM
from bot.writing.postprocess import balance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.store.games import StoredGame
    from bot.turns import Turn
    from bot.ui.texts import Translate

TAIL_LETTERS = 200


def passage(stored: StoredGame, branch: Sequence[Turn], speak: Translate) -> list[str]:
    """Give the messages that show the last turn of a branch.

    Args:
        stored: The game.
        branch: From the root to the turn.
        speak: The language of the small print.
    """
    turn = branch[-1]
    if turn.parent_id is None:
        return render.with_footer(render.parts(render.opening(turn.text), ""), _by(turn, speak))
    if stored.game.kind is GameKind.WORDS:
        return render.with_footer([_word(branch)], _by(turn, speak))
    if turn.kind is TurnKind.MODEL:
        return render.finished("", replace(turn, text=turn.text.strip()), speak)
    die = turn.details.get(DIE)
    thrown = speak(N_("the die shows {value}"), value=die) if isinstance(die, str) else ""
    shown = turn.text.strip()
    if turn.details.get(FORM) in {Form.DO, Form.SAY}:
        shown = "\n".join(f"> {line}" for line in shown.split("\n"))
    return render.with_footer(render.parts("", shown), " · ".join(filter(None, (_by(turn, speak), thrown))))


def offered(texts: Sequence[tuple[Turn, str]], speak: Translate) -> list[str]:
    """Give the messages that show what is voted on.

    Args:
        texts: Each with its name.
        speak: The language.
    """
    contents = [part for turn, name in texts for part in render.parts(f"**{name}**\n", turn.text.strip())]
    return render.with_footer(contents, speak(N_("Vote with the buttons below.")))


def entry(turn: Turn, number: int, speak: Translate) -> list[str]:
    """Give the messages that show what a person puts to the vote."""
    shown = render.parts(f"**{choice_name(number)}**\n", turn.text.strip())
    return render.with_footer(shown, _by(turn, speak))


def _word(branch: Sequence[Turn]) -> str:
    """Show the last word where it stands."""
    whole, before = text_of(branch), text_of(branch[:-1])
    word = whole[len(before) :]
    tail = before[-TAIL_LETTERS:]
    if len(before) > TAIL_LETTERS:
        tail = f"…{tail.partition(' ')[2] or tail}"
    space = word[: len(word) - len(word.lstrip())]
    return f"{balance(tail)}{space}**{escape_markdown(word.strip())}**"


def _by(turn: Turn, speak: Translate) -> str:
    if turn.kind is TurnKind.MODEL:
        return turn.model or ""
    words = speak.plural("{count} word", "{count} words", count_words(turn.text))
    return " · ".join([f"<@{turn.author_id}>", words]) if turn.author_id else words
