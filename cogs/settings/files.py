"""`/settings audit`, `export` and `import`."""

from __future__ import annotations

import io
from collections.abc import Sequence

import discord
from discord import app_commands
from discord.app_commands import Range
from discord.ext import commands

from bot.errors import N_
from bot.ids import UserId
from bot.store import Scope
from bot.ui.changes import change_line
from bot.ui.render import MESSAGE_LIMIT
from bot.ui.services import channel_here, guild_here, services_of, speak_to
from bot.writing.settings_files import MAX_BYTES, SettingsFileTooLargeError, read_settings, write_settings
from cogs.settings.values import scope_of

LINES = 15
"""Changes on a page, which is a message, or some where the values are long."""


class Files(commands.Cog):
    """Shows who changed what, and takes settings from one place to another."""

    @app_commands.command(name="audit", description=N_("Who changed which setting, when, from what to what"))
    @app_commands.describe(page=N_("Further pages show older changes"))
    async def audit(self, interaction: discord.Interaction, page: Range[int, 1, 1000] = 1) -> None:
        """Show the changes of the server and of this channel."""
        speak, services = speak_to(interaction), services_of(interaction)
        places = [scope_of(interaction, "server"), scope_of(interaction, "channel")]
        changes = await services.store.settings.history(places, offset=(page - 1) * LINES, limit=LINES)
        where = {Scope.SERVER: speak(N_("server")), Scope.CHANNEL: speak(N_("channel"))}
        lines = []
        for change in changes:
            key = services.resolver.keys.get(change.key)
            who = f"<@{change.changed_by}>" if change.changed_by else speak(N_("somebody who was removed"))
            lines.append(
                f"- <t:{int(change.changed_at.timestamp())}:f> {who} · {where[change.scope]} · "
                + change_line(change.key, change.before, change.after, key, speak)
            )
        first, *others = _messages(lines or [speak(N_("Nothing was changed here."))])
        await interaction.response.send_message(first, ephemeral=True)
        for text in others:
            await interaction.followup.send(text, ephemeral=True)

    @app_commands.command(name="export", description=N_("The settings of the server and this channel as a file"))
    async def export(self, interaction: discord.Interaction) -> None:
        """Send the settings as JSON."""
        stored = await services_of(interaction).store.settings.get(
            user=None, channel=channel_here(interaction), server=guild_here(interaction)
        )
        text = write_settings(server=stored[Scope.SERVER], channel=stored[Scope.CHANNEL])
        file = discord.File(io.BytesIO(text.encode()), filename="taleloom-settings.json")
        said = speak_to(interaction)(N_("/settings import takes this file, here or in another server."))
        await interaction.response.send_message(said, file=file, ephemeral=True)

    @app_commands.command(name="import", description=N_("Take the settings of a file: all of them, or none"))
    @app_commands.describe(file=N_("As /settings export gives it"))
    async def import_(self, interaction: discord.Interaction, file: discord.Attachment) -> None:
        """Replace the settings of the server and this channel by those of a file."""
        services = services_of(interaction)
        if file.size > MAX_BYTES:
            raise SettingsFileTooLargeError(limit=MAX_BYTES // 1024)
        await interaction.response.defer(ephemeral=True, thinking=True)
        server, channel = read_settings(await file.read(), await services.resolver.keys_for(guild_here(interaction)))
        values = {scope_of(interaction, "server"): server, scope_of(interaction, "channel"): channel}
        count = await services.store.settings.replace(values, by=UserId(interaction.user.id))
        text = speak_to(interaction).plural(
            N_("Done: {count} value is different now."), N_("Done: {count} values are different now."), count
        )
        await interaction.followup.send(text, ephemeral=True)


def _messages(lines: Sequence[str]) -> list[str]:
    """Give messages that have room for all lines, each of which fits one."""
    messages: list[str] = []
    for line in lines:
        if messages and len(messages[-1]) + len("\n") + len(line) <= MESSAGE_LIMIT:
            messages[-1] += f"\n{line}"
        else:
            messages.append(line)
    return messages
