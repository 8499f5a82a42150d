"""`/safety log`, `stats` and `pardon`."""

from __future__ import annotations

import asyncio
import io
from collections import Counter
from datetime import timedelta

import discord
from discord import app_commands
from discord.app_commands import Range
from discord.ext import commands

from bot.errors import N_
from bot.ids import ChannelId, UserId
from bot.safety.verdict import CATEGORY_NAMES, Category
from bot.store.safety import SafetyLog
from bot.ui.charts import MARKS, hits_chart
from bot.ui.render import in_one_message
from bot.ui.safety_log import CannotPostError
from bot.ui.services import guild_here, services_of, speak_to


class WatchCommands(commands.Cog):
    """Shows moderators what happens, and undoes what follows."""

    @app_commands.command(
        name="log", description=N_("The channel that is told what was blocked or reported; none switches it off")
    )
    @app_commands.describe(
        channel=N_("Which channel; choose one that only moderators can see"),
        texts=N_("Whether the blocked texts are shown there"),
    )
    async def log(
        self, interaction: discord.Interaction, channel: discord.TextChannel | None = None, texts: bool = False
    ) -> None:
        """Choose the log channel."""
        speak, store = speak_to(interaction), services_of(interaction).store.safety
        if channel and not _may_post(channel):
            raise CannotPostError(channel=channel.mention)
        guild, by = guild_here(interaction), UserId(interaction.user.id)
        chosen = SafetyLog(ChannelId(channel.id), texts) if channel else None
        await store.set_log(guild, chosen, by)
        if channel is None:
            text = speak(N_("No channel is told any more what was blocked, and nobody can report a story."))
        elif texts:
            text = speak(N_("{channel} is told what was blocked, with the texts."), channel=channel.mention)
        else:
            text = speak(N_("{channel} is told what was blocked, without the texts."), channel=channel.mention)
        await interaction.response.send_message(text, ephemeral=True)

    @app_commands.command(name="stats", description=N_("What was found in this server, by category and day"))
    @app_commands.describe(days=N_("How many days back"))
    async def stats(self, interaction: discord.Interaction, days: Range[int, 1, 31] = 14) -> None:
        """Show a picture of the hits."""
        speak, store = speak_to(interaction), services_of(interaction).store
        await interaction.response.defer(ephemeral=True, thinking=True)
        today = store.now().date()
        since = today - timedelta(days=days - 1)
        found = await store.safety_events.by_day(guild_here(interaction), since=since)
        totals = Counter[str]()
        for each in found:
            totals[each.category] += each.count
        ranked = [category for category, _ in totals.most_common()]
        dates = [since + timedelta(days=number) for number in range(days)]
        counts = {(each.day, each.category): each.count for each in found}
        rows = [(date, [counts.get((date, category), 0) for category in ranked]) for date in dates]
        picture = await asyncio.to_thread(hits_chart, rows)
        lines = [speak(N_("What was found in the last days, by category. Days are UTC."))]
        lines += [
            f"{MARKS[place % len(MARKS)]} {speak(CATEGORY_NAMES[Category(category)])}: {totals[category]}"
            for place, category in enumerate(ranked)
        ] or [speak(N_("Nothing was found."))]
        file = discord.File(io.BytesIO(picture), filename="safety.png")
        await interaction.followup.send(in_one_message("\n".join(lines)), file=file, ephemeral=True)

    @app_commands.command(name="pardon", description=N_("Let somebody try again at once whose prompts were refused"))
    @app_commands.describe(person=N_("Who"))
    async def pardon(self, interaction: discord.Interaction, person: discord.User) -> None:
        """Let none of a person's refusals count any more."""
        speak, brake = speak_to(interaction), services_of(interaction).brake
        if await brake.release(guild_here(interaction), UserId(person.id)):
            text = speak(N_("{person} can try again at once."), person=person.mention)
        else:
            text = speak(N_("Nothing kept {person} from trying."), person=person.mention)
        await interaction.response.send_message(text, ephemeral=True)


def _may_post(channel: discord.TextChannel) -> bool:
    may = channel.permissions_for(channel.guild.me)
    return may.view_channel and may.send_messages
