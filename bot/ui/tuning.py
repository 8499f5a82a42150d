"""Two texts of the same prompt, side by side and unnamed; which was which is said after the choice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import app_commands

from bot.errors import N_, TaleloomError
from bot.ids import TurnId, UserId
from bot.store.comparisons import Arena, Comparison
from bot.turns import Turn
from bot.ui import render
from bot.ui.access import find, require_manager
from bot.ui.error_handler import answer_error
from bot.ui.requests import first_request, trial_place
from bot.ui.services import services_of, speak_to
from bot.writing.requests import Outcome
from bot.writing.trials import Way, way_of

if TYPE_CHECKING:
    from bot.ui.texts import Translate


class TuneButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"tl:tune:(?P<do>first|second|neither|keep|more):(?P<one>\d{1,18}):(?P<other>\d{1,18})",
):
    """Picks one of two texts, keeps how it was written, or tries another pair.

    Args:
        do: What it does.
        one: The first text; once one was picked, that.
        other: The other text.
        label: What stands on it.
    """

    def __init__(self, do: str, one: TurnId, other: TurnId, label: str = "") -> None:
        style = discord.ButtonStyle.primary if do in {"first", "second", "keep"} else discord.ButtonStyle.secondary
        super().__init__(discord.ui.Button(label=label or do, style=style, custom_id=f"tl:tune:{do}:{one}:{other}"))
        self._do, self._one, self._other = do, one, other

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the button that was pressed."""
        return cls(match["do"], TurnId(int(match["one"])), TurnId(int(match["other"])))

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Answer a press."""
        try:
            require_manager(interaction)
            (_, one), (_, other) = await find(interaction, self._one), await find(interaction, self._other)
            match self._do:
                case "keep":
                    await _keep(interaction, one)
                case "more":
                    await _once_more(interaction, one, other)
                case _:
                    await _unveil(interaction, one, other, self._do)
        except (TaleloomError, app_commands.MissingPermissions) as error:
            await answer_error(interaction, error)


async def tune(interaction: discord.Interaction, prompt: str, first: str | None, second: str | None) -> None:
    """Write two texts of a prompt for whoever asks, and nobody else.

    Args:
        interaction: The command.
        prompt: How both begin.
        first: A preset, or what holds in the channel; None is that.
        second: Another; None leaves it to chance.

    Raises:
        InvalidSettingError, SameWaysError: there is nothing to compare.
    """
    await _write(
        interaction, prompt, await services_of(interaction).trials.pair(trial_place(interaction), first, second)
    )


async def _write(interaction: discord.Interaction, prompt: str, ways: tuple[Way, Way]) -> None:
    request = first_request(interaction, prompt, rivals=ways, private=True)
    await services_of(interaction).presenter.present(interaction, request, _compare)


async def _compare(outcome: Outcome, speak: Translate) -> tuple[list[str], discord.ui.View | None]:
    """Show both texts, and ask which is better."""
    if not outcome.others:
        alone = speak(N_("The other text came to nothing, so there is nothing to compare. Try another prompt."))
        return render.with_footer(render.parts("", outcome.text.lstrip()), alone), None
    one, other = outcome.turn, outcome.others[0]
    contents = [
        part for name, turn in (("A", one), ("B", other)) for part in render.parts(f"**{name}**\n", turn.text.lstrip())
    ]
    ask = speak(N_("Which one is better? After your choice you see how each was written."))
    view = discord.ui.View(timeout=None)
    view.add_item(TuneButton("first", one.id, other.id, speak(N_("{name} is better"), name="A")))
    view.add_item(TuneButton("second", one.id, other.id, speak(N_("{name} is better"), name="B")))
    view.add_item(TuneButton("neither", one.id, other.id, speak(N_("No difference"))))
    return render.with_footer(contents, ask), view


async def _unveil(interaction: discord.Interaction, one: Turn, other: Turn, picked: str) -> None:
    """Say which text was which, and offer to keep the one that was picked."""
    speak, trials, place = speak_to(interaction), services_of(interaction).trials, trial_place(interaction)
    lines = []
    for name, turn in (("A", one), ("B", other)):
        now = await trials.alike(place, way_of(turn), {})
        mark = f" · {speak(N_('as this channel writes now'))}" if now else ""
        lines.append(f"**{name}**: {render.manner(turn, speak)}{mark}")
    await _count(interaction, one, other, picked)
    better, worse = (other, one) if picked == "second" else (one, other)
    view = discord.ui.View(timeout=None)
    if picked != "neither" and not await trials.alike(place, way_of(better), {}):
        view.add_item(TuneButton("keep", better.id, worse.id, speak(N_("Keep this for the channel"))))
    view.add_item(TuneButton("more", better.id, worse.id, speak(N_("Another pair"))))
    await interaction.response.edit_message(view=None)
    await interaction.followup.send("\n".join(lines), view=view, ephemeral=True)


async def _count(interaction: discord.Interaction, one: Turn, other: Turn, picked: str) -> None:
    """Let the pick count for the server's table of presets."""
    comparison = Comparison(
        turn=one.id,
        first=one.preset or "",
        second=other.preset or "",
        first_votes=int(picked == "first"),
        second_votes=int(picked == "second"),
        arena=Arena.TUNE,
    )
    await services_of(interaction).store.comparisons.add(trial_place(interaction).guild_id, comparison)


async def _keep(interaction: discord.Interaction, turn: Turn) -> None:
    speak = speak_to(interaction)
    await services_of(interaction).trials.keep(trial_place(interaction), way_of(turn), UserId(interaction.user.id))
    kept = speak(N_("This channel writes so from now on: {manner}. /settings panel changes it."), manner="{manner}")
    await interaction.response.edit_message(content=kept.replace("{manner}", render.manner(turn, speak)), view=None)


async def _once_more(interaction: discord.Interaction, better: Turn, worse: Turn) -> None:
    """Set what was picked against another preset, on the same prompt."""
    place, trials = trial_place(interaction), services_of(interaction).trials
    prompt = await services_of(interaction).store.stories.parent(better)
    ways = await trials.against(place, way_of(better), but=way_of(worse))
    await _write(interaction, prompt.text if prompt else "", trials.shuffled(ways))
