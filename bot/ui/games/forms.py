"""The form in which a player writes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import discord

from bot.errors import N_
from bot.games import GameKind
from bot.stories.games.inputs import Form
from bot.ui.forms import Form as BaseForm

if TYPE_CHECKING:
    from bot.store.games import StoredGame
    from bot.ui.texts import Translate

FIELD_LIMIT = 4000  # characters: one who writes too much is told so, and keeps the words
TITLE_LIMIT = 45

_ASKED = {
    Form.STORY: N_("How does it go on?"),
    Form.DO: N_("What do you do?"),
    Form.SAY: N_("What do you say?"),
}

Answer = Callable[[discord.Interaction, str], Awaitable[None]]


class TurnForm(BaseForm):
    """Asks for a turn.

    Args:
        stored: The game.
        speak: The language of the form.
        form: How the words are meant.
        answer: Takes the interaction and the words.
        words: What stands in it at first.
    """

    def __init__(self, stored: StoredGame, speak: Translate, form: Form, answer: Answer, words: str = "") -> None:
        super().__init__(title=stored.title[:TITLE_LIMIT], timeout=None)
        self._answer = answer
        short = stored.game.kind is GameKind.WORDS
        self._text: discord.ui.TextInput[TurnForm] = discord.ui.TextInput(
            custom_id="text",
            style=discord.TextStyle.short if short else discord.TextStyle.paragraph,
            default=words[:FIELD_LIMIT] or None,
            max_length=FIELD_LIMIT,
        )
        about = speak.plural(
            "At most {count} character.", "At most {count} characters.", stored.game.rules.turn_letters
        )
        self.add_item(discord.ui.Label(text=speak(_ASKED[form]), description=about[:100], component=self._text))

    async def take(self, interaction: discord.Interaction) -> None:
        """Hand the words on."""
        await self._answer(interaction, self._text.value)
