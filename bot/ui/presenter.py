"""Shows a request from its place in line to its finished turn, and sees to it that no text is lost on the way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial

import discord
import structlog

from bot.errors import N_, TaleloomError
from bot.ids import TurnId, UserId
from bot.store import Database
from bot.store.errors import StoreError
from bot.turns import Turn
from bot.ui import buttons, render
from bot.ui.asked import Asked, AskedByGame, AskedByInteraction, AskedByMessage, in_time
from bot.ui.pages import Pages, pressed
from bot.ui.streaming import UNSENT, GrowingMessage
from bot.ui.texts import Texts, Translate
from bot.writing.errors import StoryGoneError
from bot.writing.prepared import Prepared
from bot.writing.requests import Begun, Outcome, Waiting, WriteRequest, Writing
from bot.writing.service import Writer
from config.settings import StreamSettings

Show = Callable[[Outcome, Translate], Awaitable[tuple[list[str], discord.ui.View | None]]]
"""Gives the messages that show what was written, and the buttons beneath the last."""

log = structlog.get_logger(__name__)


class Presenter:
    """Runs requests of the writing service and shows them in Discord.

    Args:
        writer: What writes.
        store: Where turns and the messages that show them are kept.
        pages: What shows turns that are there already.
        texts: The languages.
        settings: How often a message is edited.
    """

    def __init__(self, writer: Writer, store: Database, pages: Pages, texts: Texts, settings: StreamSettings) -> None:
        self._writer = writer
        self._store = store
        self._pages = pages
        self._texts = texts
        self._settings = settings
        self.busy = 0
        """Texts that are being written or shown."""

    @property
    def ending(self) -> bool:
        """Whether the bot is being stopped; what a game asks for then is written after its next start."""
        return self._writer.draining

    async def present(self, interaction: discord.Interaction, request: WriteRequest, show: Show | None = None) -> None:
        """Answer an interaction with a text that grows in a message of its own.

        Args:
            interaction: Not answered yet.
            request: What is asked for.
            show: How it is shown when it is there; None is as a turn of a story.
        """
        await self._present(AskedByInteraction(interaction), request, show=show)

    async def present_instead(
        self, interaction: discord.Interaction, request: WriteRequest, turn: Turn
    ) -> Outcome | None:
        """Let a text grow in place of the turn that the pressed messages show, which comes back if it fails.

        Returns:
            What was written; None if nothing was.
        """
        messages = await self._store.stories.messages_beside(pressed(interaction))
        if request.private and len(messages) > 1:
            # No other part of a private text can be reached from the one that was pressed.
            return await self._present(AskedByInteraction(interaction), request)
        return await self._present(AskedByInteraction(interaction, messages), request, turn, len(messages))

    async def present_reply(self, message: discord.Message, request: WriteRequest) -> None:
        """Answer a message with a text that grows in a reply."""
        await self._present(AskedByMessage(message), request)

    async def present_in(
        self, channel: discord.abc.Messageable, user: discord.User | discord.Member, request: WriteRequest, show: Show
    ) -> Outcome | None:
        """Let a text grow in a message of a channel; None if nothing came of it, which has been said there then."""
        return await self._present(AskedByGame(channel, request.channel_id, user), request, show=show)

    async def _present(
        self,
        asked: Asked,
        request: WriteRequest,
        before: Turn | None = None,
        count: int = 0,
        show: Show | None = None,
    ) -> Outcome | None:
        speak = self._texts.speak(request.locale)
        # A story may go on where it was begun, or in direct messages.
        request = replace(request, shown_in=asked.channel_id or request.channel_id)
        self.busy += 1
        try:
            prepared = await self._prepare(asked, request)
            if prepared is None:
                return None
            try:
                await asked.acknowledge(private=request.private)
                shown = _Presentation(self, asked, prepared, speak, before, count, show or self._show_turn)
                outcome = await shown.run()
            finally:
                self._writer.release(prepared)
            if request.game is None:
                await self._offer_undelivered(asked, speak, but=outcome.turn.id if outcome else None)
            return outcome
        finally:
            self.busy -= 1

    async def _show_turn(self, outcome: Outcome, speak: Translate) -> tuple[list[str], discord.ui.View | None]:
        contents, view = await self._pages.page(outcome.turn, speak)
        if outcome.others:
            line = speak(N_("◀ and ▶ leaf through the variants; Continue goes on from the one that is shown."))
            contents = render.with_footer(contents, line)
        return contents, view

    async def _prepare(self, asked: Asked, request: WriteRequest) -> Prepared | None:
        """Get the request a place, or tell the person alone why it has none; None then.

        A refusal comes before the interaction is deferred, so that nobody else sees it, unless the store, or the
        reading of the prompt, takes so long that Discord would give up.
        """
        try:
            acknowledge = partial(asked.acknowledge, private=request.private)
            return await in_time(partial(self._writer.prepare, request), acknowledge)
        except TaleloomError as error:
            log.info("request refused", request=request.request_id, error=type(error).__name__)
            await self._tell(asked, self._texts.speak(request.locale).error(error))
            return None

    async def tell(self, interaction: discord.Interaction, error: TaleloomError) -> None:
        """Tell whoever pressed or typed what went wrong, and nobody else."""
        await AskedByInteraction(interaction).tell(self._texts.speak(interaction.locale).error(error))

    @staticmethod
    async def _tell(asked: Asked, text: str) -> None:
        try:
            await asked.tell(text)
        except UNSENT as error:
            log.warning("refusal not shown", reason=str(error))

    async def _offer_undelivered(self, asked: Asked, speak: Translate, *, but: TurnId | None) -> None:
        """Offer what could not be posted before, now that the person is here; of `but` they were told just now."""
        found = [turn_id for turn_id in await self._store.jobs.undelivered(UserId(asked.user.id)) if turn_id != but]
        there = [turn_id for turn_id in found if await _is_there(self._store, turn_id)]
        for turn_id in there[:3]:
            try:
                await asked.tell(
                    speak("A story of yours could not be posted. It is kept: press the button to read it."),
                    buttons.to_show(turn_id, speak),
                )
            except UNSENT as error:
                log.warning("undelivered story not offered", turn=turn_id, reason=str(error))
                return


class _Presentation:
    """One request on its way."""

    def __init__(
        self,
        presenter: Presenter,
        asked: Asked,
        prepared: Prepared,
        speak: Translate,
        before: Turn | None,
        count: int,
        show: Show,
    ) -> None:
        request, settings = prepared.request, presenter._settings  # noqa: SLF001 - its own other half
        self._writer = presenter._writer  # noqa: SLF001
        self._store = presenter._store  # noqa: SLF001
        self._pages = presenter._pages  # noqa: SLF001
        self._asked = asked
        self._prepared = prepared
        self._request = request
        self._speak = speak
        self._before = before
        self._show = show
        self._outlet = asked.outlet(interaction_seconds=settings.interaction_minutes * 60, private=request.private)
        self._message = GrowingMessage(self._outlet, edit_seconds=settings.edit_seconds, before=count)
        self._waiting = buttons.while_writing(request.request_id, speak, waiting=True)
        self._writing = buttons.while_writing(request.request_id, speak)
        self._opening = ""
        self._text = ""
        self._accepted = ""
        self._parent: TurnId | None = None
        self._attached = False

    async def run(self) -> Outcome | None:
        outcome: Outcome | None = None
        try:
            async with aclosing(self._writer.run(self._prepared)) as events:
                async for event in events:
                    if isinstance(event, Outcome):
                        outcome = event
                    else:
                        await self._follow(event)
        except TaleloomError as error:
            await self._fail(error)
            return None
        if outcome is None:
            await self._end_with(self._speak("You left the queue. Nothing was written."), [], None)
            return None
        await self._deliver(outcome)
        return outcome

    async def _follow(self, event: Waiting | Begun | Writing) -> None:
        match event:
            case Waiting(place):
                text = self._speak.plural("You are next.", "You are number {count} in line.", place)
                if self._message.due():
                    before = (await self._pages.page(self._before, self._speak))[0] if self._before else []
                    await self._message.frame(render.with_footer(before, text), self._waiting)
            case Begun(prompt, asked, parent):
                # A game has posted its opening by itself.
                self._opening = render.opening(prompt, asked=asked) if self._request.game is None else ""
                self._parent = parent
            case Writing(accepted, pending):
                self._text, self._accepted = accepted + pending, accepted
                if self._text.strip() and self._message.due():
                    shown = render.parts(self._opening, self._text)
                    await self._message.frame(render.with_footer(shown, self._speak("writing…")), self._writing)
                    await self._attach()
        if self._message.gone:
            # Whoever deleted it does not want it; what is written by now is kept.
            await self._writer.stop(self._request.request_id)

    async def _attach(self) -> None:
        """Note once which message shows the text, for the sweep after a crash."""
        if not self._attached and self._outlet.messages:
            self._attached = True
            await self._store.jobs.attach_message(self._request.request_id, self._outlet.messages[0])

    async def _deliver(self, outcome: Outcome) -> None:
        shown = await self._finish(*await self._show(outcome, self._speak), outcome.turn)
        if not shown and not await self._is_gone():
            await self._rescue(outcome)

    async def _finish(self, contents: Sequence[str], view: discord.ui.View | None, turn: Turn | None = None) -> bool:
        """Show the last state, and note what shows the turn, if there is one; of a story that was deleted, no word.

        Returns:
            Whether it could be shown.
        """
        if not await self._is_gone():
            if not await self._message.finish(contents, view):
                return False
            if turn is not None:
                channel = self._request.shown_in or self._request.channel_id
                await self._store.stories.record_messages(turn.id, channel, self._outlet.messages)
            # Whoever deletes it from now on finds these messages.
            if not await self._is_gone():
                return True
        gone = render.with_footer([], self._speak.error(StoryGoneError()))
        return await self._message.finish(gone, None)

    async def _is_gone(self) -> bool:
        """Say whether the story was deleted since somebody asked for more of it."""
        known = self._parent or (self._before.id if self._before is not None else None)
        try:
            return known is not None and not await _is_there(self._store, known)
        except StoreError:
            # What went wrong is told all the same.
            return False

    async def _rescue(self, outcome: Outcome) -> None:
        """Tell the person where the text is that could not be shown."""
        text = self._speak("The story could not be posted here. It is kept: press the button to read it.")
        view = buttons.to_show(outcome.turn.id, self._speak)
        await self._store.jobs.mark_undelivered(outcome.turn.id, self._request.user_id)
        for send in (self._asked.tell, self._asked.user.send):
            try:
                await send(text, view=view)
            except UNSENT as error:
                log.warning("rescue failed", way=send.__name__, reason=str(error), turn=outcome.turn.id)
            else:
                return

    async def _fail(self, error: TaleloomError) -> None:
        """Say what went wrong beneath what there is, or where that cannot be shown, to the person alone."""
        text = self._speak.error(error)
        log.info("request ended", request=self._request.request_id, error=type(error).__name__)
        if self._writer.draining and self._request.game is not None and self._before is None:
            # The next start takes away what stands there, and has it written again.
            return
        try:
            if self._parent is not None or self._before is not None:
                # What was not accepted is what the text failed by.
                shown = render.parts(self._opening, self._accepted) if self._opening or self._accepted else []
                again = self._parent if self._request.game is None else None
                view = buttons.when_failed(again, self._speak) if again else None
                if await self._end_with(text, shown, view):
                    return
            await self._asked.tell(text)
        except UNSENT as failure:
            log.warning("error not shown", reason=str(failure), error=type(error).__name__)

    async def _end_with(self, text: str, shown: Sequence[str], view: discord.ui.View | None) -> bool:
        """End without a turn: a line beneath what there is, or beneath the turn that had made way."""
        if self._before is not None:
            shown, view = await self._pages.page(self._before, self._speak)
        return await self._finish(render.with_footer(shown, text), view)


async def _is_there(store: Database, turn_id: TurnId) -> bool:
    """Say whether a turn is there, and its story was not deleted."""
    turn = await store.stories.turn(turn_id)
    story = await store.stories.story(turn.story_id) if turn is not None else None
    return story is not None and story.deleted_at is None
