"""What only whoever runs the bot may do: the check, the form of a notice, and buttons that work after a restart."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Protocol, Self, cast

import discord
import structlog

from bot.errors import N_, TaleloomError
from bot.ui.error_handler import answer_error
from bot.ui.errors import NoticeEmptyError, NotOwnerError
from bot.ui.forms import Form
from bot.ui.notices import NOTICE_LIMIT, preview, send_notice
from bot.ui.services import HasServices, services_of, speak_to
from bot.ui.texts import Translate

log = structlog.get_logger(__name__)


class Owned(HasServices, Protocol):
    """The bot object, as its owner's commands and buttons see it."""

    async def is_owner(self, user: discord.abc.User, /) -> bool:
        """Say whether somebody owns the application, or is in the team that does."""
        ...

    def stop(self) -> None:
        """Begin to stop."""
        ...


async def is_owner(interaction: discord.Interaction) -> bool:
    """Say whether whoever pressed or typed runs the bot."""
    return await cast(Owned, interaction.client).is_owner(interaction.user)


async def require_owner(interaction: discord.Interaction) -> None:
    """Let only those on who run the bot.

    Raises:
        NotOwnerError: somebody else.
    """
    if not await is_owner(interaction):
        raise NotOwnerError


class OwnerButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"tl:owner:(?P<do>send|stop|cancel):(?P<run>\d{1,12})"
):
    """Confirms what the owner asked for, or takes it back.

    Args:
        do: What a press does.
        run: In which run of the bot it was asked for, by when that began; to stop it holds for that run alone.
        label: What stands on it.
        style: How it looks.
    """

    def __init__(
        self, do: str, run: int, label: str = "", style: discord.ButtonStyle = discord.ButtonStyle.secondary
    ) -> None:
        super().__init__(discord.ui.Button(label=label or do, style=style, custom_id=f"tl:owner:{do}:{run}"))
        self._do = do
        self._run = run

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the button that was pressed."""
        return cls(match["do"], int(match["run"]))

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Answer a press."""
        try:
            await require_owner(interaction)
            if self._do == "send":
                await send_notice(interaction)
            elif self._do == "stop":
                await self._stop(interaction)
            else:
                await interaction.response.edit_message(
                    content=speak_to(interaction)(N_("Nothing was done.")), view=None
                )
        except (TaleloomError, discord.HTTPException) as error:
            await answer_error(interaction, error)

    async def _stop(self, interaction: discord.Interaction) -> None:
        services, speak = services_of(interaction), speak_to(interaction)
        if self._run != run_of(services.started_at):
            text = speak(N_("The bot has been started again since you asked, and goes on. /admin stop asks anew."))
            await interaction.response.edit_message(content=text, view=None)
            return
        text = f"{speak(N_('The bot is stopping.'))} {say_running(interaction)}"
        await interaction.response.edit_message(content=text, view=None)
        log.warning("stopped by its owner", user=interaction.user.id)
        cast(Owned, interaction.client).stop()


def run_of(started_at: datetime) -> int:
    """Name a run of the bot by its beginning, in seconds since the epoch."""
    return int(started_at.timestamp())


def say_running(interaction: discord.Interaction) -> str:
    """Say what stopping means for the texts under way."""
    services = services_of(interaction)
    seconds = f"{services.settings.shutdown_seconds:g}"
    return speak_to(interaction).plural(
        "{count} text is under way and may go on for up to {seconds} seconds; nothing new is begun.",
        "{count} texts are under way and may go on for up to {seconds} seconds; nothing new is begun.",
        services.writer.busy,
        seconds=seconds,
    )


def to_confirm(do: str, label: str, style: discord.ButtonStyle, run: datetime, speak: Translate) -> discord.ui.View:
    """Give a button that does something, and one that does not."""
    view = discord.ui.View(timeout=None)
    view.add_item(OwnerButton(do, run_of(run), label, style))
    view.add_item(OwnerButton("cancel", run_of(run), speak(N_("Cancel"))))
    return view


class NoticeForm(Form):
    """Asks for the words of a notice."""

    def __init__(self, speak: Translate) -> None:
        super().__init__(title=speak(N_("A notice")))
        self._text: discord.ui.TextInput[NoticeForm] = discord.ui.TextInput(
            custom_id="text", style=discord.TextStyle.paragraph, max_length=NOTICE_LIMIT
        )
        self.add_item(discord.ui.Label(text=speak(N_("What it says")), component=self._text))

    @property
    def typed(self) -> str:
        """The words that somebody would miss."""
        return self._text.value

    async def take(self, interaction: discord.Interaction) -> None:
        """Show the notice, and ask whether to send it."""
        await require_owner(interaction)
        await ask_to_send(interaction, self._text.value.strip())


async def ask_to_send(interaction: discord.Interaction, text: str) -> None:
    """Show a notice as it will be, with buttons.

    Raises:
        NoticeEmptyError, NobodyListensError: there is nothing to send, or nobody to send it to.
    """
    if not text:
        raise NoticeEmptyError
    services, speak = services_of(interaction), speak_to(interaction)
    channels = await services.notices.channels()
    view = to_confirm("send", speak(N_("Send")), discord.ButtonStyle.primary, services.started_at, speak)
    await interaction.response.send_message(preview(text, len(channels), speak), view=view, ephemeral=True)
