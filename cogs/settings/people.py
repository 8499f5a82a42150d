"""`/settings block`, `unblock` and `blocked`."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import N_
from bot.ids import UserId
from bot.ui.services import guild_here, services_of, speak_to
from bot.writing.errors import NotBlockableError


class People(commands.Cog):
    """Keeps people from using the bot in a server."""

    @app_commands.command(name="block", description=N_("Keep a person from using this bot in this server"))
    @app_commands.describe(person=N_("Who"))
    async def block(self, interaction: discord.Interaction, person: discord.User) -> None:
        """Block a person."""
        speak, blocks = speak_to(interaction), services_of(interaction).store.blocks
        if person.id == interaction.user.id or person.bot:
            raise NotBlockableError
        guild, by = guild_here(interaction), UserId(interaction.user.id)
        if await blocks.add(guild, UserId(person.id), by):
            text = speak(N_("{person} is blocked here now. What they wrote stays."), person=person.mention)
        else:
            text = speak(N_("{person} was blocked here before."), person=person.mention)
        await interaction.response.send_message(text, ephemeral=True)

    @app_commands.command(name="unblock", description=N_("Let a person use this bot again"))
    @app_commands.describe(person=N_("Who"))
    async def unblock(self, interaction: discord.Interaction, person: discord.User) -> None:
        """Let a person in again."""
        speak, blocks = speak_to(interaction), services_of(interaction).store.blocks
        if await blocks.remove(guild_here(interaction), UserId(person.id)):
            text = speak(N_("{person} may use this bot here again."), person=person.mention)
        else:
            text = speak(N_("{person} is not blocked here."), person=person.mention)
        await interaction.response.send_message(text, ephemeral=True)

    @app_commands.command(name="blocked", description=N_("Who is blocked in this server"))
    async def blocked(self, interaction: discord.Interaction) -> None:
        """List who is blocked."""
        people = await services_of(interaction).store.blocks.everybody(guild_here(interaction))
        text = " ".join(f"<@{person}>" for person in people[:80]) or speak_to(interaction)(
            N_("Nobody is blocked here.")
        )
        more = f" … {len(people)}" if len(people) > 80 else ""
        await interaction.response.send_message(text + more, ephemeral=True)
