"""A scenario: what a story game can begin with, of the library or a server's own. A value that the store keeps."""

from __future__ import annotations

from dataclasses import dataclass

from bot.games import GameKind
from bot.lore import EntryDraft


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """A story that is yet to be played."""

    name: str
    """What it is chosen by."""
    kind: GameKind
    """The game that it suits."""
    title: str
    genre: str = ""
    """What it is, in one line; a server's own have none."""
    opening: str
    memory: str = ""
    world: tuple[EntryDraft, ...] = ()

    @property
    def own(self) -> bool:
        """A server keeps it, in the words of its people."""
        return not self.genre
