"""The button by which people let a model learn from what they write, or no more; it works after a restart."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

import discord

from bot.errors import N_, TaleloomError
from bot.ids import UserId
from bot.ui.services import services_of, speak_to

if TYPE_CHECKING:
    from bot.store.consents import ConsentRepository
    from bot.ui.texts import Translate

_EXPLANATION = N_(
    "**May a model learn from what you write?**\n"
    "Whoever runs this bot can teach a model with stories that people wrote. Your words may be used only if "
    "you say yes.\n"
    "- Yes is for all that you type for this bot, in every server, from before and from now on. A model that learned "
    "from it may write something like it for other people: say yes only if there is nothing private in it.\n"
    "- It is for your words alone. A story may be used only if everybody who wrote in it said yes.\n"
    "- When a story is exported as JSON, the file says beside your name that you said yes.\n"
    "- You can take it back here at any time. It counts for every export after that. Files from before stay as they "
    "are, and a model cannot unlearn what it has learned.\n"
    "- You need not say yes: the bot works the same for you."
)


class ConsentButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"tl:learn:(?P<answer>yes|no):(?P<user>\d{1,20})"
):
    """Says for one person that a model may learn from their words, or takes that back; for this person alone."""

    def __init__(self, answer: str, user_id: UserId, label: str = "") -> None:
        # One style for both: neither answer is to look like the right one.
        style, custom_id = discord.ButtonStyle.secondary, f"tl:learn:{answer}:{user_id}"
        super().__init__(discord.ui.Button(label=label or answer, style=style, custom_id=custom_id))
        self._answer = answer
        self._user_id = user_id

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the button that was pressed."""
        return cls(match["answer"], UserId(int(match["user"])))

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Answer a press. A button of before says what it says, however things stand by now."""
        services, speak = services_of(interaction), speak_to(interaction)
        if interaction.user.id != self._user_id:
            text = speak("This button belongs to somebody else. /privacy training gives you your own.")
            await interaction.response.send_message(text, ephemeral=True)
            return
        try:
            since = await self._keep(services.store.consents)
        except TaleloomError as error:
            await services.presenter.tell(interaction, error)
            return
        await interaction.response.edit_message(
            content=explain(since, speak), view=to_answer(self._user_id, since, speak)
        )

    async def _keep(self, consents: ConsentRepository) -> datetime | None:
        """Keep the answer; returns since when it is yes."""
        if self._answer == "yes":
            return await consents.give(self._user_id)
        await consents.take_back(self._user_id)
        return None


def explain(since: datetime | None, speak: Translate) -> str:
    """Say what a person is asked, and what they have said so far.

    Args:
        since: When they said yes; None if they do not.
        speak: Their language.
    """
    now = speak(N_("**Right now: no.**"))
    if since is not None:
        now = speak(N_("**Right now: yes**, since <t:{at}:f>."), at=int(since.timestamp()))
    return f"{speak(_EXPLANATION)}\n\n{now}"


def to_answer(user_id: UserId, since: datetime | None, speak: Translate) -> discord.ui.View:
    """Give the button with the answer that a person has not given."""
    view = discord.ui.View(timeout=None)
    if since is None:
        view.add_item(ConsentButton("yes", user_id, speak(N_("Yes, a model may learn from my words"))))
    else:
        view.add_item(ConsentButton("no", user_id, speak(N_("Take my yes back"))))
    return view
