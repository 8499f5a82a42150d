"""What is shown when the line to Discord breaks, and what never gets through."""

from __future__ import annotations

from typing import Any

import aiohttp
import discord
import pytest

from bot.ui import streaming
from bot.ui.outlet import Outlet
from bot.ui.render import MESSAGE_LIMIT
from bot.writing.errors import WritingError
from tests.cogs.test_write import labels, said
from tests.cogs.test_write_faults import kept_texts
from tests.world import AFTER, World


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try failed last edits again at once."""
    usual = streaming.GrowingMessage.__init__.__kwdefaults__ or {}
    monkeypatch.setattr(streaming.GrowingMessage.__init__, "__kwdefaults__", {**usual, "retry_seconds": (0.0, 0.0)})


def breaking(monkeypatch: pytest.MonkeyPatch, *, after: int, times: int) -> None:
    """Lose the connection at some of the edits."""
    put, calls = Outlet.put, 0

    async def lossy(self: Outlet, index: int, content: str, view: discord.ui.View | None) -> None:
        nonlocal calls
        calls += 1
        if after < calls <= after + times:
            raise aiohttp.ServerDisconnectedError
        await put(self, index, content, view)

    monkeypatch.setattr(Outlet, "put", lossy)


async def test_a_lost_connection_is_made_up_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    breaking(monkeypatch, after=1, times=3)
    await world.write("It began.")
    assert labels(world.last()) == AFTER


async def test_a_story_that_no_connection_took_is_kept_and_offered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaking(monkeypatch, after=0, times=9999)
    result = await world.write("It began.")
    assert len(await kept_texts(world)) == 2
    assert "could not be posted here" in said(result)


async def test_a_person_without_any_connection_is_told_at_their_next_command(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        breaking(broken, after=0, times=9999)

        async def lost(*_: Any, **__: Any) -> None:
            raise ConnectionResetError

        broken.setattr(discord.Webhook, "send", lost)
        broken.setattr(discord.Member, "send", lost)
        await world.write("It began.")
        assert len(await world.bot.services.store.jobs.undelivered(world.writer.id)) == 1
    assert "A story of yours could not be posted" in said(await world.write("It went on."))


async def test_however_long_a_reason_is_the_message_holds_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    class LongError(WritingError):
        template = "{reason}"

    async def script(*_: Any) -> Any:
        raise LongError(reason="because " * 1000)

    monkeypatch.setattr(world.bot.services.writer, "_keep", script)
    await world.write("It began.")
    assert "because because" in world.last().content
    assert len(world.last().content) <= MESSAGE_LIMIT
    assert labels(world.last()) == ["Retry"]
