"""A message that grows: at most one edit in its interval, the newest text wins, the last one always arrives."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot.ui import streaming
from bot.ui.streaming import GrowingMessage

INTERVAL = 1.0


class Clock:
    """Time that passes only when somebody waits or says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        # As on a real machine, a sleep may end a hair too early.
        self.now += seconds * 0.999 if seconds > 0.01 else 0.01


class Recorder:
    """Keeps what was put, and fails as often as it is told."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.puts: list[tuple[float, int, str]] = []
        self.views: list[Any] = []
        self.dropped: list[int] = []
        self.failures: list[Exception] = []

    async def put(self, index: int, content: str, view: discord.ui.View | None) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.puts.append((self.clock.now, index, content))
        self.views.append(view)

    async def drop_after(self, count: int) -> None:
        self.dropped.append(count)

    @property
    def contents(self) -> list[str]:
        return [content for _, _, content in self.puts]


def failure(status: int, kind: type[discord.HTTPException] = discord.HTTPException) -> discord.HTTPException:
    return kind(SimpleNamespace(status=status, reason="", headers={}), {"code": 0, "message": "no"})  # type: ignore[arg-type]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(streaming, "asyncio", SimpleNamespace(sleep=made.sleep))
    return made


@pytest.fixture
def parts(clock: Clock) -> Recorder:
    return Recorder(clock)


@pytest.fixture
def message(parts: Recorder, clock: Clock) -> GrowingMessage:
    return GrowingMessage(parts, edit_seconds=INTERVAL, clock=clock, retry_seconds=(1.0, 2.0))


async def test_the_first_frame_is_shown_at_once(message: GrowingMessage, parts: Recorder) -> None:
    await message.frame(["a"], None)
    assert parts.contents == ["a"]


async def test_there_is_at_most_one_edit_in_an_interval_and_the_newest_text_wins(
    message: GrowingMessage, parts: Recorder, clock: Clock
) -> None:
    for step in range(1, 100):
        clock.now = step / 10
        await message.frame(["x" * step], None)
    await message.finish(["the end"], None)
    times = [time for time, _, _ in parts.puts]
    assert min(after - before for before, after in itertools.pairwise(times)) >= INTERVAL
    assert len(times) == 11
    assert parts.contents[1] == "x" * 11
    assert parts.contents[-1] == "the end"


async def test_a_frame_that_says_nothing_new_is_not_sent(
    message: GrowingMessage, parts: Recorder, clock: Clock
) -> None:
    view = object()
    for _ in range(3):
        await message.frame(["same"], view)  # type: ignore[arg-type]
        clock.now += 2
    assert await message.finish(["same"], view)  # type: ignore[arg-type]
    assert parts.contents == ["same"]


async def test_other_buttons_are_news(message: GrowingMessage, parts: Recorder, clock: Clock) -> None:
    one, other = object(), object()
    await message.frame(["same"], one)  # type: ignore[arg-type]
    await message.finish(["same"], other)  # type: ignore[arg-type]
    assert parts.views == [one, other]


async def test_only_the_part_that_grew_is_edited_and_buttons_stand_under_the_last(
    message: GrowingMessage, parts: Recorder, clock: Clock
) -> None:
    view: Any = object()
    await message.frame(["one"], view)
    clock.now += 2
    await message.frame(["one", "two"], view)
    clock.now += 2
    await message.frame(["one", "two, three"], view)
    assert [(index, content) for _, index, content in parts.puts] == [
        (0, "one"),
        (0, "one"),
        (1, "two"),
        (1, "two, three"),
    ]
    assert parts.views == [view, None, view, view]


async def test_a_text_that_got_shorter_loses_its_last_part(
    message: GrowingMessage, parts: Recorder, clock: Clock
) -> None:
    await message.frame(["one", "two"], None)
    await message.finish(["one"], None)
    assert parts.dropped == [1]
    assert parts.contents == ["one", "two"]


@pytest.mark.parametrize(
    "error", [failure(500), aiohttp.ClientConnectionError("reset"), TimeoutError(), ConnectionResetError()]
)
async def test_a_failed_frame_is_made_up_by_the_next(
    message: GrowingMessage, parts: Recorder, clock: Clock, error: Exception
) -> None:
    parts.failures = [error]
    await message.frame(["one"], None)
    assert not message.gone
    assert not message.due()
    clock.now += 2
    await message.frame(["one two"], None)
    assert parts.contents == ["one two"]


@pytest.mark.parametrize("error", [failure(500), failure(429), aiohttp.ServerDisconnectedError(), OSError()])
async def test_the_last_state_is_tried_again_until_it_is_there(
    message: GrowingMessage, parts: Recorder, clock: Clock, error: Exception
) -> None:
    parts.failures = [error, error]
    assert await message.finish(["the end"], None)
    assert parts.contents == ["the end"]
    assert clock.now >= 3.0


async def test_what_was_shown_before_a_failure_is_not_sent_again(message: GrowingMessage, parts: Recorder) -> None:
    put, failures = parts.put, [failure(500)]

    async def second_fails_once(index: int, content: str, view: Any) -> None:
        if index == 1 and failures:
            raise failures.pop()
        await put(index, content, view)

    parts.put = second_fails_once  # type: ignore[method-assign]
    assert await message.finish(["one", "two"], None)
    assert parts.contents == ["one", "two"]


async def test_after_the_last_try_it_says_that_it_failed(message: GrowingMessage, parts: Recorder) -> None:
    parts.failures = [failure(500) for _ in range(3)]
    assert not await message.finish(["the end"], None)
    assert parts.failures == []
    assert not message.gone


@pytest.mark.parametrize("error", [failure(404, discord.NotFound), failure(403, discord.Forbidden)])
async def test_a_message_that_is_gone_is_left_alone(
    message: GrowingMessage, parts: Recorder, clock: Clock, error: Exception
) -> None:
    parts.failures = [error]
    await message.frame(["one"], None)
    clock.now += 5
    assert message.gone
    assert not message.due()
    await message.frame(["one two"], None)
    assert not await message.finish(["the end"], None)
    assert parts.puts == []
