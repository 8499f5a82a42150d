"""Names for numbers, so that a story's number is never taken for a person's."""

from __future__ import annotations

from typing import NewType

UserId = NewType("UserId", int)
GuildId = NewType("GuildId", int)
ChannelId = NewType("ChannelId", int)
MessageId = NewType("MessageId", int)

StoryId = NewType("StoryId", int)
TurnId = NewType("TurnId", int)

RequestId = NewType("RequestId", str)
