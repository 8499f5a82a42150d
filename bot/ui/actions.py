"""What the buttons beneath a turn do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

import discord

from bot.errors import N_, TaleloomError
from bot.ids import TurnId, UserId
from bot.turns import Story, Turn
from bot.ui.access import find
from bot.ui.forms import EditForm
from bot.ui.requests import next_request
from bot.ui.transcripts import send_transcript
from bot.writing.errors import NotYoursError

if TYPE_CHECKING:
    from bot.store import Database
    from bot.ui.games.panels import Panels
    from bot.ui.games.stage import Stage
    from bot.ui.pages import Pages
    from bot.ui.presenter import Presenter
    from bot.ui.texts import Texts
    from bot.writing.games import Games
    from bot.writing.moves import Moves

MOVING = frozenset({"previous", "next", "undo", "redo"})
"""What lets a story go on from another turn."""
QUIET = frozenset({"show", "transcript", "delete"})
"""What publishes nothing, and so is left to those who are blocked."""

Action = Callable[[discord.Interaction, Story, Turn], Awaitable[None]]


class Actions:
    """Does what a button says, to the turn that it names.

    Args:
        store: Where stories live.
        moves: Moves within stories.
        pages: Shows turns where they were pressed.
        presenter: Shows texts that grow.
        texts: The languages.
        games: Knows which stories are played.
        stage: Shows what happens in them.
        panels: Shows how they stand.
    """

    def __init__(
        self,
        store: Database,
        moves: Moves,
        pages: Pages,
        presenter: Presenter,
        texts: Texts,
        games: Games,
        stage: Stage,
        panels: Panels,
    ) -> None:
        self._store = store
        self._moves = moves
        self._pages = pages
        self._presenter = presenter
        self._texts = texts
        self._games = games
        self._stage = stage
        self._panels = panels
        self._by_name: Mapping[str, Action] = {
            "continue": self._go_on,
            "retry": self._retry,
            "show": self._show,
            "previous": self._previous,
            "next": self._next,
            "undo": self._undo,
            "redo": self._redo,
            "edit": self._edit,
            "hide": self._hide,
            "unhide": self._unhide,
            "transcript": self._transcript,
            "delete": self._delete,
            "restore": self._restore,
        }

    async def act(self, interaction: discord.Interaction, name: str, turn_id: TurnId) -> None:
        """Answer a press; what cannot be done is told to whoever pressed, and nobody else."""
        try:
            story, turn = await find(
                interaction,
                turn_id,
                deleted=name == "restore",
                moderated=name in {"delete", "restore"},
                own=name == "edit",
                blocked=name in QUIET,
            )
            played = await self._stage.moved(story.id) if name in MOVING else None
            try:
                await self._by_name[name](interaction, story, turn)
            finally:
                if played is not None:
                    await self._stage.follow(played, interaction.user)
        except TaleloomError as error:
            await self._presenter.tell(interaction, error)

    async def _go_on(self, interaction: discord.Interaction, story: Story, turn: Turn) -> None:
        await self._presenter.present(interaction, next_request(interaction, story, turn, turn.id))

    async def _retry(self, interaction: discord.Interaction, story: Story, turn: Turn) -> None:
        if turn.parent_id is None:
            await self._go_on(interaction, story, turn)
            return
        if await self._games.is_played(story.id):
            await self._stage.write_again(interaction, story, turn)
        else:
            request = next_request(interaction, story, turn, turn.parent_id)
            await self._presenter.present_instead(interaction, request, turn)

    async def _show(self, interaction: discord.Interaction, _: Story, turn: Turn) -> None:
        await self._pages.whisper(interaction, turn)

    async def _previous(self, interaction: discord.Interaction, story: Story, turn: Turn) -> None:
        await self._pages.turn_to(interaction, story, await self._moves.beside(turn, -1))

    async def _next(self, interaction: discord.Interaction, story: Story, turn: Turn) -> None:
        await self._pages.turn_to(interaction, story, await self._moves.beside(turn, 1))

    async def _undo(self, interaction: discord.Interaction, story: Story, turn: Turn) -> None:
        await self._pages.turn_to(interaction, story, await self._moves.before(turn), briefly=True)

    async def _redo(self, interaction: discord.Interaction, story: Story, turn: Turn) -> None:
        await self._pages.turn_to(interaction, story, await self._moves.after(turn))

    async def _edit(self, interaction: discord.Interaction, story: Story, turn: Turn) -> None:
        before = await self._prompt_of(interaction, turn)

        async def reword(answered: discord.Interaction, text: str, prompt: str | None) -> None:
            _, found = await find(answered, turn.id, own=True)
            if before is not None:
                await find(answered, before.id, own=True)
            wording = await self._moves.read(found, text, UserId(answered.user.id), prompt=prompt)
            played = None if wording.is_kept else await self._stage.moved(story.id)
            try:
                shown = await self._moves.reword(wording)
                await self._pages.turn_to(answered, story, shown, move=not wording.is_kept)
            finally:
                if played is not None:
                    await self._stage.follow(played, answered.user)

        prompt = before.text if before is not None else None
        form = EditForm(self._texts.speak(interaction.locale), turn.text, prompt, reword)
        await interaction.response.send_modal(form)

    async def _prompt_of(self, interaction: discord.Interaction, turn: Turn) -> Turn | None:
        """Give what was asked for, where a turn is the first after it and whoever rewords one may reword both."""
        before = await self._store.stories.parent(turn)
        if before is None or before.parent_id is not None:
            return None
        try:
            await find(interaction, before.id, own=True)
        except NotYoursError:
            return None
        return before

    async def _hide(self, interaction: discord.Interaction, story: Story, turn: Turn) -> None:
        await self._pages.turn_to(interaction, story, await self._moves.hide(turn, hidden=True), move=False)

    async def _unhide(self, interaction: discord.Interaction, story: Story, turn: Turn) -> None:
        await self._pages.turn_to(interaction, story, await self._moves.hide(turn, hidden=False), move=False)

    async def hide_or_give_back(self, interaction: discord.Interaction, turn: Turn, menu: str) -> None:
        """Hide a turn from the model, or give it back; what shows it says so, and the story stays where it stands.

        Args:
            interaction: The menu's choosing; not answered yet.
            turn: The turn.
            menu: What the menu is called, in the person's language.
        """
        speak = self._texts.speak(interaction.locale)
        now = await self._moves.hide(turn, hidden=not turn.hidden)
        if now.hidden:
            done = N_("Hidden: the model goes on as if this passage were not there. “{menu}” once more gives it back.")
        else:
            done = N_("Given back: the model sees this passage again. “{menu}” once more hides it.")
        await interaction.response.send_message(speak(done, menu=menu), ephemeral=True)
        await self._pages.redraw(interaction.client, now, speak)

    async def _delete(self, interaction: discord.Interaction, story: Story, turn: Turn) -> None:
        await self._pages.clear(interaction, story, turn)
        await self._panels.remove(story.id)

    async def _restore(self, interaction: discord.Interaction, story: Story, turn: Turn) -> None:
        await self._pages.bring_back(interaction, story, turn)
        await self._stage.take_up(story.id)

    async def _transcript(self, interaction: discord.Interaction, story: Story, _: Turn) -> None:
        await send_transcript(interaction, story)
