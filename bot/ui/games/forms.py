"""The form in which a player writes."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import discord

from bot.errors import N_
from bot.games import GameKind
from bot.ids import StoryId
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
_ID = re.compile(r"tl:gt:(?P<run>\w+):(?P<story>\d+):(?P<number>\d+|-):(?P<form>[a-z]+):\w+")


class OpenForm(NamedTuple):
    """What a form is for; it stands in the form's `custom_id`, and so outlives the bot that opened it."""

    run: str
    """Which start of the bot opened it: discord.py knows the forms of its own alone."""
    story: StoryId
    number: int | None
    """The step that whoever opened it saw."""
    form: Form

    def custom_id(self) -> str:
        """Give an id that no other form has: several people may write at the same step."""
        number = "-" if self.number is None else self.number
        return f"tl:gt:{self.run}:{self.story}:{number}:{self.form}:{secrets.token_hex(4)}"

    @classmethod
    def read(cls, custom_id: str) -> Self | None:
        """Read an id; None for that of anything else."""
        found = _ID.fullmatch(custom_id)
        if found is None or found["form"] not in set(Form):
            return None
        number = None if found["number"] == "-" else int(found["number"])
        return cls(found["run"], StoryId(int(found["story"])), number, Form(found["form"]))


def typed_in(interaction: discord.Interaction) -> str:
    """Give the words of a form that discord.py does not know."""

    def search(parts: Iterable[Any]) -> Iterator[str]:
        for part in parts:
            if part.get("custom_id") == "text":
                yield str(part.get("value") or "")
            yield from search([*part.get("components", ()), *([part["component"]] if "component" in part else ())])

    data: Any = interaction.data or {}
    return next(search(data.get("components", ())), "")


class TurnForm(BaseForm):
    """Asks for a turn.

    Args:
        stored: The game.
        speak: The language of the form.
        opened: What it is for.
        answer: Takes the interaction and the words.
        words: What stands in it at first.
    """

    def __init__(self, stored: StoredGame, speak: Translate, opened: OpenForm, answer: Answer, words: str = "") -> None:
        super().__init__(title=stored.title[:TITLE_LIMIT], custom_id=opened.custom_id())
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
        self.add_item(discord.ui.Label(text=speak(_ASKED[opened.form]), description=about[:100], component=self._text))

    async def take(self, interaction: discord.Interaction) -> None:
        """Hand the words on."""
        await self._answer(interaction, self._text.value)
