"""The messages that answer one interaction: how they are sent and edited, and what is done when that fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import discord
import structlog
from discord.abc import Messageable

from bot.ids import MessageId
from bot.ui.streaming import UNSENT

EXPIRED = frozenset({10015, 50027, 10062})  # unknown webhook, invalid webhook token, unknown interaction

log = structlog.get_logger(__name__)


class Outlet:
    """Puts the parts of a text into messages.

    The first part is the interaction's own answer, the others follow it. An interaction takes edits for 15 minutes;
    before that is over, they go by the channel instead, where the bot may do so. So do those of messages that were
    there and are not the one that was pressed: no other belongs to the interaction.

    Args:
        interaction: A deferred interaction.
        interaction_seconds: Age at which edits go by the channel.
        messages: Those that show a text already, in its order.
        anew: Whether new messages follow where the first of these cannot be changed; they stay as they are then.
        clock: Seconds from any start.
    """

    def __init__(
        self,
        interaction: discord.Interaction,
        *,
        interaction_seconds: float,
        ephemeral: bool = False,
        messages: Sequence[MessageId] = (),
        anew: bool = False,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._interaction = interaction
        self._ephemeral = ephemeral
        self._clock = clock
        self._by_channel_at = clock() + interaction_seconds
        self._messages = list(messages)
        self._anew = anew and bool(messages) and not self._is_pressed(messages[0])
        self._answers = not messages
        self._own = {MessageId(interaction.message.id)} if interaction.message is not None else set()

    @property
    def messages(self) -> list[MessageId]:
        """The messages there are, in the order of the text."""
        return list(self._messages)

    async def put(self, index: int, content: str, view: discord.ui.View | None) -> None:
        """Send or edit a part.

        Raises:
            discord.HTTPException: Discord did not take it.
        """
        try:
            await self._put_in_time(index, content, view)
        except (discord.Forbidden, discord.NotFound):
            if not self._anew:
                raise
            self._messages.clear()
            await self._put_in_time(index, content, view)
        self._anew = False

    async def _put_in_time(self, index: int, content: str, view: discord.ui.View | None) -> None:
        channel = self._way(self._messages[index] if index < len(self._messages) else None)
        try:
            await self._put(index, content, view, channel)
        except discord.HTTPException as error:
            if error.code not in EXPIRED or channel is not None or (channel := self._channel()) is None:
                raise
            self._by_channel_at = self._clock()
            await self._put(index, content, view, channel)

    async def drop_after(self, count: int) -> None:
        """Delete the parts beyond the first `count`: a text got shorter."""
        while len(self._messages) > max(count, 1):
            message_id = self._messages.pop()
            try:
                await self._delete(message_id)
            except UNSENT as error:
                log.info("message not deleted", message=message_id, reason=str(error))

    async def _delete(self, message_id: MessageId) -> None:
        channel = self._way(message_id)
        if channel is not None and hasattr(channel, "get_partial_message"):
            await channel.get_partial_message(message_id).delete()
        elif self._is_pressed(message_id):
            await self._interaction.delete_original_response()
        else:
            await self._interaction.followup.delete_message(message_id)

    def _way(self, message_id: MessageId | None) -> Messageable | None:
        """Give the channel by which a message is reached, or a new one sent; None for the interaction."""
        own = message_id is None or message_id in self._own
        return None if own and self._clock() < self._by_channel_at else self._channel()

    def _is_pressed(self, message_id: MessageId) -> bool:
        return self._interaction.message is not None and message_id == self._interaction.message.id

    def _channel(self) -> Messageable | None:
        channel = self._interaction.channel
        return channel if isinstance(channel, Messageable) and not self._ephemeral else None

    async def _put(self, index: int, content: str, view: discord.ui.View | None, channel: Messageable | None) -> None:
        shown = view or discord.utils.MISSING
        if index < len(self._messages):
            await self._edit(self._messages[index], content, view, channel)
        elif channel is not None:
            self._messages.append(MessageId((await channel.send(content, view=shown)).id))
        elif index == 0 and self._answers:
            answer = await self._interaction.edit_original_response(content=content, view=view)
            self._add(MessageId(answer.id))
        else:
            sent = await self._interaction.followup.send(content, view=shown, ephemeral=self._ephemeral, wait=True)
            self._add(MessageId(sent.id))

    def _add(self, message_id: MessageId) -> None:
        self._messages.append(message_id)
        self._own.add(message_id)

    async def _edit(
        self, message_id: MessageId, content: str, view: discord.ui.View | None, channel: Messageable | None
    ) -> None:
        if channel is not None and hasattr(channel, "get_partial_message"):
            await channel.get_partial_message(message_id).edit(content=content, view=view)
        elif self._is_pressed(message_id):
            await self._interaction.edit_original_response(content=content, view=view)
        else:
            await self._interaction.followup.edit_message(message_id, content=content, view=view)


class ChannelOutlet:
    """Puts the parts of a text into messages of a channel that answer no interaction.

    Args:
        channel: Where.
        reply_to: The message that the first part replies to, if any.
    """

    def __init__(self, channel: Messageable, reply_to: discord.Message | None = None) -> None:
        self._channel = channel
        self._reply_to = reply_to
        self._sent: list[discord.Message] = []

    @property
    def messages(self) -> list[MessageId]:
        """The messages there are, in the order of the text."""
        return [MessageId(sent.id) for sent in self._sent]

    async def put(self, index: int, content: str, view: discord.ui.View | None) -> None:
        """Send or edit a part.

        Raises:
            discord.HTTPException: Discord did not take it.
        """
        shown = view or discord.utils.MISSING
        if index < len(self._sent):
            await self._sent[index].edit(content=content, view=view)
        elif index == 0 and self._reply_to is not None:
            self._sent.append(await reply(self._reply_to, content, view))
        else:
            self._sent.append(await self._channel.send(content, view=shown))

    async def drop_after(self, count: int) -> None:
        """Delete the parts beyond the first `count`: a text got shorter."""
        while len(self._sent) > max(count, 1):
            message = self._sent.pop()
            try:
                await message.delete()
            except UNSENT as error:
                log.info("message not deleted", message=message.id, reason=str(error))


async def reply(to: discord.Message, content: str, view: discord.ui.View | None = None) -> discord.Message:
    """Reply to a message without calling its author; where it has been deleted meanwhile, say it all the same.

    Raises:
        discord.HTTPException: Discord did not take it.
    """
    reference = to.to_reference(fail_if_not_exists=False)
    shown = view or discord.utils.MISSING
    return await to.channel.send(content, view=shown, reference=reference, mention_author=False)
