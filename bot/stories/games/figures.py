"""What a story came to: who wrote how much of it, and with what the model wrote. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.stories.games.inputs import count_words
from bot.turns import Turn, TurnKind

if TYPE_CHECKING:
    from bot.ids import UserId


@dataclass(frozen=True, slots=True)
class Share:
    """What one of those who wrote a story wrote."""

    author: UserId | None
    """None for the model, and for people who are no longer known."""
    turns: int = 0
    words: int = 0

    def with_turn(self, turn: Turn) -> Share:
        """Count another turn."""
        return replace(self, turns=self.turns + 1, words=self.words + count_words(turn.text))


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """A branch of a story in figures."""

    people: tuple[Share, ...]
    """Who wrote most words first; those who are no longer known are one."""
    model: Share
    models: tuple[str, ...]
    """In the order in which they wrote, each once."""
    presets: tuple[str, ...]
    """Likewise."""


def figures_of(branch: Sequence[Turn]) -> Figures:
    """Count what stands on a branch; what was undone, or lost a vote, is no part of it.

    Args:
        branch: From the root on.
    """
    model, people = Share(None), dict[int, Share]()
    for turn in branch:
        if turn.kind is TurnKind.MODEL:
            model = model.with_turn(turn)
        else:
            author = turn.author_id or None
            people[author or 0] = people.get(author or 0, Share(author)).with_turn(turn)
    written = [turn for turn in branch if turn.kind is TurnKind.MODEL]
    return Figures(
        people=tuple(sorted(people.values(), key=lambda share: -share.words)),
        model=model,
        models=tuple(dict.fromkeys(turn.model for turn in written if turn.model)),
        presets=tuple(dict.fromkeys(turn.preset for turn in written if turn.preset)),
    )
