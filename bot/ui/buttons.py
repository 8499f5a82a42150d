"""Buttons that work after a restart: what they are about stands in their `custom_id`, and the store is asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import discord

from bot.errors import N_, TaleloomError
from bot.ids import RequestId, TurnId
from bot.turns import TurnKind
from bot.ui.requests import next_request
from bot.ui.services import services_of, speak_to
from bot.ui.texts import Translate
from bot.writing.errors import NotYoursError, StoryGoneError

if TYPE_CHECKING:
    from bot.turns import Story, Turn


STEPS = {"previous": -1, "next": 1}


class StoryButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"tl:(?P<do>continue|retry|show|previous|next):(?P<turn>\d{1,18})",
):
    """Does something with a turn.

    `continue` writes on from it, `retry` writes it anew, `previous` and `next` show the variant beside it in the same
    message, `show` shows it privately.
    """

    def __init__(
        self,
        do: str,
        turn: TurnId,
        label: str = "",
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        *,
        disabled: bool = False,
    ) -> None:
        custom_id = f"tl:{do}:{turn}"
        super().__init__(discord.ui.Button(label=label or do, style=style, custom_id=custom_id, disabled=disabled))
        self._do = do
        self._turn = turn

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the button that was pressed."""
        return cls(match["do"], TurnId(int(match["turn"])))

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Answer a press."""
        services = services_of(interaction)
        try:
            story, turn = await find(interaction, self._turn)
        except TaleloomError as error:
            await services.presenter.tell(interaction, error)
            return
        if self._do == "show":
            await services.presenter.show(interaction, turn)
            return
        if self._do in STEPS:
            await services.presenter.browse(interaction, story, turn, STEPS[self._do])
            return
        parent = turn.parent_id if self._do == "retry" and turn.kind is TurnKind.MODEL else turn.id
        request = next_request(interaction, story, turn, parent or turn.id)
        await services.presenter.present(interaction, request)


class StopButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"tl:stop:(?P<request>[0-9a-f]{12})"):
    """Ends a text that is being written, or leaves the queue."""

    def __init__(self, request: RequestId, label: str = "stop") -> None:
        super().__init__(
            discord.ui.Button(label=label, style=discord.ButtonStyle.danger, custom_id=f"tl:stop:{request}")
        )
        self._request = request

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the button that was pressed."""
        return cls(RequestId(match["request"]))

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Answer a press."""
        writer, speak = services_of(interaction).writer, speak_to(interaction)
        request = writer.running(self._request)
        if request is None:
            await interaction.response.send_message(speak("This is not being written any more."), ephemeral=True)
            return
        if interaction.user.id != request.user_id and not interaction.permissions.manage_messages:
            await interaction.response.send_message(speak.error(NotYoursError()), ephemeral=True)
            return
        await interaction.response.defer()
        await writer.stop(self._request)


async def find(interaction: discord.Interaction, turn_id: TurnId) -> tuple[Story, Turn]:
    """Find what a button is about.

    Raises:
        StoryGoneError: it is not there any more.
        NotYoursError: it belongs to somebody else.
    """
    turn = await services_of(interaction).store.stories.turn(turn_id)
    if turn is None:
        raise StoryGoneError
    return await own_story(interaction, turn), turn


async def own_story(interaction: discord.Interaction, turn: Turn) -> Story:
    """Find the story of a turn that somebody may do something with.

    Raises:
        StoryGoneError: it is not there any more.
        NotYoursError: it belongs to somebody else.
    """
    story = await services_of(interaction).store.stories.story(turn.story_id)
    if story is None or story.deleted_at is not None:
        raise StoryGoneError
    if story.author_id != interaction.user.id:
        raise NotYoursError
    return story


def while_writing(request: RequestId, speak: Translate, *, waiting: bool = False) -> discord.ui.View:
    """Give the buttons of a text that is being written, or waits for its turn."""
    view = discord.ui.View(timeout=None)
    view.add_item(StopButton(request, speak(N_("Leave the queue")) if waiting else speak(N_("Stop"))))
    return view


def when_written(turn: TurnId, speak: Translate, place: tuple[int, int] = (1, 1)) -> discord.ui.View:
    """Give the buttons of a finished turn.

    Args:
        turn: The turn that is shown.
        speak: The language of the buttons.
        place: Which of its variants it is, counted from 1, and how many there are.
    """
    view = discord.ui.View(timeout=None)
    number, count = place
    if count > 1:
        view.add_item(StoryButton("previous", turn, "◀", disabled=number == 1))
        view.add_item(discord.ui.Button(label=f"{number}/{count}", custom_id=f"tl:place:{turn}", disabled=True))
        view.add_item(StoryButton("next", turn, "▶", disabled=number == count))
    view.add_item(StoryButton("continue", turn, speak(N_("Continue")), discord.ButtonStyle.primary))
    view.add_item(StoryButton("retry", turn, speak(N_("Retry"))))
    return view


def when_failed(parent: TurnId, speak: Translate) -> discord.ui.View:
    """Give the button of a turn that was not written: the same again, from the same place."""
    view = discord.ui.View(timeout=None)
    view.add_item(StoryButton("continue", parent, speak(N_("Retry")), discord.ButtonStyle.primary))
    return view


def to_show(turn: TurnId, speak: Translate) -> discord.ui.View:
    """Give the button that shows a turn which could not be posted."""
    view = discord.ui.View(timeout=None)
    view.add_item(StoryButton("show", turn, speak(N_("Show the story")), discord.ButtonStyle.primary))
    return view
