"""Options that several commands have: the sampling values, with the ranges that Discord holds people to."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from discord.app_commands import Range

from bot.engine.sampling import RANGES
from bot.errors import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

Temperature = Range[float, RANGES["temperature"].low, RANGES["temperature"].high]
TopP = Range[float, RANGES["top_p"].low, RANGES["top_p"].high]
TopK = Range[int, int(RANGES["top_k"].low), int(RANGES["top_k"].high)]
MinP = Range[float, RANGES["min_p"].low, RANGES["min_p"].high]
RepetitionPenalty = Range[float, RANGES["repetition_penalty"].low, RANGES["repetition_penalty"].high]

SAMPLING: Mapping[str, str] = MappingProxyType(
    {
        "temperature": N_("How daring the choice of words is: 0.5 careful, 1.2 wild"),
        "top_p": N_("Choose among the likeliest words that together reach this probability"),
        "top_k": N_("Choose among this many likeliest words; 0 is off"),
        "min_p": N_("Leave out words this much less likely than the likeliest; 0 is off"),
        "repetition_penalty": N_("How strongly words that were used are avoided; 1 is off"),
    }
)
"""What each of them does, in one line."""

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "model": N_("Which model writes"),
        "preset": N_("A ready-made set of these values"),
        "max_new_tokens": N_("How long the text may get, in tokens (about ¾ of a word each)"),
        **SAMPLING,
        "do_sample": N_("Always take the likeliest word"),
        "enabled": N_("Whether stories are written here at all"),
        "writers": N_("Who may have stories written"),
        "press": N_("Who may press the buttons beneath somebody's story"),
        "longest": N_("The longest text that anybody may ask for, in tokens"),
        "cooldown": N_("Seconds between two texts of one person"),
        "daily_tokens": N_("Tokens a day for each person"),
        "server_daily_tokens": N_("Tokens a day for all people together"),
        "quiet_hours": N_("When nothing is written"),
        "retention_days": N_("Days after which stories that nobody goes on with are deleted"),
        "locked": N_("What people cannot choose for themselves"),
        "notices": N_("Whether this channel gets notices from whoever runs the bot"),
        "games": N_("Which games are played in this server"),
        "starters": N_("Who may begin a story game"),
        "most_stories": N_("How many story games may run in this server at once"),
        "turn_minutes": N_("Minutes of a turn or vote, where whoever begins a game names none"),
        "archive": N_("The channel that keeps the stories that have ended"),
    }
)
"""What each setting does, in one line, by its stored name."""
