"""The bot is killed at any moment of a game: after the restart nothing is lost, nothing stands twice, and it goes on.

A killed process does nothing more, wherever it was. Here it hangs for good at a call to Discord or at a transaction,
before or after it was done, and another bot is started on the same database and the same Discord.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import discord
import pytest
from discord.webhook.async_ import AsyncWebhookAdapter
from simcord.backend.errors import SetupError

from bot.app import create_bot
from bot.games import Phase
from bot.ids import GuildId, UserId
from bot.store import Scope
from bot.store.transactions import Transactions
from bot.turns import Turn
from tests.fake_engine import FakeEngine
from tests.ui.games.table import Table, start
from tests.world import World, open_world, quick_settings

KILLS = 50
OPENING, ENTRY, ANSWER = "The door stood open.", "A fox came in.", "It sat down."


class Guillotine:
    """Lets a bot go on for a number of steps, and then not at all."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self._world = world
        self.steps = 0
        self.falls_at = 0
        self.fallen = self._buried = False
        self._hanging: set[asyncio.Task[Any]] = set()
        write, call, answer = Transactions.write, discord.http.HTTPClient.request, AsyncWebhookAdapter.request

        @asynccontextmanager
        async def watched(transactions: Transactions) -> AsyncIterator[Any]:
            await self._step()
            async with write(transactions) as connection:
                yield connection
            await self._step()

        async def called(http: Any, *args: Any, **kwargs: Any) -> Any:
            await self._step()
            result = await call(http, *args, **kwargs)
            await self._step()
            return result

        async def answered(adapter: Any, *args: Any, **kwargs: Any) -> Any:
            await self._step()
            result = await answer(adapter, *args, **kwargs)
            await self._step()
            return result

        monkeypatch.setattr(Transactions, "write", watched)
        monkeypatch.setattr(discord.http.HTTPClient, "request", called)
        monkeypatch.setattr(AsyncWebhookAdapter, "request", answered)

    async def _step(self) -> None:
        self.steps += 1
        self.fallen = self.fallen or self.steps == self.falls_at
        if self._buried:
            raise asyncio.CancelledError
        if self.fallen and (task := asyncio.current_task()):
            self._hanging.add(task)
            await self._world.env.external_wait(asyncio.Event().wait(), reason="the bot was killed")

    async def bury(self) -> None:
        """End what hangs, without letting it clear up, and start another bot."""
        self._buried = True
        for task in self._hanging:
            task.cancel()
        await asyncio.gather(*self._hanging, return_exceptions=True)
        self.fallen = self._buried = False
        self.falls_at = 0
        world = self._world
        dead = world.bot
        world.engine = FakeEngine(wait=world._wait)
        world.bot = create_bot(world.settings, wait=world._wait, engine_factory=world._engine, now=world.env.now)
        await world.env.restart_bot(world.bot)
        await world.written()
        # Not the process's doing: an operating system closes what a dead one held open.
        await dead.services.store.close()


@asynccontextmanager
async def until_dead(world: World, guillotine: Guillotine) -> AsyncIterator[None]:
    """Wait for the bot no longer than it lives; what a dead one was to show is not there."""

    async def written() -> None:
        while world.bot.services.presenter.busy and not guillotine.fallen:
            await asyncio.sleep(0.002)
        await world.env.settle()

    monkeypatched = world.written
    world.written = written  # type: ignore[method-assign]
    try:
        yield
    except (IndexError, RuntimeError, SetupError):
        assert guillotine.fallen
    finally:
        world.written = monkeypatched  # type: ignore[method-assign]


async def play(world: World, kind: str, guillotine: Guillotine) -> None:
    """Play until the bot is dead, or for some turns."""
    async with until_dead(world, guillotine):
        await world.writer.slash(world.channel, "story start", game=kind, opening=OPENING, quorum=1)
        await world.written()
        table = Table(world, world.channel.threads[-1])
        acts: dict[str, Sequence[Callable[[], Awaitable[Any]]]] = {
            "relay": (
                lambda: table.click("Join", world.guest),
                lambda: table.write(ENTRY),
                lambda: table.write(ANSWER, world.guest),
            ),
            "vote": (
                lambda: table.write(ENTRY, world.guest, button="One of my own"),
                lambda: table.click("D · 0", world.guest),
                lambda: table.click("B · 0"),
            ),
        }
        for act in acts[kind]:
            if guillotine.fallen:
                return
            await act()


