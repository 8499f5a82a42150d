"""The bot under load: many people, the real engine, a Discord in memory that takes its time to answer."""

from __future__ import annotations

import asyncio
import contextvars
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import discord
import psutil
import simcord

from bot.app import Taleloom, create_bot
from bot.bench.stories import typed_prompts
from bot.demo.runner import ExternalWait
from bot.standalone import request_for
from bot.ui import render
from bot.ui.outlet import Outlet
from bot.ui.presenter import Presenter
from bot.ui.streaming import GrowingMessage
from bot.writing.errors import NothingWrittenError
from bot.writing.requests import WriteRequest, Writing
from bot.writing.service import Writer
from config.settings import Settings

LATENCY_SECONDS = 0.05  # what Discord's REST takes at the least
RULE_SECONDS = 1.0  # no message is edited more often than this
PROBE_SECONDS = 0.005
FORGET_EVERY = 25  # commands after which the test world's own logs are cleared: they would grow for ever
BASE_STORIES = 200  # memory is compared from this story on, when caches are full


@dataclass(slots=True)
class Recording:
    """What was seen while the bot worked; times in seconds, by interaction."""

    asking: float = 0.0
    """When the command that is being typed was sent."""
    asked: dict[int, float] = field(default_factory=dict)
    acknowledged: dict[int, float] = field(default_factory=dict)
    first_words: dict[int, float] = field(default_factory=dict)
    edits: int = 0
    too_fast: int = 0
    free: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    """People whose story is finished, or who have not begun."""
    last_put: dict[tuple[int, int], float] = field(default_factory=dict)


@contextmanager
def recording(wait: ExternalWait) -> Iterator[Recording]:
    """Measure acknowledgements and edits where the bot makes them, and let edits take Discord's time."""
    seen = Recording()
    defer, put, present = discord.InteractionResponse.defer, Outlet.put, Presenter.present

    async def timed_defer(response: Any, **options: Any) -> Any:  # noqa: ANN401 - as discord.py declares it
        result = await defer(response, **options)
        interaction, now = response._parent.id, time.perf_counter()  # noqa: SLF001 - it knows no other way to what it answers
        seen.asked[interaction], seen.acknowledged[interaction] = seen.asking, now - seen.asking
        return result

    async def timed_put(outlet: Outlet, index: int, content: str, view: discord.ui.View | None) -> None:
        now, interaction = time.perf_counter(), outlet._interaction.id  # noqa: SLF001 - measured from within
        previous = seen.last_put.get((interaction, index))
        seen.last_put[interaction, index] = now
        seen.edits += 1
        seen.too_fast += previous is not None and now - previous < RULE_SECONDS
        # In a context of its own, sleeping goes by the wall clock and not by the test world's.
        await wait(contextvars.Context().run(asyncio.ensure_future, asyncio.sleep(LATENCY_SECONDS)))
        await put(outlet, index, content, view)
        if not content.startswith("-# "):  # a place in line is no word of a story
            seen.first_words.setdefault(interaction, time.perf_counter() - seen.asked[interaction])

    async def watched_present(presenter: Presenter, interaction: discord.Interaction, request: WriteRequest) -> None:
        try:
            await present(presenter, interaction, request)
        finally:
            seen.free.put_nowait(interaction.user.id)

    with (
        patch.object(discord.InteractionResponse, "defer", timed_defer),
        patch.object(Outlet, "put", timed_put),
        patch.object(Presenter, "present", watched_present),
    ):
        yield seen


@dataclass(frozen=True, slots=True)
class Place:
    """A Discord in memory with the bot in it, and people."""

    env: simcord.Env
    bot: Taleloom
    wait: ExternalWait
    guild: Any
    channel: Any
    members: list[Any]


@asynccontextmanager
async def open_place(settings: Settings, people: int) -> AsyncIterator[Place]:
    """Open a Discord in memory with the bot and so many people."""
    wait = ExternalWait()
    bot = create_bot(settings, wait=wait)
    env = wait.env = simcord.Env(bot)
    await env.start()
    try:
        guild = env.create_guild("Load")
        channel = guild.create_text_channel("stories")
        members = [guild.add_member(env.create_user(f"person{number}")) for number in range(people)]
        yield Place(env, bot, wait, guild, channel, members)
    finally:
        wait.env = None
        await bot.close()
        await env.shutdown()


