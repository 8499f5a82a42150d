"""The one door between people, the model and a place: what its policy is, and what that makes of a text."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Protocol

from bot.ids import ChannelId, GuildId, StoryId, UserId
from bot.safety.layer import Guard, SafetyLayer
from bot.safety.patterns.finder import PATTERN_NAMES
from bot.safety.policy import STANDARD, Policy
from bot.safety.verdict import CATEGORY_NAMES, SOURCE_NAMES, Action, Hit, Source, Verdict
from bot.store import Database
from bot.turns import Story
from bot.writing import errors
from bot.writing.slowing import Brake


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


@dataclass(frozen=True, slots=True)
class Seen:
    """A text that was not simply allowed.

    Attributes:
        place: Where it was to stand, and who asked for it.
        verdict: What was made of it.
        text: The text; never kept, and shown only where a server wants it.
        by_model: Whether the model wrote it.
    """

    place: Place
    verdict: Verdict
    text: str
    by_model: bool


def reason(hit: Hit) -> dict[str, str]:
    """Give what a refusal says of the hit that it follows from, which is never a piece of the text."""
    pattern = PATTERN_NAMES.get(hit.rule.name) if hit.rule.source is Source.PATTERN else None
    return {"category": CATEGORY_NAMES[hit.category], "rule": pattern or SOURCE_NAMES[hit.rule.source]}


class Policies(Protocol):
    """Knows which policy holds where."""

    async def policy_for(self, place: Place) -> Policy:
        """Give the policy of a place.

        Raises:
            StoreError
        """
        ...


class Watch(Protocol):
    """Is told of every text that is not simply allowed."""

    async def saw(self, seen: Seen) -> None:
        """Take note; whoever waits for the verdict waits for this too."""
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


class NobodyWatches:
    """Takes no note of anything."""

    async def saw(self, seen: Seen) -> None:
        """Take no note."""


ANYWHERE = Place(None, None)


class Passage:
    """The door in one place.

    Args:
        safety: What judges.
        policy: What it goes by.
        place: Where.
        watch: Who is told of what is not simply allowed.
        brake: What keeps whoever was refused again and again waiting; None lets everybody try.
    """

    def __init__(
        self,
        safety: SafetyLayer,
        policy: Policy = STANDARD,
        place: Place = ANYWHERE,
        watch: Watch | None = None,
        brake: Brake | None = None,
    ) -> None:
        self._safety = safety
        self._policy = policy
        self._place = place
        self._watch = watch or NobodyWatches()
        self._brake = brake

    async def read(self, text: str, before: str = "") -> Verdict:
        """Judge a text that a person typed.

        Args:
            text: The text.
            before: What was read already, and stands before it as it does here.

        Raises:
            SlowedError: they were refused again and again, and have to wait.
        """
        if self._brake is not None and self._place.user_id is not None:
            await self._brake.check(self._place.guild_id, self._place.user_id)
            self._brake = None  # a long file is read piece by piece, and was begun
        return await self._noted(await self._safety.read(text, self._policy, before), text, by_model=False)

    async def words(self, text: str, before: str = "") -> str:
        """Give a person's words as they may be kept and shown.

        Args:
            text: The words.
            before: See `read`.

        Raises:
            WordingRefusedError: the safety layer refuses them.
            EmptyWordingError: nothing is left of them.
            SlowedError: see `read`.
        """
        verdict = await self.read(text, before)
        if verdict.action is Action.BLOCK and verdict.decisive:
            raise errors.WordingRefusedError(**reason(verdict.decisive))
        if not verdict.text.strip():
            raise errors.EmptyWordingError
        return verdict.text

    def guard(self, before: str = "") -> Guard:
        """Give a reader for what the model writes behind a text that was read already."""
        return _WatchedGuard(self._safety.guard(self._policy, before), self._noted_of_model)

    async def _noted_of_model(self, verdict: Verdict, text: str) -> Verdict:
        return await self._noted(verdict, text, by_model=True)

    async def _noted(self, verdict: Verdict, text: str, *, by_model: bool) -> Verdict:
        if verdict.action is not Action.ALLOW and verdict.hits:
            await self._watch.saw(Seen(self._place, verdict, text, by_model))
        return verdict


class _WatchedGuard:
    """A guard whose finds are noted."""

    def __init__(self, guard: Guard, noted: Callable[[Verdict, str], Awaitable[Verdict]]) -> None:
        self._guard = guard
        self._noted = noted
        self._held = ""

    async def feed(self, text: str) -> Verdict:
        """Take more text; see `Guard.feed`."""
        self._held += text
        return await self._note(await self._guard.feed(text))

    async def finish(self) -> Verdict:
        """Say that nothing follows; see `Guard.finish`."""
        return await self._note(await self._guard.finish())

    async def _note(self, verdict: Verdict) -> Verdict:
        held, self._held = self._held, self._held[len(verdict.text) :]
        return await self._noted(verdict, held)


class Door:
    """Gives passage, place by place.

    Args:
        safety: What judges.
        policies: What it goes by, and where.
        watch: Who is told of what is not simply allowed.
        brake: See `Passage`.
    """

    def __init__(
        self,
        safety: SafetyLayer,
        policies: Policies | None = None,
        watch: Watch | None = None,
        brake: Brake | None = None,
    ) -> None:
        self._safety = safety
        self._policies = policies or OnePolicy()
        self._watch = watch
        self._brake = brake

    async def at(self, place: Place) -> Passage:
        """Give the door in a place.

        Raises:
            StoreError
        """
        return Passage(self._safety, await self._policies.policy_for(place), place, self._watch, self._brake)

    async def of_server(self, place: Place) -> Passage:
        """Give the door for what is typed in a place and stands in all of its server's channels; see `at`."""
        policy = await self._policies.policy_for(replace(place, channel_id=None))
        return Passage(self._safety, policy, place, self._watch, self._brake)

    async def policy_at(self, place: Place) -> Policy:
        """Give the policy of a place.

        Raises:
            StoreError
        """
        return await self._policies.policy_for(place)

    async def unwatched(self, place: Place) -> Passage:
        """Give the door in a place for what nobody is told of: trials, names, what the model only suggests."""
        return Passage(self._safety, await self._policies.policy_for(place), replace(place, user_id=None))

    async def of(self, story: Story, by: UserId | None = None) -> Passage:
        """Give the door in a story's place; see `at`."""
        return await self.at(Place(story.guild_id, story.channel_id, by))

    async def of_number(self, store: Database, story_id: StoryId, by: UserId | None = None) -> Passage:
        """Give the door in the place of a story that is known by its number; see `at`."""
        story = await store.stories.story(story_id)
        return await self.at(Place(None, None, by)) if story is None else await self.of(story, by)