async def check(world: World) -> None:
    """See that the channel shows what the store holds, once, and that the game goes on."""
    running = await world.bot.services.games.running()
    if not running:
        return
    stored = await world.bot.services.games.get(running[0])
    table = Table(world, world.channel.threads[-1])
    history = table.channel.history()
    assert sum("Players:" in message.content for message in history) == 1
    assert not [message for message in history if "Stop" in str(message.components)]
    shown = Counter(table.passages)
    branch = await world.bot.services.store.stories.path(stored.story.head_id)
    for turn in branch:
        text = f"**{turn.text}**" if turn.parent_id is None else turn.text.strip()
        assert shown[text] == 1, (text, table.passages)
    assert stored.game.state.phase in {Phase.PEOPLE, Phase.VOTE}
    if stored.game.state.phase is Phase.PEOPLE:
        player = stored.game.seated(stored.game.state.turn or 0)
        assert player
        who = next(person for person in (world.writer, world.guest) if person.id == player.user_id)
        await table.write("And so it went on.", who)
        assert "And so it went on." in table.passages
        assert "it is your turn" in table.waits_for
    else:
        for choice in stored.game.state.choices:
            offered = await world.bot.services.store.stories.turn(choice.turn)
            assert offered
            assert sum(offered.text.strip() in text for text in table.passages) == 1
        await table.click("A · 0", world.admin)
        assert "How does it go on?" in table.waits_for
        assert table.buttons()[0] == "A · 0"


@asynccontextmanager
async def killed(
    kind: str, falls_at: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[World, Guillotine]]:
    with monkeypatch.context() as patched:
        url = f"sqlite+aiosqlite:///{folder}/{kind}{falls_at}.db"
        async with open_world(quick_settings(database_url=url)) as world:
            guillotine = Guillotine(world, patched)
            guillotine.falls_at = falls_at
            await play(world, kind, guillotine)
            yield world, guillotine


@pytest.mark.parametrize("kind", ["relay", "vote"])
async def test_whenever_the_bot_is_killed_nothing_is_lost_and_nothing_stands_twice(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with killed(kind, 0, tmp_path, monkeypatch) as (world, guillotine):
        steps = guillotine.steps
        await check(world)
    assert steps > KILLS
    for falls_at in random.Random(4).sample(range(1, steps), KILLS // 2):
        async with killed(kind, falls_at, tmp_path, monkeypatch) as (world, guillotine):
            assert guillotine.fallen
            await guillotine.bury()
            await check(world)


async def ended(world: World, guillotine: Guillotine, falls_at: int) -> tuple[Table, Any]:
    """Let a duel be decided and end, in a server with an archive; the bot may die in between."""
    archive = world.guild.create_text_channel("archive")
    settings = world.bot.services.store.settings
    await settings.set(Scope.SERVER, world.guild.id, "archive", archive.id, by=UserId(world.admin.id))
    table = await start(world, "duel", OPENING, quorum=1, first="precise", second="vivid")
    guillotine.steps, guillotine.falls_at = 0, falls_at
    async with until_dead(world, guillotine):
        await table.click("B · 0", world.guest)
        if not guillotine.fallen:
            await table.command("end")
    return table, archive


async def test_whenever_it_is_killed_at_the_end_title_page_archive_and_count_are_there_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kills, steps = [0], 0
    while kills:
        falls_at = kills.pop()
        with monkeypatch.context() as patched:
            url = f"sqlite+aiosqlite:///{tmp_path}/{falls_at}.db"
            async with open_world(quick_settings(database_url=url)) as world:
                guillotine = Guillotine(world, patched)
                table, archive = await ended(world, guillotine, falls_at)
                if not falls_at:
                    steps = guillotine.steps
                    kills = random.Random(4).sample(range(1, steps), 15)
                elif guillotine.fallen:
                    await guillotine.bury()
                texts = [turn.text for turn in await path_of(world, table)]
                assert len(texts) <= 2, f"half a duel is part of the story; killed at step {falls_at}"
                await end_again(world, table)
                assert await count_of_ends(world, table, archive) == (1, 1, 2), f"killed at step {falls_at} of {steps}"


async def path_of(world: World, table: Table) -> Sequence[Turn]:
    """What the story is."""
    stored = await world.bot.services.games.last(table.channel.id)
    return await world.bot.services.store.stories.path(stored.story.head_id)


async def end_again(world: World, table: Table) -> None:
    """Do what the bot did not live to see."""
    if await world.bot.services.games.running():
        if not await world.bot.services.store.comparisons.wins(GuildId(world.guild.id)):
            await table.click("B · 0", world.guest)
        await table.command("end")


async def count_of_ends(world: World, table: Table, archive: Any) -> tuple[int, int, int]:
    """Count the title pages, the stories in the archive, and the presets that the duel was counted for."""
    pages = [message for message in table.channel.history() if message.content.startswith("📖")]
    wins = await world.bot.services.store.comparisons.wins(GuildId(world.guild.id))
    return len(pages), len(archive.history()), len(wins)
