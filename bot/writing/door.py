"""The one door between people, the model and a place: what its policy is, and what that makes of a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.ids import ChannelId, GuildId, StoryId, UserId
from bot.safety.layer import Guard, SafetyLayer
from bot.safety.policy import STANDARD, Policy
from bot.safety.verdict import CATEGORY_NAMES, SOURCE_NAMES, Action, Hit, Verdict
from bot.store import Database
from bot.turns import Story
from bot.writing import errors


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text is to stand, and who asks for it.

    Attributes:
        guild_id: The server; None in direct messages.
        channel_id: The channel.
        user_id: Who typed the text, or asked the model for it.
    """

    guild_id: GuildId | None
    channel_id: ChannelId | None
    user_id: UserId | None = None


def reason(hit: Hit) -> dict[str, str]:
    """Give what a refusal says of the hit that it follows from, which is never a piece of the text."""
    return {"category": CATEGORY_NAMES[hit.category], "rule": SOURCE_NAMES[hit.rule.source]}


class Policies(Protocol):
    """Knows which policy holds where."""

    async def policy_for(self, place: Place) -> Policy:
        """Give the policy of a place.

        Raises:
            StoreError
        """
        ...


class OnePolicy:
    """The same policy everywhere.

    Args:
        policy: Which.
    """

    def __init__(self, policy: Policy = STANDARD) -> None:
        self._policy = policy

    async def policy_for(self, place: Place) -> Policy:
        """Give the policy, whatever the place."""
        del place
        return self._policy


class Passage:
    """The door in one place.

    Args:
        safety: What judges.
        policy: What it goes by.
    """

    def __init__(self, safety: SafetyLayer, policy: Policy = STANDARD) -> None:
        self._safety = safety
        self._policy = policy

    async def read(self, text: str) -> Verdict:
        """Judge a text."""
        return await self._safety.read(text, self._policy)

    async def words(self, text: str) -> str:
        """Give a person's words as they may be kept and shown.

        Raises:
            WordingRefusedError: the safety layer refuses them.
            EmptyWordingError: nothing is left of them.
        """
        verdict = await self.read(text)
        if verdict.action is Action.BLOCK and verdict.decisive:
            raise errors.WordingRefusedError(**reason(verdict.decisive))
        if not verdict.text.strip():
            raise errors.EmptyWordingError
        return verdict.text

    def guard(self, before: str = "") -> Guard:
        """Give a reader for what the model writes behind a text that was read already."""
        return self._safety.guard(self._policy, before)


class Door:
    """Gives passage, place by place.

    Args:
        safety: What judges.
        policies: What it goes by, and where.
    """

    def __init__(self, safety: SafetyLayer, policies: Policies | None = None) -> None:
        self._safety = safety
        self._policies = policies or OnePolicy()

    async def at(self, place: Place) -> Passage:
        """Give the door in a place.

        Raises:
            StoreError
        """
        return Passage(self._safety, await self._policies.policy_for(place))

    async def of(self, story: Story, by: UserId | None = None) -> Passage:
        """Give the door in a story's place; see `at`."""
        return await self.at(Place(story.guild_id, story.channel_id, by))

    async def of_number(self, store: Database, story_id: StoryId, by: UserId | None = None) -> Passage:
        """Give the door in the place of a story that is known by its number; see `at`."""
        story = await store.stories.story(story_id)
        return await self.at(Place(None, None, by)) if story is None else await self.of(story, by)
