"""`/story list`, `show`, `pause`, `resume`, `end`, `rename` and `rules`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Range
from discord.ext import commands

from bot.errors import N_
from bot.games import VOTED
from bot.stories.games.happenings import Step
from bot.ui.games.acts import hosted_here, require_host
from bot.ui.games.describe import KINDS, rules, standing
from bot.ui.render import in_one_message
from bot.ui.services import channel_here, guild_here, services_of, speak_to
from bot.ui.streaming import UNSENT
from bot.writing.beginnings import TITLE_LETTERS

LISTED = 20


class Hosting(commands.Cog):
    """Shows games, and does what their hosts want."""

    @app_commands.command(name="list", description=N_("The stories that are played in this server"))
    @app_commands.describe(ended=N_("List those that have ended"))
    async def list_(self, interaction: discord.Interaction, ended: bool = False) -> None:
        """List games."""
        speak, store = speak_to(interaction), services_of(interaction).store.games
        found = await store.of_server(guild_here(interaction), ended=ended, limit=LISTED)
        lines = [
            f"- **{stored.title}** · {speak(KINDS[stored.game.kind])} · <#{stored.story.channel_id}>"
            + ("" if ended else f"\n-# {standing(stored.game, speak)}")
            for stored in found
        ]
        nothing = speak(N_("No story is played here now. /story start begins one."))
        await interaction.response.send_message(in_one_message("\n".join(lines)) or nothing, ephemeral=True)

    @app_commands.command(name="show", description=N_("Bring the panel of the story that is played here to the end"))
    async def show(self, interaction: discord.Interaction) -> None:
        """Show the panel anew."""
        services = services_of(interaction)
        stored = await services.games.here(channel_here(interaction))
        await interaction.response.defer(ephemeral=True)
        await services.panels.show(stored.story.id, anew=True)
        await interaction.delete_original_response()

    @app_commands.command(name="pause", description=N_("Let the story that is played here rest"))
    async def pause(self, interaction: discord.Interaction) -> None:
        """Pause a game."""
        await _act(interaction, "pause")

    @app_commands.command(name="resume", description=N_("Go on with a story that was paused"))
    async def resume(self, interaction: discord.Interaction) -> None:
        """Go on with a game."""
        await _act(interaction, "resume")

    @app_commands.command(name="end", description=N_("End the story that is played here"))
    async def end(self, interaction: discord.Interaction) -> None:
        """End a game."""
        await _act(interaction, "end")

    @app_commands.command(name="rename", description=N_("Give the story that is played here another title"))
    @app_commands.describe(title=N_("What it is called"))
    async def rename(self, interaction: discord.Interaction, title: Range[str, 1, TITLE_LETTERS]) -> None:
        """Rename a game, and its thread."""
        services, speak = services_of(interaction), speak_to(interaction)
        stored = await hosted_here(interaction)
        stored = await services.games.rename(stored.story.id, title)
        done = speak(N_("It is called **{title}** now."), title=stored.title)
        await interaction.response.send_message(done, ephemeral=True)
        await services.panels.show(stored.story.id)
        if isinstance(interaction.channel, discord.Thread):
            try:
                await interaction.channel.edit(name=stored.title)
            except UNSENT:
                await interaction.followup.send(
                    speak(N_("The thread keeps its name: the bot may not rename it.")), ephemeral=True
                )

    @app_commands.command(name="rules", description=N_("The rules of the story that is played here, or other ones"))
    @app_commands.describe(
        model_every=N_("After how many turns of people the model writes; 0 is never"),
        minutes=N_("Minutes that a turn or a vote lasts; 0 is without end for turns, a vote has at least 1"),
        letters=N_("How many characters a turn may have"),
        turns=N_("After how many turns the story ends; 0 is when you say so"),
        quorum=N_("How many votes end a vote before its time; 0 is none"),
    )
    async def rules(
        self,
        interaction: discord.Interaction,
        model_every: Range[int, 0, 20] | None = None,
        minutes: Range[int, 0, 20_160] | None = None,
        letters: Range[int, 1, 2000] | None = None,
        turns: Range[int, 0, 10_000] | None = None,
        quorum: Range[int, 0, 100] | None = None,
    ) -> None:
        """Show the rules, or change them."""
        services, speak = services_of(interaction), speak_to(interaction)
        stored = await services.games.here(channel_here(interaction))
        voted = stored.game.kind in VOTED
        said = {
            "model_every": model_every,
            "turn_minutes": None if voted else minutes,
            "vote_minutes": max(minutes, 1) if voted and minutes is not None else None,
            "turn_letters": letters,
            "turns": turns,
            "quorum": quorum,
        }
        values: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
        if values:
            require_host(interaction, stored)
            played = await services.games.do(
                stored.story.id, lambda game: Step(replace(game, rules=replace(game.rules, **values)))
            )
            stored = played.game
        text = rules(stored.game.rules, stored.game.kind, speak)
        await interaction.response.send_message(text, ephemeral=True)
        if values:
            await services.panels.show(stored.story.id)


async def _act(interaction: discord.Interaction, do: str) -> None:
    stored = await hosted_here(interaction)
    await services_of(interaction).acts.command(interaction, do, stored.story.id)
