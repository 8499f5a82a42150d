"""Which presets people liked better, as a table of text."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from bot.errors import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.store.comparisons import Wins
    from bot.ui.texts import Translate

LINES = 30
"""Presets that are shown; more would not fit into a message."""


def wins_table(found: Sequence[Wins], speak: Translate) -> str:
    """Give the words of `/presets wins`, the greatest share first."""
    if not found:
        return speak(N_("Nobody has compared presets here yet. A duel does, and /tune."))
    ordered = sorted(found, key=lambda each: (-_share(each), -each.won, each.preset))[:LINES]
    head = [speak(N_("preset")), speak(N_("won")), speak(N_("lost")), speak(N_("share"))]
    rows = [
        [
            speak.known(each.preset),
            str(each.won),
            str(each.lost),
            f"{_share(each):.0%}" if each.won + each.lost else "–",
        ]
        for each in ordered
    ]
    widths = [max(map(_width, column)) for column in zip(head, *rows, strict=True)]
    lines = [_line(row, widths) for row in (head, *rows)]
    even = sum(each.even for each in found) // 2
    legend = speak(N_("The share is of those that one of both won. It counts duels and /tune in this server."))
    ties = speak.plural("{count} ended in a tie.", "{count} ended in a tie.", even) if even else ""
    table = "\n".join(lines)
    return f"```\n{table}\n```\n-# {legend} {ties}".rstrip()


def _share(wins: Wins) -> float:
    decided = wins.won + wins.lost
    return wins.won / decided if decided else 0.0


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Set the first cell to the left and the figures to the right."""
    first, *others = ((cell, " " * (width - _width(cell))) for cell, width in zip(cells, widths, strict=True))
    return "  ".join([first[0] + first[1], *(space + cell for cell, space in others)])


def _width(text: str) -> int:
    """Count columns: an ideograph takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
