"""Shows a request from its place in line to its finished turn, and sees to it that no text is lost on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

import discord
import structlog

from bot.errors import N_, TaleloomError
from bot.ids import ChannelId, MessageId, TurnId, UserId
from bot.store import Database
from bot.stories.openings import read_prompt
from bot.turns import Story, Turn
from bot.ui import buttons, render
from bot.ui.outlet import Outlet
from bot.ui.streaming import UNSENT, GrowingMessage
from bot.ui.texts import Texts, Translate
from bot.writing.requests import Begun, Outcome, Waiting, WriteRequest, Writing
from bot.writing.service import Prepared, Writer
from config.settings import StreamSettings

ANSWER_SECONDS = 0.8  # Discord waits for three, people for less

log = structlog.get_logger(__name__)


class NotShownError(TaleloomError):
    """Discord did not let a message be edited."""

    template = N_("This message could not be changed. The bot may not see this channel any more; ask an admin.")


class Presenter:
    """Runs requests of the writing service and shows them in Discord.

    Args:
        writer: What writes.
        store: Where turns and the messages that show them are kept.
        texts: The languages.
        settings: How often a message is edited.
    """

    def __init__(self, writer: Writer, store: Database, texts: Texts, settings: StreamSettings) -> None:
        self._writer = writer
        self._store = store
        self._texts = texts
        self._settings = settings
        self.busy = 0
        """Texts that are being written or shown."""

    async def present(self, interaction: discord.Interaction, request: WriteRequest) -> None:
        """Answer an interaction with a text that grows."""
        speak = self._texts.speak(request.locale)
        self.busy += 1
        try:
            prepared = await self._prepare(interaction, request)
            if prepared is None:
                return
            try:
                if not interaction.response.is_done():
                    await interaction.response.defer(thinking=True, ephemeral=request.private)
                await _Presentation(self._writer, self._store, self._settings, interaction, prepared, speak).run()
            finally:
                self._writer.release(prepared)
            await self._offer_undelivered(interaction, speak)
        finally:
            self.busy -= 1

    async def _prepare(self, interaction: discord.Interaction, request: WriteRequest) -> Prepared | None:
        """Get the request a place, or tell the person alone why it has none; None then.

        A refusal comes before the interaction is deferred, so that nobody else sees it. Only a store that does not
        answer in time makes everybody see it.
        """
        try:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    return await self._writer.prepare(request)
            except TimeoutError:
                await interaction.response.defer(thinking=True, ephemeral=request.private)
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

    async def show(self, interaction: discord.Interaction, turn: Turn) -> None:
        """Show a turn to one person alone."""
        speak = self._texts.speak(interaction.locale)
        shown = render.parts("", turn.text.strip())
        await interaction.response.send_message(shown[0], ephemeral=True)
        for part in shown[1:]:
            await interaction.followup.send(part, ephemeral=True)
        await interaction.followup.send(
            speak("Continue goes on from here."), view=buttons.when_written(turn.id, speak), ephemeral=True
        )
        await self._store.jobs.delivered(turn.id)

    async def browse(self, interaction: discord.Interaction, story: Story, turn: Turn, step: int) -> None:
        """Show the variant beside a turn in the same message; the story goes on from it then."""
        speak, stories = self._texts.speak(interaction.locale), self._store.stories
        variants = await stories.variants(turn)
        number, count = _place(turn, variants)
        chosen = variants[min(max(number + step, 1), count) - 1]
        contents = render.finished(await self._opening_of(chosen), chosen, speak)
        view = buttons.when_written(chosen.id, speak, _place(chosen, variants))
        pressed = MessageId(interaction.message.id) if interaction.message else MessageId(0)
        shown = await stories.messages_beside(pressed)
        if story.private and not len(contents) == len(shown) == 1:
            # No other part of a private text can be reached from this one.
            await self.show(interaction, chosen)
            return
        try:
            shown = await _replace(interaction, shown, contents, view)
        except UNSENT as error:
            log.warning("variant not shown", turn=chosen.id, reason=str(error))
            await self.tell(interaction, NotShownError())
            return
        await stories.move_head(story.id, chosen.id)
        await stories.record_messages(chosen.id, ChannelId(interaction.channel_id or 0), shown)

    async def _opening_of(self, turn: Turn) -> str:
        """Give what was typed, if a turn is the first after it."""
        parent = await self._store.stories.turn(turn.parent_id) if turn.parent_id else None
        if parent is None or parent.parent_id is not None:
            return ""
        return render.opening(parent.text, asked=not read_prompt(parent.text).opening)

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


class _Presentation:
    """One request on its way."""

    def __init__(
        self,
        writer: Writer,
        store: Database,
        settings: StreamSettings,
        interaction: discord.Interaction,
        prepared: Prepared,
        speak: Translate,
    ) -> None:
        request = prepared.request
        self._writer = writer
        self._store = store
        self._interaction = interaction
        self._prepared = prepared
        self._request = request
        self._speak = speak
        self._outlet = Outlet(
            interaction, interaction_seconds=settings.interaction_minutes * 60, ephemeral=request.private
        )
        self._message = GrowingMessage(self._outlet, edit_seconds=settings.edit_seconds)
        self._waiting = buttons.while_writing(request.request_id, speak, waiting=True)
        self._writing = buttons.while_writing(request.request_id, speak)
        self._opening = ""
        self._text = ""
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
            await self._message.finish([self._speak("You left the queue. Nothing was written.")], None)
            return
        await self._deliver(outcome)

    async def _follow(self, event: Waiting | Begun | Writing) -> None:
        match event:
            case Waiting(place):
                text = self._speak.plural("You are next.", "You are number {count} in line.", place)
                await self._message.frame([f"-# {text}"], self._waiting)
            case Begun(prompt, asked, parent):
                self._opening, self._parent = render.opening(prompt, asked=asked), parent
            case Writing(accepted, pending):
                self._text = accepted + pending
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
        contents = render.finished(self._opening, outcome.turn, self._speak)
        variants = await self._store.stories.variants(outcome.turn)
        view = buttons.when_written(outcome.turn.id, self._speak, _place(outcome.turn, variants))
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
            if self._parent is not None:
                shown = render.parts(self._opening, self._text) if self._opening or self._text else []
                view = buttons.when_failed(self._parent, self._speak)
                if await self._message.finish(render.with_footer(shown, text), view):
                    return
            await self._interaction.followup.send(text, ephemeral=True)
        except UNSENT as failure:
            log.warning("error not shown", reason=str(failure), error=type(error).__name__)


def _place(turn: Turn, variants: Sequence[Turn]) -> tuple[int, int]:
    """Give which of its variants a turn is, counted from 1, and how many there are."""
    return [variant.id for variant in variants].index(turn.id) + 1, len(variants)


async def _replace(
    interaction: discord.Interaction, messages: Sequence[MessageId], contents: Sequence[str], view: discord.ui.View
) -> tuple[MessageId, ...]:
    """Let messages, the last of which was pressed, show another text; gives those that show it now.

    Raises:
        discord.HTTPException, aiohttp.ClientError, OSError: Discord did not take it.
    """
    if len(contents) == len(messages) == 1:
        await interaction.response.edit_message(content=contents[0], view=view)
        return tuple(messages)
    await interaction.response.defer()
    outlet = Outlet(interaction, interaction_seconds=0.0, messages=messages)
    for index, content in enumerate(contents):
        await outlet.put(index, content, view if index == len(contents) - 1 else None)
    await outlet.drop_after(len(contents))
    return tuple(outlet.messages)


INTERRUPTED = N_("The bot was restarted while it wrote this. Your prompt is kept: press Retry.")


async def mark_interrupted(channel: discord.abc.Messageable, message_id: int, parent: TurnId, speak: Translate) -> None:
    """Say beneath a message that a restart cut its text short.

    Raises:
        discord.HTTPException: the message cannot be reached.
    """
    message = await channel.fetch_message(message_id)
    shown = [line for line in message.content.split("\n") if not line.startswith("-# ")]
    notice = f"-# {speak(INTERRUPTED)}"
    await message.edit(
        content="\n".join([*shown, notice])[-render.MESSAGE_LIMIT :], view=buttons.when_failed(parent, speak)
    )
