"""`/story invite`, `kick` and `hand-over`."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import N_
from bot.ids import UserId
from bot.stories.games import play
from bot.ui.games.acts import hosted_here
from bot.ui.services import services_of, speak_to
from bot.writing.games import BotPlayerError


class People(commands.Cog):
    """Lets hosts say who plays."""

    @app_commands.command(name="invite", description=N_("Let a person join the story that is played here"))
    @app_commands.describe(person=N_("Who"))
    async def invite(self, interaction: discord.Interaction, person: discord.User) -> None:
        """Invite somebody."""
        services, speak = services_of(interaction), speak_to(interaction)
        stored = await hosted_here(interaction)
        if person.bot:
            raise BotPlayerError
        user = UserId(person.id)
        played = await services.games.do(stored.story.id, lambda game: play.join(game, user, invited=True))
        said = speak(N_("{person} plays now."), person=person.mention)
        called = discord.AllowedMentions(users=[person], everyone=False, roles=False)
        await interaction.response.send_message(said, allowed_mentions=called)
        await services.stage.follow(played, interaction.user)

    @app_commands.command(name="kick", description=N_("Take a person out of the story that is played here"))
    @app_commands.describe(person=N_("Who"))
    async def kick(self, interaction: discord.Interaction, person: discord.User) -> None:
        """Send somebody away."""
        services, speak = services_of(interaction), speak_to(interaction)
        stored = await hosted_here(interaction)
        user, now = UserId(person.id), services.store.now()
        played = await services.games.do(stored.story.id, lambda game: play.leave(game, user, now, barred=True))
        said = speak(N_("{person} plays no more, and can come back only by your invitation."), person=person.mention)
        await interaction.response.send_message(said, ephemeral=True)
        await services.stage.follow(played, interaction.user)

    @app_commands.command(name="hand-over", description=N_("Make another person the host of this story"))
    @app_commands.describe(person=N_("Who"))
    async def hand_over(self, interaction: discord.Interaction, person: discord.User) -> None:
        """Give the story another host."""
        services, speak = services_of(interaction), speak_to(interaction)
        stored = await hosted_here(interaction)
        if person.bot:
            raise BotPlayerError
        stored = await services.games.hand_over(stored.story.id, UserId(person.id))
        said = speak(N_("{person} is the host now."), person=person.mention)
        await interaction.response.send_message(said)
        await services.panels.show(stored.story.id, anew=True)
