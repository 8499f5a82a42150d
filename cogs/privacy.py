"""`/privacy`: what is kept of whoever asks, how to get it or have it deleted, and whether a model learns from it."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import N_
from bot.ids import GuildId, UserId
from bot.store import Json, Scope
from bot.store.people import RETENTION, Kept
from bot.ui.consent import explain, to_answer
from bot.ui.erasure import say_pending, to_confirm, to_take_back
from bot.ui.services import services_of, speak_to

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.app import Taleloom
    from bot.ui.texts import Translate

_KINDS = {
    "stories": N_("Stories that you began: **{count}**, so that you can go on with them"),
    "turns": N_("Passages that you typed: **{count}**, so that the model can go on from them"),
    "games": N_("Stories that you play or played in with others: **{count}**, so that everybody gets a turn"),
    "waiting": N_("Texts that have not reached you yet: **{count}**, so that you can still read them"),
    "settings": N_("Settings of your own: **{count}**, so that you need not set them again"),
    "usage_days": N_("Days on which you wrote, and how much: **{count}**, for the daily limits"),
    "entries": N_("Entries that say what you changed or added: **{count}**, so that a server can see who did what"),
    "decisions": N_(
        "Times that a text of yours, or one written for you, fell under what is not allowed: **{count}**, for the "
        "moderators' figures; the texts are not kept"
    ),
    "blocks": N_("Blocks that keep you from using this bot: **{count}**, so that they hold"),
}

_AGREED = N_(
    "That you said yes to a model learning from your words, <t:{at}:f>, so that files of stories say so. "
    "/privacy training takes it back"
)

_EXPLANATION = N_(
    "**This deletes all that is kept of you, everywhere:** your stories, in servers and in direct messages, what you "
    "set, and what was counted.\n"
    "- Where others wrote with you, your passages stay so that their story stays whole, but nothing says that they "
    "are yours. The same goes for what you added to a server.\n"
    "- Messages that stand in Discord stay there. To have those gone too, first choose “Delete the story” under "
    "“More…” beneath them.\n"
    "- It is done a day from now. Until then you can take it back; after that nobody can.\n"
    "/privacy export gives you a copy first."
)


class Privacy(commands.GroupCog, group_name="privacy", group_description=N_("What is kept of you, and its deletion")):
    """Shows, gives out and deletes what is kept of a person."""

    @app_commands.command(name="show", description=N_("What is kept of you, and why"))
    async def show(self, interaction: discord.Interaction) -> None:
        """Show what is kept of whoever asks."""
        store, speak, user = services_of(interaction).store, speak_to(interaction), UserId(interaction.user.id)
        kept, asked = await store.people.kept(user), await store.people.erasure_requested(user)
        agreed = await store.consents.given(user)
        lines = [
            speak(N_("What is kept of you, and why:")),
            *(f"- {line}" for line in _lines(kept, agreed, speak)),
            speak(N_("It stands beside your number in Discord; your name is not kept.")),
            speak(
                N_(
                    "Whoever runs this bot can read all of it; a story is also seen by whoever sees its channel, and "
                    "what you changed in a server by those who manage it. A story that you delete is gone for good "
                    "after a day."
                )
            ),
        ]
        if days := await _retention(interaction):
            lines.append(
                speak.plural(
                    "In this server, stories that nobody goes on with are deleted after {count} day.",
                    "In this server, stories that nobody goes on with are deleted after {count} days.",
                    days,
                )
            )
        if asked:
            text = "\n".join([*lines, "", say_pending(asked, speak)])
            await interaction.response.send_message(text, view=to_take_back(user, speak), ephemeral=True)
            return
        lines.append(speak(N_("/privacy export gives you all of it as a file, /privacy delete deletes it.")))
        await interaction.response.send_message("\n".join(lines), ephemeral=True)

    @app_commands.command(name="export", description=N_("All that you wrote and all that is kept of you, as a file"))
    async def export(self, interaction: discord.Interaction) -> None:
        """Send all that is kept of whoever asks."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        speak, user = speak_to(interaction), UserId(interaction.user.id)
        found = await services_of(interaction).store.people.export(user)
        file = await asyncio.to_thread(_file, found, interaction.filesize_limit)
        if file is None:
            text = speak(N_("You wrote more than Discord takes as a file. Ask whoever runs this bot for it."))
            await interaction.followup.send(text, ephemeral=True)
            return
        text = speak(N_("All that is kept of you, as JSON: any text editor opens it."))
        await interaction.followup.send(text, file=file, ephemeral=True)

    @app_commands.command(name="training", description=N_("Whether a model may learn from what you write"))
    async def training(self, interaction: discord.Interaction) -> None:
        """Explain what training is, and let whoever asks say yes or take it back."""
        speak, user = speak_to(interaction), UserId(interaction.user.id)
        since = await services_of(interaction).store.consents.given(user)
        await interaction.response.send_message(
            explain(since, speak), view=to_answer(user, since, speak), ephemeral=True
        )

    @app_commands.command(
        name="delete", description=N_("Delete all that is kept of you; you have a day to take it back")
    )
    async def delete(self, interaction: discord.Interaction) -> None:
        """Explain what deletion does, and offer it."""
        speak, user = speak_to(interaction), UserId(interaction.user.id)
        if asked := await services_of(interaction).store.people.erasure_requested(user):
            view, text = to_take_back(user, speak), say_pending(asked, speak)
        else:
            view, text = to_confirm(user, speak), speak(_EXPLANATION)
        await interaction.response.send_message(text, view=view, ephemeral=True)


def _lines(kept: Kept, agreed: datetime | None, speak: Translate) -> list[str]:
    """Say what is kept and why, a line for each kind of which there is any."""
    lines = [speak(text, count=getattr(kept, name)) for name, text in _KINDS.items() if getattr(kept, name)]
    if agreed is not None:
        lines.append(speak(_AGREED, at=int(agreed.timestamp())))
    return [*lines, speak(N_("How often you wrote in the last minutes: so that everybody gets a turn"))]


async def _retention(interaction: discord.Interaction) -> int:
    """Give for how many days this server keeps quiet stories; 0 where it keeps them for ever."""
    if interaction.guild_id is None:
        return 0
    store = services_of(interaction).store.settings
    days = (await store.get(user=None, channel=None, server=GuildId(interaction.guild_id)))[Scope.SERVER].get(RETENTION)
    return days if type(days) is int else 0


def _file(found: Mapping[str, Json], limit: int) -> discord.File | None:
    """Write the file, compressed where it would be too large for Discord; None where that does not help."""
    data = json.dumps(found, ensure_ascii=False, indent=1).encode()
    if len(data) <= limit:
        return discord.File(io.BytesIO(data), filename="taleloom.json")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("taleloom.json", data)
    if packed.tell() > limit:
        return None
    packed.seek(0)
    return discord.File(packed, filename="taleloom.zip")


async def setup(bot: Taleloom) -> None:
    """Add the cog."""
    await bot.add_cog(Privacy())
