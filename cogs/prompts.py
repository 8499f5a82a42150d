"""`/prompts`: a server's own openings, which `/write` offers."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.errors import N_
from bot.ids import UserId
from bot.store.channels import PROMPT_LENGTH, PROMPTS_LIMIT
from bot.ui.access import require_manager
from bot.ui.history import in_one_line
from bot.ui.prompts import stored_choices, stored_prompt
from bot.ui.render import MESSAGE_LIMIT
from bot.ui.services import channel_here, guild_here, services_of, speak_to
from bot.writing.channel_errors import PromptGoneError, PromptsFullError, PromptThereError
from bot.writing.door import Place
from bot.writing.errors import EmptyPromptError

if TYPE_CHECKING:
    from bot.app import Taleloom


@app_commands.guild_only()
class Prompts(commands.GroupCog, group_name="prompts", group_description=N_("This server's own openings for stories")):
    """Shows a server's openings to everybody, and lets those who may manage the server change them."""

    @app_commands.command(name="add", description=N_("Add an opening, which /write then offers in this server"))
    @app_commands.describe(text=N_("How a story can begin"))
    async def add(self, interaction: discord.Interaction, text: Range[str, 1, PROMPT_LENGTH]) -> None:
        """Keep an opening."""
        require_manager(interaction)
        services, guild, by = services_of(interaction), guild_here(interaction), UserId(interaction.user.id)
        channels, text = services.store.channels, text.strip()
        if not text:
            raise EmptyPromptError
        text = await (await services.door.of_server(Place(guild, channel_here(interaction), by))).words(text)
        if any(prompt.text == text for prompt in await channels.prompts(guild)):
            raise PromptThereError
        if await channels.add_prompt(guild, text, by) is None:
            raise PromptsFullError(limit=PROMPTS_LIMIT)
        said = speak_to(interaction)(N_("Added. /write offers it from now on: {text}"), text=in_one_line(text, 600))
        await interaction.response.send_message(said, ephemeral=True)

    @app_commands.command(name="remove", description=N_("Take an opening of this server away"))
    @app_commands.describe(prompt=N_("The opening; some of its words find it"))
    async def remove(self, interaction: discord.Interaction, prompt: str) -> None:
        """Take an opening away."""
        require_manager(interaction)
        found = await stored_prompt(interaction, prompt)
        if not await services_of(interaction).store.channels.remove_prompt(found.guild_id, found.id):
            raise PromptGoneError
        said = speak_to(interaction)(N_("Taken away: {text}"), text=in_one_line(found.text, 600))
        await interaction.response.send_message(said, ephemeral=True)

    @remove.autocomplete("prompt")
    async def prompts(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer the openings there are."""
        return await stored_choices(interaction, current)

    @app_commands.command(name="list", description=N_("The openings of this server"))
    async def show(self, interaction: discord.Interaction) -> None:
        """Show the openings."""
        speak = speak_to(interaction)
        found = await services_of(interaction).store.channels.prompts(guild_here(interaction))
        if not found:
            text = speak(N_("This server has no openings of its own yet. /prompts add adds one."))
            await interaction.response.send_message(text, ephemeral=True)
            return
        title = speak.plural("{count} opening of this server:", "{count} openings of this server:", len(found))
        lines = [f"{number}. {in_one_line(prompt.text, 600)}" for number, prompt in enumerate(found, 1)]
        text = "\n".join([title, *lines])
        if len(text) <= MESSAGE_LIMIT:
            await interaction.response.send_message(text, ephemeral=True)
            return
        written = "".join(f"{number}. {prompt.text}\n" for number, prompt in enumerate(found, 1))
        file = discord.File(io.BytesIO(written.encode()), filename="prompts.txt")
        await interaction.response.send_message(title, file=file, ephemeral=True)


async def setup(bot: Taleloom) -> None:
    """Add the cog."""
    await bot.add_cog(Prompts())
