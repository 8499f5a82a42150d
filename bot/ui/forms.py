"""What all forms do, and the form in which a person rewords a passage."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.errors import N_, TaleloomError
from bot.ui.error_handler import answer_error
from bot.ui.services import speak_to
from bot.ui.streaming import UNSENT
from bot.writing.errors import TooLongToEditError

if TYPE_CHECKING:
    from bot.ui.texts import Translate

FORM_LIMIT = 4000  # characters in one field
FORM_SECONDS = 24 * 3600.0  # nobody is told of a form that is closed, so each is kept with its words for so long

Answer = Callable[[discord.Interaction, str, "str | None"], Awaitable[None]]


def given_back(words: str, speak: Translate) -> discord.Embed:
    """Give somebody's words, to be sent with the reason why they were not taken."""
    return discord.Embed(title=speak(N_("Your words")), description=words or None)


class Form(discord.ui.Modal, ABC):
    """A form that answers an error as a failed command does.

    Args:
        title: What stands above it.
        custom_id: A name that a press of it is known by after a restart.
    """

    def __init__(self, title: str, custom_id: str = discord.utils.MISSING) -> None:
        super().__init__(title=title, timeout=FORM_SECONDS, custom_id=custom_id)

    @property
    def typed(self) -> str:
        """The words that somebody would miss: they get them back where they cannot be taken."""
        return ""

    @abstractmethod
    async def take(self, interaction: discord.Interaction) -> None:
        """Take what was typed, and answer.

        Raises:
            TaleloomError, discord.app_commands.MissingPermissions: it cannot be taken.
        """

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Take what was typed; of what cannot be, say why and give the words back."""
        try:
            await self.take(interaction)
        except (TaleloomError, app_commands.MissingPermissions, discord.HTTPException) as error:
            await self._refuse(interaction, error)

    async def on_error(self, interaction: discord.Interaction, error: Exception, /) -> None:  # type: ignore[override]
        """Say that something went wrong, and give the words back."""
        await self._refuse(interaction, error)

    async def _refuse(self, interaction: discord.Interaction, error: Exception) -> None:
        await answer_error(interaction, error)
        if self.typed.strip():
            with suppress(*UNSENT):
                await interaction.followup.send(embed=given_back(self.typed, speak_to(interaction)), ephemeral=True)


class EditForm(Form):
    """Asks for other words.

    Args:
        speak: The language of the form.
        text: The words of now.
        prompt: Those of the prompt before, where they can be changed too.
        answer: Takes the interaction, the text and the prompt.

    Raises:
        TooLongToEditError: the words do not fit.
    """

    def __init__(self, speak: Translate, text: str, prompt: str | None, answer: Answer) -> None:
        super().__init__(title=speak(N_("Other words")))
        self._answer = answer
        self._prompt = _field("prompt", prompt) if prompt is not None else None
        self._text = _field("text", text)
        if self._prompt is not None:
            self.add_item(discord.ui.Label(text=speak(N_("What was asked for")), component=self._prompt))
        self.add_item(discord.ui.Label(text=speak(N_("The passage")), component=self._text))

    @property
    def typed(self) -> str:
        """The words that somebody would miss."""
        return self._text.value

    async def take(self, interaction: discord.Interaction) -> None:
        """Hand the words on."""
        await self._answer(interaction, self._text.value, self._prompt.value if self._prompt else None)


def _field(name: str, text: str) -> discord.ui.TextInput[EditForm]:
    text = text.strip()
    if len(text) > FORM_LIMIT:
        raise TooLongToEditError(length=len(text), limit=FORM_LIMIT)
    return discord.ui.TextInput(
        custom_id=name, style=discord.TextStyle.paragraph, default=text, max_length=FORM_LIMIT, required=True
    )
