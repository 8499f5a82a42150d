"""Many story games at once, with the real engine, in a Discord in memory: no turn is lost or out of its order."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bot.bench.load import FORGET_EVERY, Place, memory_mb, milliseconds, open_place
from bot.bench.stories import typed_prompts
from bot.games import Phase
from bot.ids import StoryId, UserId
from bot.store import Scope
from bot.store.games import StoredGame
from bot.stories.branch import PARTED_BY
from bot.turns import TurnKind
from bot.ui.games.stage import Stage
from bot.ui.outlet import ChannelOutlet
from config.settings import Settings

MODEL_EVERY = 5


@dataclass(slots=True)
class Played:
    """What was seen; times in seconds."""

    first_words: list[float] = field(default_factory=list)
    lost: int = 0
    """Turns that people wrote and that are not in their story."""
    out_of_order: int = 0
    """Turns that stand before one that was written earlier, in the story or in its channel."""
    model_turns: int = 0
    refused: int = 0
    seconds: float = 0.0
    memory_mb: float = 0.0


async def measure_games(settings: Settings, *, stories: int, people: int, turns: int) -> Played:
    """Let groups of people play relays, each group its own, all at once.

    Args:
        settings: With a model that is ready; the store is a temporary one.
        stories: Games at once.
        people: Players of each, who write one after the other; the model writes after every fifth turn.
        turns: Turns of people in each game.
    """
    with tempfile.TemporaryDirectory() as folder:
        limits = settings.limits.model_copy(
            update={"server_burst": 100_000, "server_per_minute": 100_000, "queue": max(stories, settings.limits.queue)}
        )
        url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"
        settings = settings.model_copy(update={"database_url": url, "limits": limits})
        async with open_place(settings, stories * people) as place:
            tables = [_Table(place, number, people, turns) for number in range(stories)]
            with _watching(tables) as seen:
                await _play(place, tables, seen)
            for table in tables:
                await table.count(seen)
            seen.memory_mb = await memory_mb(place.bot)
            return seen


class _Table:
    """One game and those who play it."""

    def __init__(self, place: Place, number: int, people: int, turns: int) -> None:
        self._place = place
        self.number = number
        self.left = turns
        self.channel = place.guild.create_text_channel(f"game-{number}")
        self.members = {member.id: member for member in place.members[number * people : (number + 1) * people]}
        self.free = asyncio.Event()
        self.written: list[str] = []
        self.story = StoryId(0)

    async def begin(self) -> None:
        """Start the game, and let everybody join."""
        host, *others = self.members.values()
        prompts = typed_prompts()
        await host.slash(
            self.channel,
            "story start",
            game="relay",
            opening=prompts[self.number % len(prompts)],
            place="channel",
            model_every=MODEL_EVERY,
            minutes=0,
        )
        self.story = (await self._place.bot.services.store.games.running_in(self.channel.id))[0].story.id
        for member in others:
            await host.slash(self.channel, "story invite", person=member.user)
        self.free.set()

    async def stored(self) -> StoredGame:
        """Give the game as it stands."""
        return await self._place.bot.services.games.get(self.story)

    async def turn(self, seen: Played) -> None:
        """Let whose turn it is write."""
        player = (await self.stored()).game
        seat = player.seated(player.state.turn or 0)
        if seat is None:
            return
        text = f"This is turn {len(self.written) + 1} of game {self.number}."
        self.free.clear()
        result = await self.members[seat.user_id].slash(self.channel, "turn", text=text)
        if result.followups:
            seen.refused += 1
        else:
            self.written.append(text)
            self.left -= 1
        if (await self.stored()).game.state.phase is Phase.PEOPLE:
            self.free.set()

    async def count(self, seen: Played) -> None:
        """Compare what was written with what is kept and what is shown."""
        stories = self._place.bot.services.store.stories
        branch = await stories.path((await self.stored()).story.head_id)
        seen.model_turns += sum(turn.kind is TurnKind.MODEL for turn in branch)
        # By their messages' numbers, which grow with time: a model may well write what people did.
        kept = [turn for turn in branch if turn.kind is TurnKind.PROMPT and PARTED_BY in turn.details]
        posted = [(await stories.messages(turn.id) or (0,))[0] for turn in kept]
        there = {message.id for message in self.channel.history()}
        seen.lost += len(set(self.written) - {turn.text for turn in kept}) + sum(each not in there for each in posted)
        seen.out_of_order += sum(turn.text != text for turn, text in zip(kept, self.written, strict=False))
        seen.out_of_order += sum(one >= other for one, other in pairwise(posted))


async def _play(place: Place, tables: list[_Table], seen: Played) -> None:
    await place.bot.until_loaded()
    settings, by = place.bot.services.store.settings, UserId(place.members[0].id)
    await settings.set(Scope.SERVER, place.guild.id, "most_stories", 0, by=by)
    started = time.perf_counter()
    for table in tables:
        await table.begin()
    taken = 0
    while any(table.left for table in tables):
        ready = [table for table in tables if table.left and table.free.is_set()]
        for table in ready:
            await table.turn(seen)
            taken += 1
            if taken % FORGET_EVERY == 0:
                place.env.http_requests.clear()
                place.env.backend.transcript.clear()
        if not ready:
            await asyncio.sleep(0.01)
    for table in tables:
        await table.free.wait()
    await place.env.settle()
    seen.seconds = time.perf_counter() - started


@contextmanager
def _watching(tables: list[_Table]) -> Iterator[Played]:
    """Measure where the model is asked and where its first words are shown, and see when it has written."""
    seen, asked = Played(), dict[int, float]()
    ask, go_on, put = Stage.ask_model, Stage.go_on, ChannelOutlet.put

    async def timed_ask(stage: Stage, stored: StoredGame, channel: Any, by: Any = None) -> None:  # noqa: ANN401 - discord.py's
        asked[channel.id] = time.perf_counter()
        await ask(stage, stored, channel, by)

    async def timed_put(outlet: ChannelOutlet, index: int, content: str, view: Any) -> None:  # noqa: ANN401 - discord.py's
        await put(outlet, index, content, view)
        began = None if content.startswith("-# ") else asked.pop(outlet._channel.id, None)  # type: ignore[attr-defined] # noqa: SLF001
        if began is not None:
            seen.first_words.append(time.perf_counter() - began)

    async def watched_go_on(stage: Stage, stored: StoredGame, *rest: Any) -> None:  # noqa: ANN401 - handed on
        await go_on(stage, stored, *rest)
        for table in tables:
            if table.story == stored.story.id:
                table.free.set()

    with (
        patch.object(Stage, "ask_model", timed_ask),
        patch.object(Stage, "go_on", watched_go_on),
        patch.object(ChannelOutlet, "put", timed_put),
    ):
        yield seen


def figures(seen: Played, stories: int, turns: int) -> dict[str, Any]:
    """Put the figures together; times in milliseconds."""
    first = sorted(seen.first_words)
    return {
        "stories": stories,
        "turns": stories * turns,
        "model_turns": seen.model_turns,
        "lost": seen.lost,
        "out_of_order": seen.out_of_order,
        "refused": seen.refused,
        "first_words_ms_p50": milliseconds(first, 0.5),
        "first_words_ms_p95": milliseconds(first, 0.95),
        "seconds": round(seen.seconds, 1),
        "rss_mb": round(seen.memory_mb, 1),
    }
