"""Shows a request from its place in line to its finished turn, and sees to it that no text is lost on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

import discord
import structlog

from bot.errors import N_, TaleloomError
from bot.ids import ChannelId, MessageId, TurnId, UserId
from bot.store import Database
from bot.turns import Turn
from bot.ui import buttons, render
from bot.ui.outlet import Outlet
from bot.ui.pages import Pages, pressed
from bot.ui.streaming import UNSENT, GrowingMessage
from bot.ui.texts import Texts, Translate
from bot.writing.requests import Begun, Outcome, Waiting, WriteRequest, Writing
from bot.writing.service import Prepared, Writer
from config.settings import StreamSettings

ANSWER_SECONDS = 0.8  # Discord waits for three, people for less

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

    async def present(self, interaction: discord.Interaction, request: WriteRequest) -> None:
        """Answer an interaction with a text that grows in a message of its own."""
        await self._present(interaction, request, _Place())

    async def present_instead(self, interaction: discord.Interaction, request: WriteRequest, turn: Turn) -> None:
        """Let a text grow in place of the turn that the pressed messages show, which comes back if it fails."""
        messages = await self._store.stories.messages_beside(pressed(interaction))
        # No other part of a private text can be reached from the one that was pressed.
        in_place = len(messages) == 1 or not request.private
        await self._present(interaction, request, _Place(tuple(messages), turn) if in_place else _Place())

    async def _present(self, interaction: discord.Interaction, request: WriteRequest, place: _Place) -> None:
        speak = self._texts.speak(request.locale)
        self.busy += 1
        try:
            prepared = await self._prepare(interaction, request, place)
            if prepared is None:
                return
            try:
                await _acknowledge(interaction, request, place)
                await _Presentation(self, interaction, prepared, speak, place).run()
            finally:
                self._writer.release(prepared)
            await self._offer_undelivered(interaction, speak)
        finally:
            self.busy -= 1

    async def _prepare(self, interaction: discord.Interaction, request: WriteRequest, place: _Place) -> Prepared | None:
        """Get the request a place, or tell the person alone why it has none; None then.

        A refusal comes before the interaction is deferred, so that nobody else sees it. Only a store that does not
        answer in time makes everybody see it.
        """
        try:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    return await self._writer.prepare(request)
            except TimeoutError:
                await _acknowledge(interaction, request, place)
                return await self._writer.prepare(request)
        except TaleloomError as error:
            log.info("request refused", request=request.request_id, error=type(error).__name__)
            await self.tell(interaction, error)
            return None

    async def tell(self, interaction: discord.Interaction, error: TaleloomError) -> None:
        """Tell whoever pressed or typed what went wrong, and nobody else."""
        text = self._texts.speak(interaction.locale).error(error)
        if interaction.response.is_done():
            await interaction.followup.send(text, ephemeral=True)
        else:
            await interaction.response.send_message(text, ephemeral=True)

    async def _offer_undelivered(self, interaction: discord.Interaction, speak: Translate) -> None:
        """Offer what could not be posted before, now that the person is here."""
        for turn_id in (await self._store.jobs.undelivered(UserId(interaction.user.id)))[:3]:
            try:
                await interaction.followup.send(
                    speak("A story of yours could not be posted. It is kept: press the button to read it."),
                    view=buttons.to_show(turn_id, speak),
                    ephemeral=True,
                )
            except UNSENT as error:
                log.warning("undelivered story not offered", turn=turn_id, reason=str(error))
                return


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a text grows: in new messages, or in those of a turn that makes way for it."""

    messages: tuple[MessageId, ...] = ()
    turn: Turn | None = None


async def _acknowledge(interaction: discord.Interaction, request: WriteRequest, place: _Place) -> None:
    """Answer within Discord's three seconds, if that has not been done."""
    if interaction.response.is_done():
        return
    if place.turn is None:
        await interaction.response.defer(thinking=True, ephemeral=request.private)
    else:
        await interaction.response.defer()


