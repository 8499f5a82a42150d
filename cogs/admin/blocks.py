"""`/admin block`, `unblock` and `blocked`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from bot.errors import N_
from bot.ids import GuildId, UserId
from bot.store.blocks import EVERYBODY, EVERYWHERE
from bot.ui.errors import PersonOrServerError, ServerNumberError
from bot.ui.owner import is_owner
from bot.ui.render import in_one_message
from bot.ui.services import services_of, speak_to
from bot.writing.errors import NotBlockableError

if TYPE_CHECKING:
    from bot.app import Taleloom

SHOWN = 40
NUMBER = re.compile(r"[1-9]\d{14,18}", re.ASCII)
LARGEST = 2**63 - 1  # that the store can keep


class Blocks(commands.Cog):
    """Keeps people and whole servers from using the bot."""

    _bot: Taleloom

    @app_commands.command(name="block", description=N_("Keep a person or a whole server from using this bot"))
    @app_commands.describe(person=N_("Who, in all servers and in direct messages"), server=N_("The server's number"))
    async def block(
        self, interaction: discord.Interaction, person: discord.User | None = None, server: str | None = None
    ) -> None:
        """Block a person everywhere, or a server."""
        speak, blocks, by = speak_to(interaction), services_of(interaction).store.blocks, UserId(interaction.user.id)
        if person is not None and (person.id == interaction.user.id or person.bot):
            raise NotBlockableError
        guild, user, shown = self._whom(person, server)
        if await blocks.add(guild, user, by):
            text = speak(N_("{whom} is blocked now. What was written stays."), whom=shown)
        else:
            text = speak(N_("{whom} was blocked before."), whom=shown)
        await interaction.response.send_message(text, ephemeral=True)

    @app_commands.command(name="unblock", description=N_("Let a person or a server use this bot again"))
    @app_commands.describe(person=N_("Who"), server=N_("The server's number"))
    async def unblock(
        self, interaction: discord.Interaction, person: discord.User | None = None, server: str | None = None
    ) -> None:
        """Let a person or a server in again."""
        guild, user, shown = self._whom(person, server)
        speak = speak_to(interaction)
        if await services_of(interaction).store.blocks.remove(guild, user):
            text = speak(N_("{whom} may use this bot again."), whom=shown)
        else:
            text = speak(N_("{whom} is not blocked by you."), whom=shown)
        await interaction.response.send_message(text, ephemeral=True)

    @app_commands.command(name="blocked", description=N_("Who is blocked everywhere, and which servers are"))
    async def blocked(self, interaction: discord.Interaction) -> None:
        """List people and servers."""
        speak, blocks = speak_to(interaction), services_of(interaction).store.blocks
        people = [f"<@{person}>" for person in await blocks.everybody(EVERYWHERE)]
        servers = [self._server(server) for server in await blocks.servers()]
        lines = [
            speak(N_("People: {names}"), names=_some(people)),
            speak(N_("Servers: {names}"), names=_some(servers)),
        ]
        await interaction.response.send_message(in_one_message("\n".join(lines)), ephemeral=True)

    @block.autocomplete("server")
    async def servers(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer the servers that the bot is in; Discord asks before the command is checked."""
        if not await is_owner(interaction):
            return []
        names = {guild.id: guild.name for guild in self._bot.guilds}
        return _choices(names, current)

    @unblock.autocomplete("server")
    async def blocked_servers(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer the servers that are blocked."""
        if not await is_owner(interaction):
            return []
        found = await services_of(interaction).store.blocks.servers()
        guilds = {server: self._bot.get_guild(server) for server in found}
        return _choices({server: guild.name if guild else "" for server, guild in guilds.items()}, current)

    def _whom(self, person: discord.User | None, server: str | None) -> tuple[GuildId, UserId, str]:
        """Give who is meant: in which server, whom, and as people read it.

        Raises:
            PersonOrServerError, ServerNumberError: nobody can tell.
        """
        if person is not None and server is None:
            return EVERYWHERE, UserId(person.id), person.mention
        if server is None or person is not None:
            raise PersonOrServerError
        if not NUMBER.fullmatch(server.strip()) or int(server) > LARGEST:
            raise ServerNumberError(value=discord.utils.escape_markdown(server.strip()[:60]))
        guild = GuildId(int(server))
        return guild, EVERYBODY, self._server(guild)

    def _server(self, server: GuildId) -> str:
        """Name a server, if the bot is in it, and give its number."""
        guild = self._bot.get_guild(server)
        return f"**{discord.utils.escape_markdown(guild.name)}** (`{server}`)" if guild else f"`{server}`"


def _some(names: list[str]) -> str:
    more = f" … {len(names)}" if len(names) > SHOWN else ""
    return (", ".join(names[:SHOWN]) or "–") + more


def _choices(names: dict[int, str], current: str) -> list[Choice[str]]:
    """Offer servers by their names and numbers."""
    offered = {number: f"{name[:70]} ({number})" if name else str(number) for number, name in names.items()}
    return [
        Choice(name=shown, value=str(number))
        for number, shown in offered.items()
        if current.casefold() in shown.casefold()
    ][:25]
