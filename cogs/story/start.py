"""`/story start`: begins a game, in a thread of its own or in the channel."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.errors import N_
from bot.games import GameKind, Order
from bot.ui.games.beginning import Wish, begin_in_place
from bot.ui.games.wanted import rivals_of
from bot.ui.prompts import prompt_choices, resolve_prompt
from bot.ui.scenarios import scenario_choices, scenario_named
from bot.ui.settings_choices import preset_choices
from bot.writing.beginnings import OPENING_LETTERS, TITLE_LETTERS

KINDS = [
    Choice(name=N_("Relay: people and the model take turns"), value=GameKind.RELAY.value),
    Choice(name=N_("Adventure: you act, the model tells"), value=GameKind.ADVENTURE.value),
    Choice(name=N_("One line each"), value=GameKind.LINES.value),
    Choice(name=N_("One word each"), value=GameKind.WORDS.value),
    Choice(name=N_("Vote: choose how it goes on"), value=GameKind.VOTE.value),
    Choice(name=N_("Duel: two ways of writing"), value=GameKind.DUEL.value),
]
ORDERS = [
    Choice(name=N_("Anybody, at any time"), value=Order.ANYONE.value),
    Choice(name=N_("One after the other"), value=Order.ROUND.value),
    Choice(name=N_("In random order"), value=Order.RANDOM.value),
    Choice(name=N_("By invitation, one after the other"), value=Order.FIXED.value),
]


class Start(commands.Cog):
    """Begins games."""

    @app_commands.command(name="start", description=N_("Begin a story that this channel writes together"))
    @app_commands.choices(game=KINDS, order=ORDERS)
    @app_commands.describe(
        game=N_("What is played"),
        opening=N_("How the story begins; a sentence is enough"),
        scenario=N_("A ready-made beginning, with memory and world"),
        title=N_("What it is called; otherwise as its first sentence"),
        place=N_("Whether it gets a thread of its own"),
        order=N_("Whose turn it is"),
        model_every=N_("After how many turns of people the model writes; 0 is never"),
        minutes=N_("Minutes that a turn or a vote lasts; 0 is without end for turns, a vote has at least 1"),
        turns=N_("After how many turns the story ends; 0 is when you say so"),
        choices=N_("How many continuations are voted on"),
        quorum=N_("How many votes end a vote before its time; 0 is none"),
        dice=N_("In an adventure: dice decide whether what you do succeeds"),
        first=N_("In a duel: one preset; otherwise chance draws two each time"),
        second=N_("In a duel: the other preset"),
        mature=N_("Whether it is for adults; only in age-restricted channels"),
    )
    async def start(
        self,
        interaction: discord.Interaction,
        game: str,
        opening: Range[str, 1, OPENING_LETTERS] | None = None,
        scenario: str | None = None,
        title: Range[str, 1, TITLE_LETTERS] | None = None,
        place: Literal["thread", "channel"] = "thread",
        order: str | None = None,
        model_every: Range[int, 0, 20] | None = None,
        minutes: Range[int, 0, 20_160] | None = None,
        turns: Range[int, 0, 10_000] | None = None,
        choices: Range[int, 2, 4] | None = None,
        quorum: Range[int, 0, 100] | None = None,
        dice: bool | None = None,
        first: str | None = None,
        second: str | None = None,
        mature: bool | None = None,
    ) -> None:
        """Begin a game."""
        kind = GameKind(game)
        rivals = await rivals_of(interaction, first, second) if kind is GameKind.DUEL else None
        said = {
            "order": Order(order) if order else None,
            "model_every": model_every,
            "turns": turns,
            "choices": choices,
            "quorum": quorum,
            "dice": dice,
            "mature": mature,
            "rivals": rivals,
        }
        wish = Wish(
            kind=kind,
            opening=await resolve_prompt(interaction, opening) if opening else "",
            scenario=await scenario_named(interaction, scenario) if scenario else None,
            title=title or "",
            said=said,
            minutes=minutes,
            thread=place == "thread",
        )
        await begin_in_place(interaction, wish)

    @start.autocomplete("opening")
    async def openings(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer the server's own openings."""
        return await prompt_choices(interaction, current)

    @start.autocomplete("scenario")
    async def ready_made(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer the scenarios there are."""
        return await scenario_choices(interaction, current)

    @start.autocomplete("first")
    @start.autocomplete("second")
    async def presets(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer the presets."""
        return await preset_choices(interaction, current)
