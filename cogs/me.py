"""`/me`: how one person's own stories are written, everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from bot.errors import N_
from bot.ids import UserId
from bot.store import Scope
from bot.ui.panel import send_panel
from bot.ui.services import services_of
from bot.ui.settings_choices import key_choices, key_named, value_choices

if TYPE_CHECKING:
    from bot.app import Taleloom

OWN = (Scope.USER,)


class Me(commands.GroupCog, group_name="me", group_description=N_("Your own settings")):
    """Shows and changes what holds for one person."""

    @app_commands.command(name="settings", description=N_("How your own stories are written, in every server"))
    @app_commands.describe(key=N_("What to set"), value=N_("Its new value; nothing takes yours back"))
    async def settings(
        self, interaction: discord.Interaction, key: str | None = None, value: str | None = None
    ) -> None:
        """Show, set or take back a value of one's own."""
        if key is not None:
            store, person = services_of(interaction).store.settings, UserId(interaction.user.id)
            setting = await key_named(interaction, key, OWN)
            if value is None:
                await store.reset(Scope.USER, person, setting.name, by=person)
            else:
                await store.set(Scope.USER, person, setting.name, setting.parse(value), by=person)
        await send_panel(interaction, Scope.USER)

    @settings.autocomplete("key")
    async def keys(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer what can be set."""
        return await key_choices(interaction, current, OWN)

    @settings.autocomplete("value")
    async def values(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer the present value and what else is allowed."""
        return await value_choices(interaction, current, OWN)


async def setup(bot: Taleloom) -> None:
    """Add the cog."""
    await bot.add_cog(Me())
