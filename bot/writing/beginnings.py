"""What a story game begins with, before there is one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from bot.games import GameKind, GameRules
from bot.ids import ChannelId, GuildId, UserId
from bot.scenarios import Scenario
from bot.sentences import sentence_ends
from bot.writing.door import Passage
from bot.writing.errors import PromptTooLargeError
from bot.writing.prompts import opening_of

TITLE_LETTERS = 80
OPENING_LETTERS = 2000
SEEDS = 2**31
DOTS = ".。… "  # of which no title is made alone


@dataclass(frozen=True, kw_only=True, slots=True)
class Beginning:
    """A game that somebody wants to begin."""

    kind: GameKind
    rules: GameRules
    opening: str
    """How the story begins, as typed."""
    borrowed: bool = False
    """The opening is not in the host's own words."""
    title: str = ""
    """Empty takes the opening's first words."""
    host: UserId
    guild_id: GuildId | None
    channel_id: ChannelId
    locale: str = "en-US"
    scenario: Scenario | None = None
    """Whose memory and world it takes over."""


async def read_beginning(passage: Passage, beginning: Beginning) -> Beginning:
    """Let safety read what a game is to begin with, before anything is made for it.

    Raises:
        EmptyPromptError, PromptTooLargeError, PromptRefusedError: it cannot begin so.
    """
    opening = opening_of(beginning.opening)
    if len(opening) > OPENING_LETTERS:
        raise PromptTooLargeError(length=len(opening), limit=OPENING_LETTERS)
    opening = await passage.words(opening)
    title = " ".join((await passage.words(beginning.title) if beginning.title.strip() else "").split())
    rules = beginning.rules
    if not rules.seed:
        rules = replace(rules, seed=1 + secrets.randbelow(SEEDS))
    return replace(beginning, opening=opening, title=title[:TITLE_LETTERS] or title_of(opening), rules=rules)


def title_of(opening: str) -> str:
    """Make a title of an opening: its first sentence, or as many words as there is room for."""
    first = opening.split("\n", 1)[0].strip()
    ends = (end for end in sentence_ends(first) if first[:end].strip(DOTS))
    first = first[: next(ends, len(first))]
    if len(first) <= TITLE_LETTERS:
        return first.rstrip(".。 ") or "…"
    return f"{first[: TITLE_LETTERS - 1].rpartition(' ')[0] or first[: TITLE_LETTERS - 1]}…"
