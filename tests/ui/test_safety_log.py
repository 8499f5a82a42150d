"""A blocked text is shown to moderators as it was typed, as far as a message goes."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import AsyncMock, Mock

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ids import ChannelId, GuildId, UserId
from bot.safety.verdict import Action, Category, Hit, Rule, Severity, Source, Verdict
from bot.store.safety import SafetyLog as Chosen
from bot.ui.safety_log import MOST_WAITING, SafetyLog, hidden
from bot.ui.texts import Texts
from bot.writing.door import Place, Seen
from tests.cogs.test_write import said
from tests.ui.test_hands import edit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.world import World

SIGNS = st.lists(st.sampled_from(["*", "_", "~", "`", "|", "\\", ">", "[x](y)", "\n", "a", "https://x.y/_a_\\", " "]))


@pytest.mark.parametrize(
    ("text", "room", "shown"),
    [
        ("fox", 10, "||fox||"),
        ("**fox**", 20, r"||\*\*fox\*\*||"),
        ("**fox**", 12, r"||\*\*fox…||"),
        ("fox****", 11, r"||fox\*…||"),
        ("fox****", 10, r"||fox\*…||"),
        ("fox||", 10, "||fox¦¦||"),
        ("fox\\\\\\\\", 11, "||fox\\\\…||"),
    ],
)
def test_a_text_is_cut_where_there_is_room_and_never_in_an_escape(text: str, room: int, shown: str) -> None:
    assert hidden(text, room) == shown


@given(SIGNS.map("".join), st.integers(6, 60))
def test_a_spoiler_fits_and_is_closed(text: str, room: int) -> None:
    shown = hidden(text, room)
    assert len(shown) <= room
    inner = shown.removeprefix("||").removesuffix("||")
    assert "|" not in inner


def log_with(send: Any, *, texts: bool) -> SafetyLog:
    channel = Mock(spec=discord.TextChannel, send=send)
    client = SimpleNamespace(get_channel=lambda _: channel, get_guild=lambda _: None, is_closed=lambda: False)
    safety = SimpleNamespace(log=AsyncMock(return_value=Chosen(ChannelId(5), texts)))
    return SafetyLog(client, SimpleNamespace(safety=safety), Texts())  # type: ignore[arg-type]


def seen(text: str) -> Seen:
    hit = Hit(0, 3, Category.SLUR, Severity.SEVERE, Rule(Source.WORD, "fox"))
    verdict = Verdict(Action.BLOCK, (Category.SLUR,), 1.0, "", (hit,))
    return Seen(Place(GuildId(1), ChannelId(2), UserId(3)), verdict, text, by_model=False)


async def told(log: SafetyLog, *texts: Seen) -> None:
    """Have texts told, and wait until all that is posted of them is."""
    for each in texts:
        await log.tell(each)
    await asyncio.gather(*log._posting)


def contents(send: AsyncMock) -> Sequence[str]:
    return [call.args[0] for call in send.await_args_list]


async def test_an_entry_with_a_text_full_of_signs_fits_a_message() -> None:
    send = AsyncMock()
    await told(log_with(send, texts=True), seen("fox " + "*_" * 1_000))
    (content,) = contents(send)
    assert 1_990 <= len(content) <= 2_000
    assert "||fox \\*\\_" in content


async def test_an_entry_whose_text_is_not_taken_is_posted_without_it() -> None:
    failure = discord.HTTPException(Mock(status=400, reason="Bad Request"), "no")
    send = AsyncMock(side_effect=[failure, None])
    await told(log_with(send, texts=True), seen("fox"))
    first, second = contents(send)
    assert first == f"{second}\n||fox||"


async def test_an_entry_that_is_not_taken_at_all_is_passed_over() -> None:
    failure = discord.HTTPException(Mock(status=403, reason="Forbidden"), "no")
    send = AsyncMock(side_effect=failure)
    await told(log_with(send, texts=False), seen("fox"))
    assert len(contents(send)) == 1


async def test_of_too_many_entries_the_newest_are_posted_in_their_order() -> None:
    send = AsyncMock()
    await told(log_with(send, texts=True), *(seen(f"fox {number}") for number in range(MOST_WAITING + 10)))
    posted = [content.rsplit("\n", 1)[1] for content in contents(send)]
    assert posted == [f"||fox {number}||" for number in range(10, MOST_WAITING + 10)]


async def test_nobody_who_is_refused_waits_for_the_log_channel(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    log = world.guild.create_text_channel("log")
    await world.admin.slash(world.channel, "safety log", channel=log, texts=True)
    await world.write("It began.", length=20)
    taken, request = asyncio.Event(), world.bot.http.request

    async def held(route: Any, **kwargs: Any) -> Any:
        if route.channel_id == log.id:
            await world._wait(taken.wait())
        return await request(route, **kwargs)

    monkeypatch.setattr(world.bot.http, "request", held)
    for words in ("Of lolicon.", "Lolicon again."):
        result = await edit(world, world.last(), {"The passage": words})
        assert "This wording was not kept" in said(result)
    assert world.texts(log) == []
    taken.set()
    await world.env.settle()
    assert ["Of lolicon" in text for text in world.texts(log)] == [True, False]
