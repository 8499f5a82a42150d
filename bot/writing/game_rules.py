"""What holds for games in a place: which are played, who begins them, and how many. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.errors import N_
from bot.games import VOTED, GameKind, GameRules
from bot.stories.games.errors import GameError
from bot.stories.games.play import DEFAULTS
from bot.writing.keys import EVERYONE
from bot.writing.rules import Asker, Circle, belongs


class GameNotHereError(GameError):
    """A game that the server does not play."""

    template = N_("The game “{game}” is not played in this server. Choose another one.")


class NotStarterError(GameError):
    """Only some roles may begin a game."""

    template = N_("Only some roles may begin a story here. /story list shows those that you can join.")


class ManyStoriesError(GameError):
    """As many games run as may."""

    template = N_("As many stories run in this server as may at once ({limit}). Another can begin when one has ended.")


class NotMatureError(GameError):
    """A mature story in a channel that is for everybody."""

    template = N_("A mature story can be played in an age-restricted channel only. Begin it in one, or not as mature.")


@dataclass(frozen=True, kw_only=True, slots=True)
class GamesHere:
    """What holds for games in a place, as its admins set it; the names are those of `keys`."""

    games: tuple[str, ...] = tuple(GameKind)
    """The kinds that are played."""
    starters: Circle = EVERYONE
    most_stories: int = 10
    """Games that may run in the server at once; 0 is without end."""
    turn_minutes: int = 0
    """Of a turn or vote where nobody says otherwise; 0 is what is usual for the game."""

    def rules_of(self, kind: GameKind, said: Mapping[str, Any], minutes: int | None = None) -> GameRules:
        """Give the rules of a game: what was said, and else what is usual here, or for its kind.

        Args:
            kind: What is played.
            said: Values of rules by their names; None is "not said".
            minutes: What a turn or a vote lasts.
        """
        rules = replace(DEFAULTS[kind], **{name: value for name, value in said.items() if value is not None})
        if minutes is None:
            minutes = self.turn_minutes or None
        if minutes is None:
            return rules
        if kind in VOTED:
            return replace(rules, vote_minutes=max(minutes, 1))
        return replace(rules, turn_minutes=minutes)


def admit_game(
    here: GamesHere, kind: GameKind, rules: GameRules, asker: Asker, *, running: int, age_restricted: bool
) -> None:
    """Let somebody begin a game in a place, or say why not.

    Args:
        here: What holds there.
        kind: What is to be played.
        rules: How.
        asker: Who begins it; whoever may manage the server is bound by all but `starters`.
        running: Games of the server that have not ended.
        age_restricted: Whether the channel is only for adults.

    Raises:
        GameNotHereError, NotStarterError, ManyStoriesError, NotMatureError: it cannot begin.
    """
    if kind not in here.games:
        raise GameNotHereError(game=kind.value)
    if not asker.manager and not belongs(here.starters, asker.roles):
        raise NotStarterError
    if rules.mature and not age_restricted:
        raise NotMatureError
    if here.most_stories and running >= here.most_stories:
        raise ManyStoriesError(limit=here.most_stories)