class _Presentation:
    """One request on its way."""

    def __init__(
        self,
        presenter: Presenter,
        interaction: discord.Interaction,
        prepared: Prepared,
        speak: Translate,
        place: _Place,
    ) -> None:
        request, settings = prepared.request, presenter._settings  # noqa: SLF001 - its own other half
        self._writer = presenter._writer  # noqa: SLF001
        self._store = presenter._store  # noqa: SLF001
        self._pages = presenter._pages  # noqa: SLF001
        self._interaction = interaction
        self._prepared = prepared
        self._request = request
        self._speak = speak
        self._before = place.turn
        by_interaction = 0.0 if len(place.messages) > 1 else settings.interaction_minutes * 60
        self._outlet = Outlet(
            interaction, interaction_seconds=by_interaction, ephemeral=request.private, messages=place.messages
        )
        self._message = GrowingMessage(self._outlet, edit_seconds=settings.edit_seconds, before=len(place.messages))
        self._waiting = buttons.while_writing(request.request_id, speak, waiting=True)
        self._writing = buttons.while_writing(request.request_id, speak)
        self._opening = ""
        self._text = ""
        self._accepted = ""
        self._parent: TurnId | None = None
        self._attached = False

    async def run(self) -> None:
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
            return
        if outcome is None:
            await self._end_with(self._speak("You left the queue. Nothing was written."), [], None)
            return
        await self._deliver(outcome)

    async def _follow(self, event: Waiting | Begun | Writing) -> None:
        match event:
            case Waiting(place):
                text = self._speak.plural("You are next.", "You are number {count} in line.", place)
                if self._message.due():
                    before = (await self._pages.page(self._before, self._speak))[0] if self._before else []
                    await self._message.frame(render.with_footer(before, text), self._waiting)
            case Begun(prompt, asked, parent):
                self._opening, self._parent = render.opening(prompt, asked=asked), parent
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
        contents, view = await self._pages.page(outcome.turn, self._speak)
        if self._request.variants > 1:
            line = self._speak(N_("◀ and ▶ leaf through the variants; Continue goes on from the one that is shown."))
            contents = render.with_footer(contents, line)
        if await self._message.finish(contents, view):
            channel = ChannelId(self._interaction.channel_id or 0)
            await self._store.stories.record_messages(outcome.turn.id, channel, self._outlet.messages)
            return
        await self._rescue(outcome)

    async def _rescue(self, outcome: Outcome) -> None:
        """Tell the person where the text is that could not be shown."""
        text = self._speak("The story could not be posted here. It is kept: press the button to read it.")
        view = buttons.to_show(outcome.turn.id, self._speak)
        await self._store.jobs.mark_undelivered(outcome.turn.id, self._request.user_id)
        for send in (self._whisper, self._write_to):
            try:
                await send(text, view)
            except UNSENT as error:
                log.warning("rescue failed", way=send.__name__, reason=str(error), turn=outcome.turn.id)
            else:
                return

    async def _whisper(self, text: str, view: discord.ui.View) -> None:
        await self._interaction.followup.send(text, view=view, ephemeral=True)

    async def _write_to(self, text: str, view: discord.ui.View) -> None:
        await self._interaction.user.send(text, view=view)

    async def _fail(self, error: TaleloomError) -> None:
        """Say what went wrong beneath what there is, or where that cannot be shown, to the person alone."""
        text = self._speak.error(error)
        log.info("request ended", request=self._request.request_id, error=type(error).__name__)
        try:
            if self._parent is not None or self._before is not None:
                # What was not accepted is what the text failed by.
                shown = render.parts(self._opening, self._accepted) if self._opening or self._accepted else []
                view = buttons.when_failed(self._parent, self._speak) if self._parent else None
                if await self._end_with(text, shown, view):
                    return
            await self._interaction.followup.send(text, ephemeral=True)
        except UNSENT as failure:
            log.warning("error not shown", reason=str(failure), error=type(error).__name__)

    async def _end_with(self, text: str, shown: Sequence[str], view: discord.ui.View | None) -> bool:
        """End without a turn: a line beneath what there is, or beneath the turn that had made way."""
        if self._before is not None:
            shown, view = await self._pages.page(self._before, self._speak)
        return await self._message.finish(render.with_footer(shown, text), view)