async def measure_load(
    settings: Settings, *, stories: int, people: int, seed: int
) -> tuple[Recording, tuple[float, float]]:
    """Let people write stories, each one at a time.

    Args:
        settings: With a model that is ready; the store is a temporary one.
        stories: Commands in all.
        people: Who write them in turn.
        seed: Of the first story.

    Returns:
        What was seen, and the memory of bot and engine in MB at the beginning and at the end; the beginning is the
        200th story where there are more, because by then all caches are full.
    """
    with tempfile.TemporaryDirectory() as folder:
        limits = settings.limits.model_copy(
            update={"user_burst": 10_000, "server_burst": 100_000, "queue": max(people, settings.limits.queue)}
        )
        url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"
        settings = settings.model_copy(update={"database_url": url, "limits": limits})
        async with open_place(settings, people) as place:
            with recording(place.wait) as seen:
                return seen, await _write_stories(place, seen, stories, seed)


async def _write_stories(place: Place, seen: Recording, stories: int, seed: int) -> tuple[float, float]:
    """Type the commands, each person's next one when the last is finished; gives the memory at both ends in MB."""
    env, bot, prompts = place.env, place.bot, typed_prompts()
    people = {member.id: member for member in place.members}
    for member in people:
        seen.free.put_nowait(member)
    await bot.until_loaded()
    start = await memory_mb(bot)
    for number in range(stories):
        person = people[await seen.free.get()]
        seen.asking = time.perf_counter()
        await person.slash(place.channel, "write", prompt=prompts[number % len(prompts)], seed=seed + number)
        if number % FORGET_EVERY == 0:
            env.http_requests.clear()
            env.backend.transcript.clear()
        if number == BASE_STORIES:
            start = await memory_mb(bot)
    for _ in people:
        await seen.free.get()
    await env.settle()
    return start, await memory_mb(bot)


async def memory_mb(bot: Taleloom) -> float:
    """Give the resident memory of the bot and its engine processes together."""
    processes = [psutil.Process(), *map(psutil.Process, (await bot.services.engine.stats()).pids)]
    return sum(process.memory_info().rss for process in processes) / 1e6


class _Nowhere:
    """Parts of a message that take Discord's time and are shown to nobody."""

    async def put(self, *_: object) -> None:
        """Take Discord's time."""
        await asyncio.sleep(LATENCY_SECONDS)

    async def drop_after(self, count: int) -> None:
        """Nothing was shown."""


async def loop_lag(writer: Writer, streams: int, seed: int, edit_seconds: float) -> list[float]:
    """Measure how late the event loop is, in seconds, while so many texts are written and their messages edited.

    Without a Discord in memory, whose settling would be measured with it.
    """
    lags: list[float] = []

    async def probe() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(PROBE_SECONDS)
            lags.append(time.perf_counter() - before - PROBE_SECONDS)

    async def one(number: int, prompt: str) -> None:
        message = GrowingMessage(_Nowhere(), edit_seconds=edit_seconds)
        prepared = await writer.prepare(request_for(prompt, {"max_new_tokens": 300}, seed + number))
        # That a prompt comes to nothing is no matter here: its tokens were written all the same.
        with suppress(NothingWrittenError):
            async with aclosing(writer.run(prepared)) as events:
                async for event in events:
                    if isinstance(event, Writing) and message.due():
                        await message.frame(render.parts("", event.accepted + event.pending), None)

    prompts = typed_prompts()
    await one(0, prompts[0])  # the model is loaded now
    probing = asyncio.create_task(probe())
    await asyncio.gather(*(one(number, prompts[number % len(prompts)]) for number in range(streams)))
    probing.cancel()
    return lags


def figures(seen: Recording, stories: int, memory: tuple[float, float], lags: list[float]) -> dict[str, Any]:
    """Put the figures together; times in milliseconds."""
    acknowledged, first = sorted(seen.acknowledged.values()), sorted(seen.first_words.values())
    return {
        "commands": stories,
        "unanswered": stories - len(first),
        "ack_ms_p50": milliseconds(acknowledged, 0.5),
        "ack_ms_max": milliseconds(acknowledged, 1.0),
        "first_words_ms_p50": milliseconds(first, 0.5),
        "first_words_ms_p95": milliseconds(first, 0.95),
        "loop_lag_ms_p99": milliseconds(sorted(lags), 0.99),
        "edits": seen.edits,
        "edits_too_fast": seen.too_fast,
        "rss_mb_start": round(memory[0], 1),
        "rss_mb_end": round(memory[1], 1),
    }


def milliseconds(ordered: list[float], share: float) -> float | None:
    """Give the value below which a share of ordered seconds lies, in milliseconds."""
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 2) if ordered else None
