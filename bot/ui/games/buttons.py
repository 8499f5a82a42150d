"""What is pressed in a game; each button carries the step that it was drawn for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import discord

from bot.errors import N_
from bot.games import GameKind, Order, Phase
from bot.ids import StoryId
from bot.stories.games import ballot
from bot.stories.games.inputs import Form
from bot.ui.games.describe import choice_name
from bot.ui.services import services_of

if TYPE_CHECKING:
    from bot.games import Game
    from bot.store.games import StoredGame
    from bot.ui.texts import Translate

MOST_IN_ROW = 5
MOST_LETTERS = 80


class GameButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"tl:g:(?P<do>write|do|say|tell|enter|model|pass|join|leave|resume):(?P<story>\d{1,18}):(?P<number>\d{1,9})",
):
    """Does something in a game; what, stands in `bot.ui.games.acts`."""

    def __init__(
        self,
        do: str,
        story: StoryId,
        number: int,
        label: str = "",
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        *,
        row: int | None = None,
    ) -> None:
        custom_id = f"tl:g:{do}:{story}:{number}"
        super().__init__(discord.ui.Button(label=label or do, style=style, custom_id=custom_id, row=row))
        self._do, self._story, self._number = do, story, number

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the button that was pressed."""
        return cls(match["do"], StoryId(int(match["story"])), int(match["number"]))

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Answer a press."""
        await services_of(interaction).acts.act(interaction, self._do, self._story, self._number)


class VoteButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"tl:v:(?P<story>\d{1,18}):(?P<number>\d{1,9}):(?P<choice>\d)",
):
    """Votes for a continuation."""

    def __init__(self, story: StoryId, number: int, choice: int, label: str = "", *, row: int | None = None) -> None:
        custom_id, style = f"tl:v:{story}:{number}:{choice}", discord.ButtonStyle.primary
        super().__init__(discord.ui.Button(label=label or "vote", style=style, custom_id=custom_id, row=row))
        self._story, self._number, self._choice = story, number, choice

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the button that was pressed."""
        return cls(StoryId(int(match["story"])), int(match["number"]), int(match["choice"]))

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Count the vote."""
        await services_of(interaction).acts.vote(interaction, self._story, self._number, self._choice)


class SuggestionButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"tl:s:(?P<story>\d{1,18}):(?P<number>\d{1,9}):(?P<index>\d)",
):
    """Does what is suggested."""

    def __init__(self, story: StoryId, number: int, index: int, label: str = "", *, row: int | None = None) -> None:
        custom_id = f"tl:s:{story}:{number}:{index}"
        super().__init__(discord.ui.Button(label=label[:MOST_LETTERS] or "do", custom_id=custom_id, row=row))
        self._story, self._number, self._index = story, number, index

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the button that was pressed."""
        return cls(StoryId(int(match["story"])), int(match["number"]), int(match["index"]))

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Take the action."""
        await services_of(interaction).acts.do_suggested(interaction, self._story, self._number, self._index)


class HostSelect(
    discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"tl:gh:(?P<story>\d{1,18}):(?P<number>\d{1,9})"
):
    """Offers what the host may do."""

    def __init__(
        self, story: StoryId, number: int, placeholder: str = "", options: list[discord.SelectOption] | None = None
    ) -> None:
        super().__init__(
            discord.ui.Select(custom_id=f"tl:gh:{story}:{number}", placeholder=placeholder, options=options or [])
        )
        self._story, self._number = story, number

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the select that was used."""
        return cls(StoryId(int(match["story"])), int(match["number"]))

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Answer a choice."""
        await services_of(interaction).acts.act(interaction, self.item.values[0], self._story, self._number)


class AgainButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"tl:again:(?P<story>\d{1,18}):(?P<form>story|do|say)"
):
    """Opens the form again with words that were refused."""

    def __init__(self, story: StoryId, form: Form, label: str = "again") -> None:
        style = discord.ButtonStyle.primary
        super().__init__(discord.ui.Button(label=label, style=style, custom_id=f"tl:again:{story}:{form}"))
        self._story, self._form = story, form

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the button that was pressed."""
        return cls(StoryId(int(match["story"])), Form(match["form"]))

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Open the form."""
        await services_of(interaction).acts.write_again(interaction, self._story, self._form)


ITEMS = (GameButton, VoteButton, SuggestionButton, HostSelect, AgainButton)


def beneath_panel(stored: StoredGame, speak: Translate) -> discord.ui.View | None:
    """Give the buttons of a game's panel; none when it is over."""
    game, story, number = stored.game, stored.story.id, stored.game.state.number
    if game.state.phase is Phase.ENDED:
        return None
    view, row = discord.ui.View(timeout=None), 0
    if game.state.phase is Phase.VOTE:
        for choice, count in enumerate(ballot.tally(game)):
            label, row = f"{choice_name(choice)} · {count}", choice // MOST_IN_ROW
            view.add_item(VoteButton(story, number, choice, label, row=row))
        row += 1
    for do, label, style in _acts(game, speak):
        view.add_item(GameButton(do, story, number, label, style, row=row))
    if game.state.phase is Phase.PEOPLE and game.state.suggestions:
        row += 1
        for index, action in enumerate(game.state.suggestions[:MOST_IN_ROW]):
            label = speak(N_("Do: {action}"), action=action)
            view.add_item(SuggestionButton(story, number, index, label, row=row))
    row += game.state.phase in {Phase.PEOPLE, Phase.PAUSED}
    if game.rules.order is not Order.FIXED:
        view.add_item(GameButton("join", story, number, speak(N_("Join")), row=row))
    view.add_item(GameButton("leave", story, number, speak(N_("Leave")), row=row))
    view.add_item(HostSelect(story, number, speak(N_("For the host…")), _for_host(game, speak)))
    return view


