"""Buttons that work after a restart: what they are about stands in their `custom_id`, and the store is asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import discord

from bot.errors import N_
from bot.games import VOTED
from bot.ids import RequestId, TurnId
from bot.turns import TurnKind
from bot.ui.services import services_of, speak_to
from bot.writing.errors import NotYoursError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.games import GameKind
    from bot.turns import Turn
    from bot.ui.texts import Translate
    from bot.writing.moves import Standing


class StoryButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"tl:(?P<do>continue|retry|show|previous|next|undo|redo|edit|restore):(?P<turn>\d{1,18})",
):
    """Does something with a turn; what, stands in `bot.ui.actions`."""

    def __init__(
        self,
        do: str,
        turn: TurnId,
        label: str = "",
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        *,
        disabled: bool = False,
        row: int | None = None,
    ) -> None:
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label or do, style=style, custom_id=f"tl:{do}:{turn}", disabled=disabled, row=row
        )
        super().__init__(button)
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
        await services_of(interaction).actions.act(interaction, self._do, self._turn)


class MoreSelect(discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"tl:more:(?P<turn>\d{1,18})"):
    """Offers what one needs less often."""

    def __init__(self, turn: TurnId, placeholder: str = "", options: Sequence[discord.SelectOption] = ()) -> None:
        select: discord.ui.Select[Any] = discord.ui.Select(
            custom_id=f"tl:more:{turn}", placeholder=placeholder, options=list(options)
        )
        super().__init__(select)
        self._turn = turn

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the select that was used."""
        return cls(TurnId(int(match["turn"])))

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Answer a choice."""
        await services_of(interaction).actions.act(interaction, self.item.values[0], self._turn)


class Plate(discord.ui.Button[Any]):
    """Says between arrows where one is; nobody presses it.

    Args:
        number: Which of them is shown, counted from 1.
        count: How many there are.
        custom_id: A name that no other button of the message has.
        row: The row of buttons; None is the first that has room.
    """

    def __init__(self, number: int, count: int, custom_id: str, row: int | None = None) -> None:
        super().__init__(label=f"{number}/{count}", custom_id=custom_id, disabled=True, row=row)

    def is_dispatchable(self) -> bool:
        """Say that no press is waited for."""
        # discord.py keeps a view with such an item, and when an ephemeral one times out after 15 minutes, it forgets
        # the classes of all dynamic items in it: the same buttons of everybody.
        return False


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


def while_writing(request: RequestId, speak: Translate, *, waiting: bool = False) -> discord.ui.View:
    """Give the buttons of a text that is being written, or waits for its turn."""
    view = discord.ui.View(timeout=None)
    view.add_item(StopButton(request, speak(N_("Leave the queue")) if waiting else speak(N_("Stop"))))
    return view


def when_written(standing: Standing, speak: Translate, played: GameKind | None = None) -> discord.ui.View:
    """Give the buttons of a turn that is there.

    Args:
        standing: The turn that is shown, and what lies around it.
        speak: The language of the buttons.
        played: What is played in its story, which goes on by its panel then.
    """
    view, turn = discord.ui.View(timeout=None), standing.turn
    number, count = standing.place
    # A row that is left out is filled by the select, which takes the first one that is free.
    row = 1 if count > 1 else 0
    if count > 1:
        view.add_item(StoryButton("previous", turn.id, "◀", disabled=number == 1, row=0))
        view.add_item(Plate(number, count, f"tl:place:{turn.id}", row=0))
        view.add_item(StoryButton("next", turn.id, "▶", disabled=number == count, row=0))
    if played is None:
        view.add_item(StoryButton("continue", turn.id, speak(N_("Continue")), discord.ButtonStyle.primary, row=row))
    # A person's turn is not the model's to write again, and a vote's is chosen.
    if turn.parent_id is not None and (played is None or (turn.kind is TurnKind.MODEL and played not in VOTED)):
        view.add_item(StoryButton("retry", turn.id, speak(N_("Retry")), row=row))
    if turn.parent_id is not None:
        view.add_item(StoryButton("undo", turn.id, speak(N_("Undo")), row=row))
    if standing.following is not None:
        view.add_item(StoryButton("redo", turn.id, speak(N_("Redo")), row=row))
    view.add_item(StoryButton("edit", turn.id, speak(N_("Edit")), row=row))
    if played is None or turn.parent_id is None:
        # A game has many passages, and one way to what is seldom wanted is enough.
        view.add_item(MoreSelect(turn.id, speak(N_("More…")), _more(turn, speak)))
    return view


def _more(turn: Turn, speak: Translate) -> list[discord.SelectOption]:
    if turn.hidden:
        sight = (speak(N_("Give back to the model")), speak(N_("The model sees this passage again")), "unhide")
    else:
        sight = (speak(N_("Hide from the model")), speak(N_("The model goes on as if it were not there")), "hide")
    options = (
        sight,
        (speak(N_("Transcript")), speak(N_("The story as a file, for you alone")), "transcript"),
        (speak(N_("Delete the story")), speak(N_("It can be brought back for ten minutes")), "delete"),
    )
    return [discord.SelectOption(label=label, description=about, value=value) for label, about, value in options]


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


def to_bring_back(turn: TurnId, speak: Translate) -> discord.ui.View:
    """Give the button that takes a deletion back."""
    view = discord.ui.View(timeout=None)
    view.add_item(StoryButton("restore", turn, speak(N_("Bring back"))))
    return view
