"""A server's own scenarios: kept from a story that is played, and given to one that begins."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from bot.errors import N_
from bot.lore import DEPTH, EntryDraft
from bot.scenarios import Scenario
from bot.stories.games.errors import GameError

if TYPE_CHECKING:
    from bot.ids import GuildId, StoryId, UserId
    from bot.store import Database
    from bot.store.games import StoredGame
    from bot.store.lore import LoreRepository
    from bot.writing.door import Door

MOST_SCENARIOS = 50
"""A server may keep."""
NAME_LETTERS = 40


class UnknownScenarioError(GameError):
    """There is no scenario of that name."""

    template = N_("There is no scenario “{name}” here. /story scenarios lists those that there are.")


class ScenariosFullError(GameError):
    """A server has as many scenarios as one may have."""

    template = N_(
        "This server keeps {limit} scenarios, and more are not kept. Take one away with /story forget-scenario first."
    )


class NothingToBeginWithError(GameError):
    """Neither an opening nor a scenario was given."""

    template = N_("A story needs a beginning: type an opening, or choose a scenario.")


class OwnScenarios:
    """Keeps servers' own scenarios. Whether somebody may change them is asked before.

    Args:
        store: Where they are, and the stories that they come from.
        door: What reads their names; all other words of a story it has read already.
    """

    def __init__(self, store: Database, door: Door) -> None:
        self._store = store
        self._door = door

    async def of(self, guild: GuildId) -> tuple[Scenario, ...]:
        """Give a server's scenarios, by name."""
        return await self._store.scenarios.of(guild)

    async def named(self, guild: GuildId, name: str) -> Scenario:
        """Give a server's scenario by its name, however that is written.

        Raises:
            UnknownScenarioError: there is none.
        """
        wanted = _plain(name).casefold()
        found = next((each for each in await self.of(guild) if each.name.casefold() == wanted), None)
        if found is None:
            raise UnknownScenarioError(name=_plain(name)[:NAME_LETTERS])
        return found

    async def save(self, guild: GuildId, name: str, played: StoredGame, by: UserId) -> Scenario:
        """Keep how a story began, and its memory and world, in the place of a scenario of the same name.

        Args:
            guild: Whose it becomes.
            name: What it is chosen by.
            played: The story's game.
            by: Who keeps it.

        Raises:
            ScenariosFullError: the server has as many as it may.
            WordingRefusedError, EmptyWordingError: the safety layer refuses the name.
        """
        name = _plain(await (await self._door.of(played.story, by)).words(name))[:NAME_LETTERS]
        name = next((each.name for each in await self.of(guild) if each.name.casefold() == name.casefold()), name)
        path = await self._store.stories.path(played.story.head_id)
        lore = await self._store.lore.of(played.story.id)
        scenario = Scenario(
            name=name,
            kind=played.game.kind,
            title=played.title,
            opening=path[0].text,
            memory=lore.memory,
            world=tuple(_draft(entry) for entry in lore.entries),
        )
        if not await self._store.scenarios.put(guild, scenario, by, limit=MOST_SCENARIOS):
            raise ScenariosFullError(limit=MOST_SCENARIOS)
        return scenario

    async def forget(self, guild: GuildId, name: str) -> Scenario:
        """Take a scenario away.

        Raises:
            UnknownScenarioError: there is none.
        """
        found = await self.named(guild, name)
        if not await self._store.scenarios.remove(guild, found.name):
            raise UnknownScenarioError(name=found.name)
        return found


async def furnish(store: LoreRepository, story: StoryId, scenario: Scenario, by: UserId) -> None:
    """Give a new story a scenario's memory and world."""
    await store.fill(story, by, memory=scenario.memory, note="", depth=DEPTH, entries=scenario.world)


def _draft(entry: EntryDraft) -> EntryDraft:
    return EntryDraft(**{field.name: getattr(entry, field.name) for field in fields(EntryDraft)})


def _plain(name: str) -> str:
    return " ".join(name.split())
