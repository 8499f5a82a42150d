"""A game of each kind, laid out in a channel of its own for whoever opens the demo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bot.games import GameKind, Order
from bot.ids import ChannelId, GuildId, UserId
from bot.stories.games import play
from bot.stories.games.play import DEFAULTS
from bot.writing.beginnings import Beginning
from bot.writing.games import Games


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A game to play."""

    kind: GameKind
    opening: str
    topic: str
    rules: Mapping[str, Any]


GAMES = {
    "relay": LaidOut(
        GameKind.RELAY,
        "The last train stopped between two stations, and the lights went out.",
        "Write a passage, then the model goes on",
        {"order": Order.ANYONE, "turn_minutes": 0},
    ),
    "adventure": LaidOut(
        GameKind.ADVENTURE,
        "You stand before a red door in the old mill. Something breathes behind it.",
        "Do, say or tell; dice decide whether it works",
        {"dice": True},
    ),
    "one-line": LaidOut(GameKind.LINES, "The moon went out to buy a coat", "Everybody adds one line", {}),
    "one-word": LaidOut(GameKind.WORDS, "Once", "Everybody adds one word", {}),
    "vote": LaidOut(
        GameKind.VOTE,
        "Nobody believed the captain when he said that the island had moved.",
        "Vote on how the story goes on",
        {"quorum": 2, "vote_minutes": 10_080},
    ),
    "duel": LaidOut(
        GameKind.DUEL,
        "The clockmaker's last clock ran backwards, and so did she.",
        "Which of two ways of writing is better?",
        {"quorum": 2, "vote_minutes": 10_080},
    ),
}
"""By the name of their channel."""


async def lay_out(games: Games, guild: int, channels: Mapping[str, int], people: Mapping[str, int]) -> None:
    """Begin the games without showing anything yet.

    Args:
        games: Takes the steps.
        guild: The server's number.
        channels: Numbers of channels by name.
        people: Numbers of people by name; the first hosts, and all play.
    """
    host, *others = (UserId(number) for number in people.values())
    for name, game in GAMES.items():
        beginning = Beginning(
            kind=game.kind,
            rules=replace(DEFAULTS[game.kind], **game.rules),
            opening=game.opening,
            host=host,
            guild_id=GuildId(guild),
            channel_id=ChannelId(channels[name]),
        )
        played = await games.begin(await games.read_beginning(beginning))
        for person in others:
            await games.do(played.game.story.id, partial(play.join, user_id=person))