def _acts(game: Game, speak: Translate) -> list[tuple[str, str, discord.ButtonStyle]]:
    """List what can be pressed now beside votes, each with its label and colour."""
    primary, secondary = discord.ButtonStyle.primary, discord.ButtonStyle.secondary
    match game.state.phase:
        case Phase.PEOPLE:
            offered = [(do, label, primary) for do, label in _writing(game, speak)]
            if game.kind is not GameKind.WORDS:
                offered.append(("model", speak(N_("Let the model go on")), secondary))
            if game.state.turn is not None:
                offered.append(("pass", speak(N_("Pass")), secondary))
            return offered
        case Phase.VOTE if game.rules.entries and game.kind is not GameKind.DUEL:
            return [("enter", speak(N_("One of my own")), secondary)]
        case Phase.PAUSED:
            return [("resume", speak(N_("Resume")), primary)]
        case _:
            return []


def _writing(game: Game, speak: Translate) -> list[tuple[str, str]]:
    if game.kind is GameKind.ADVENTURE:
        return [("do", speak(N_("Do"))), ("say", speak(N_("Say"))), ("tell", speak(N_("Tell")))]
    return [("write", speak(N_("Write")))]


def _for_host(game: Game, speak: Translate) -> list[discord.SelectOption]:
    offered = []
    if game.state.phase is Phase.PEOPLE and game.state.turn is not None:
        offered.append(("skip", speak(N_("Pass over whoever it is")), speak(N_("The next one writes"))))
    if game.state.phase is Phase.VOTE:
        offered.append(("close", speak(N_("End the vote")), speak(N_("The most votes win"))))
    if game.state.phase is not Phase.PAUSED:
        offered.append(("pause", speak(N_("Pause the story")), speak(N_("Nobody's time runs out"))))
    offered.append(("end", speak(N_("End the story")), speak(N_("It can be read and exported, and goes on no more"))))
    return [discord.SelectOption(label=label, description=about, value=do) for do, label, about in offered]
