"""What the buttons and forms of a game do."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import N_, TaleloomError
from bot.games import VOTED
from bot.ids import StoryId, UserId
from bot.stories.games import ballot, play, relay
from bot.stories.games.errors import GameError
from bot.stories.games.inputs import Form
from bot.ui.forms import given_back
from bot.ui.games import buttons, describe
from bot.ui.games.forms import OpenForm, TurnForm, typed_in
from bot.ui.services import channel_here, services_of
from bot.writing.games import OutOfDateError, require_current
from bot.writing.gate import refuse_blocked

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.games import Game
    from bot.store.games import StoredGame
    from bot.stories.games.happenings import Step
    from bot.ui.games.stage import Stage
    from bot.ui.presenter import Presenter
    from bot.ui.texts import Texts
    from bot.writing.games import Games

FORMS = {"write": Form.STORY, "tell": Form.STORY, "enter": Form.STORY, "do": Form.DO, "say": Form.SAY}
FOR_HOST = frozenset({"skip", "close", "pause", "resume", "end"})


class NotHostError(GameError):
    """Only the host of a game, and moderators, may do something."""

    template = N_("Only the host of this story and moderators can do that.")


class Acts:
    """Does what players and hosts press.

    Args:
        games: Takes the steps.
        stage: Shows them.
        presenter: Tells what went wrong.
        texts: The languages.
        now: The time.
    """

    def __init__(
        self, games: Games, stage: Stage, presenter: Presenter, texts: Texts, now: Callable[[], datetime]
    ) -> None:
        self._games = games
        self._stage = stage
        self._presenter = presenter
        self._texts = texts
        self._now = now
        self._run = secrets.token_hex(4)

    async def act(self, interaction: discord.Interaction, do: str, story: StoryId, number: int | None = None) -> None:
        """Answer a press; what cannot be done is told to whoever pressed, and nobody else.

        Args:
            interaction: Not answered yet.
            do: What the button says.
            story: The game's story.
            number: The step that the button was drawn for; None for a command.
        """
        try:
            if do in FORMS:
                await self._open_form(interaction, story, number, FORMS[do])
                return
            if do in FOR_HOST:
                require_host(interaction, await self._games.get(story))
            await interaction.response.defer()
            user = UserId(interaction.user.id)
            seen = None if do in {"join", "leave"} else number
            played = await self._games.do(story, self._change(do, user), seen, by=None if do == "leave" else user)
            await self._stage.follow(played, interaction.user)
        except TaleloomError as error:
            await self._presenter.tell(interaction, error)

    async def command(self, interaction: discord.Interaction, do: str, story: StoryId) -> None:
        """Do what a command of the host's says, for whom has been asked before.

        Raises:
            GameError: it cannot be done.
        """
        played = await self._games.do(story, self._change(do, UserId(interaction.user.id)))
        speak = self._texts.speak(interaction.locale)
        await interaction.response.send_message(describe.standing(played.game.game, speak), ephemeral=True)
        await self._stage.follow(played, interaction.user)

    def _change(self, do: str, user: UserId) -> Callable[[Game], Step]:
        changes: dict[str, Callable[[Game], Step]] = {
            "join": lambda game: play.join(game, user),
            "leave": lambda game: play.leave(game, user, self._now()),
            "model": lambda game: relay.summon(game, user),
            "pass": lambda game: relay.pass_on(game, user, self._now()),
            "skip": lambda game: relay.pass_on(game, None, self._now()),
            "close": ballot.close,
            "pause": play.pause,
            "resume": lambda game: play.resume(game, self._now()),
            "end": play.end,
        }
        return changes[do]

    async def vote(self, interaction: discord.Interaction, story: StoryId, number: int, choice: int) -> None:
        """Count a vote, and show the count where it was pressed."""
        user = UserId(interaction.user.id)
        try:
            played = await self._games.do(story, lambda game: ballot.voted(game, user, choice), number, by=user)
            if played.happenings:
                await interaction.response.defer()
                await self._stage.follow(played, interaction.user)
                return
            speak = self._texts.speak(played.game.locale)
            await interaction.response.edit_message(
                content=describe.panel(played.game, speak), view=buttons.beneath_panel(played.game, speak)
            )
        except TaleloomError as error:
            await self._presenter.tell(interaction, error)

    async def do_suggested(self, interaction: discord.Interaction, story: StoryId, number: int, index: int) -> None:
        """Take a suggested action as if it had been typed."""
        try:
            game = (await self._games.get(story)).game
            require_current(game, number)
            if index >= len(game.state.suggestions):
                raise OutOfDateError
            await interaction.response.defer()
            action = game.state.suggestions[index]
            played = await self._games.write(story, UserId(interaction.user.id), action, form=Form.DO, number=number)
            await self._stage.follow(played, interaction.user)
        except TaleloomError as error:
            await self._presenter.tell(interaction, error)

    async def _open_form(
        self, interaction: discord.Interaction, story: StoryId, number: int | None, form: Form, words: str = ""
    ) -> None:
        stored = await self._games.get(story)
        require_current(stored.game, number)
        may = ballot.may_enter if stored.game.kind in VOTED else relay.may_write
        may(stored.game, UserId(interaction.user.id))

        async def write(answered: discord.Interaction, typed: str) -> None:
            await answered.response.defer()
            await self.write(answered, story, typed, form, number)

        speak = self._texts.speak(interaction.locale)
        opened = OpenForm(self._run, story, number, form)
        await interaction.response.send_modal(TurnForm(stored, speak, opened, write, words))

    async def take_over(self, interaction: discord.Interaction) -> None:
        """Take the words of a form that was opened before the bot was started anew; any other is left alone."""
        data: Any = interaction.data or {}
        opened = OpenForm.read(str(data.get("custom_id", "")))
        if opened is None or opened.run == self._run:
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        if await self.write(interaction, opened.story, typed_in(interaction), opened.form, opened.number):
            await interaction.delete_original_response()

    async def write(
        self, interaction: discord.Interaction, story: StoryId, typed: str, form: Form, number: int | None = None
    ) -> bool:
        """Let somebody write a turn; words that are refused are given back.

        Args:
            interaction: Deferred.
            story: The game's story.
            typed: The words.
            form: How they are meant.
            number: The step that the person saw.

        Returns:
            Whether they were taken.
        """
        try:
            played = await self._games.write(story, UserId(interaction.user.id), typed, form=form, number=number)
        except TaleloomError as error:
            await self._give_back(interaction, story, typed, form, error)
            return False
        await self._stage.follow(played, interaction.user)
        return True

    async def _give_back(
        self, interaction: discord.Interaction, story: StoryId, typed: str, form: Form, error: TaleloomError
    ) -> None:
        speak = self._texts.speak(interaction.locale)
        view = discord.ui.View(timeout=None)
        view.add_item(buttons.AgainButton(story, form, speak(N_("Write it again"))))
        await interaction.followup.send(speak.error(error), embed=given_back(typed, speak), view=view, ephemeral=True)

    async def write_again(self, interaction: discord.Interaction, story: StoryId, form: Form) -> None:
        """Open the form with the words that were given back."""
        embeds = interaction.message.embeds if interaction.message else []
        try:
            await self._open_form(interaction, story, None, form, (embeds[0].description or "") if embeds else "")
        except TaleloomError as error:
            await self._presenter.tell(interaction, error)


async def hosted_here(interaction: discord.Interaction) -> StoredGame:
    """Find the game that is played in a channel, for its host and for moderators.

    Raises:
        NoGameError: nothing is played there.
        NotHostError: somebody else asks.
        BlockedError, ServerBlockedError: the host may not use the bot here.
    """
    services = services_of(interaction)
    stored = await services.games.here(channel_here(interaction))
    require_host(interaction, stored)
    await refuse_blocked(services.store.blocks, stored.story.guild_id, UserId(interaction.user.id))
    return stored


def require_host(interaction: discord.Interaction, stored: StoredGame) -> None:
    """Let only a game's host, and moderators where it is played, on.

    Raises:
        NotHostError: somebody else.
    """
    moderates = interaction.permissions.manage_messages and interaction.guild_id == stored.story.guild_id
    if interaction.user.id != stored.story.author_id and not moderates:
        raise NotHostError
