"""The buttons by which people have themselves deleted, and take that back for a day; they work after a restart."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

import discord

from bot.errors import N_, TaleloomError
from bot.ids import UserId
from bot.ui.services import services_of, speak_to
from bot.writing.housekeeping import ERASURE_AFTER

if TYPE_CHECKING:
    from bot.ui.texts import Translate


class ErasureButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"tl:(?P<do>erase|keep):(?P<user>\d{1,20})"
):
    """Asks for the deletion of all that is kept of one person, or takes that back; for this person alone."""

    def __init__(
        self,
        do: str,
        user_id: UserId,
        label: str = "",
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    ) -> None:
        super().__init__(discord.ui.Button(label=label or do, style=style, custom_id=f"tl:{do}:{user_id}"))
        self._do = do
        self._user_id = user_id

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction,
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        """Build the button that was pressed."""
        return cls(match["do"], UserId(int(match["user"])))

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Answer a press."""
        speak = speak_to(interaction)
        if interaction.user.id != self._user_id:
            text = speak("This button belongs to somebody else. /privacy delete gives you your own.")
            await interaction.response.send_message(text, ephemeral=True)
            return
        try:
            await (self._erase(interaction) if self._do == "erase" else self._keep(interaction))
        except TaleloomError as error:
            await services_of(interaction).presenter.tell(interaction, error)

    async def _erase(self, interaction: discord.Interaction) -> None:
        speak = speak_to(interaction)
        asked = await services_of(interaction).store.people.request_erasure(self._user_id)
        view = to_take_back(self._user_id, speak)
        await interaction.response.edit_message(content=say_pending(asked, speak), view=view)

    async def _keep(self, interaction: discord.Interaction) -> None:
        speak = speak_to(interaction)
        if await services_of(interaction).store.people.withdraw_erasure(self._user_id):
            text = speak("Taken back. Nothing will be deleted.")
        else:
            text = speak("Nothing is waiting to be deleted: you took it back before, or it has been done.")
        await interaction.response.edit_message(content=text, view=None)


def say_pending(asked: datetime, speak: Translate) -> str:
    """Say when a person will be deleted."""
    at = int((asked + ERASURE_AFTER).timestamp())
    return speak(
        N_(
            "All that is kept of you will be deleted <t:{at}:R>, at <t:{at}:f>. "
            "Until then you can take it back, here or by /privacy show."
        ),
        at=at,
    )


def to_confirm(user_id: UserId, speak: Translate) -> discord.ui.View:
    """Give the button that asks for a person's deletion."""
    view = discord.ui.View(timeout=None)
    view.add_item(ErasureButton("erase", user_id, speak(N_("Delete all of it")), discord.ButtonStyle.danger))
    return view


def to_take_back(user_id: UserId, speak: Translate) -> discord.ui.View:
    """Give the button that takes a deletion back."""
    view = discord.ui.View(timeout=None)
    view.add_item(ErasureButton("keep", user_id, speak(N_("Take it back")), discord.ButtonStyle.primary))
    return view
