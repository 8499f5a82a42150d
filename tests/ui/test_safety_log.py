"""A blocked text is shown to moderators as it was typed, as far as a message goes."""

from __future__ import annotations

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
from bot.ui.safety_log import SafetyLog, hidden
from bot.ui.texts import Texts
from bot.writing.door import Place, Seen

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    client = SimpleNamespace(get_channel=lambda _: channel, get_guild=lambda _: None)
    safety = SimpleNamespace(log=AsyncMock(return_value=Chosen(ChannelId(5), texts)))
    return SafetyLog(client, SimpleNamespace(safety=safety), Texts())  # type: ignore[arg-type]


def seen(text: str) -> Seen:
    hit = Hit(0, 3, Category.SLUR, Severity.SEVERE, Rule(Source.WORD, "fox"))
    verdict = Verdict(Action.BLOCK, (Category.SLUR,), 1.0, "", (hit,))
    return Seen(Place(GuildId(1), ChannelId(2), UserId(3)), verdict, text, by_model=False)


def contents(send: AsyncMock) -> Sequence[str]:
    return [call.args[0] for call in send.await_args_list]


async def test_an_entry_with_a_text_full_of_signs_fits_a_message() -> None:
    send = AsyncMock()
    await log_with(send, texts=True).tell(seen("fox " + "*_" * 1_000))
    (content,) = contents(send)
    assert 1_990 <= len(content) <= 2_000
    assert "||fox \\*\\_" in content


async def test_an_entry_whose_text_is_not_taken_is_posted_without_it() -> None:
    failure = discord.HTTPException(Mock(status=400, reason="Bad Request"), "no")
    send = AsyncMock(side_effect=[failure, None])
    await log_with(send, texts=True).tell(seen("fox"))
    first, second = contents(send)
    assert first == f"{second}\n||fox||"


async def test_an_entry_that_is_not_taken_at_all_is_passed_over() -> None:
    failure = discord.HTTPException(Mock(status=403, reason="Forbidden"), "no")
    send = AsyncMock(side_effect=failure)
    await log_with(send, texts=False).tell(seen("fox"))
    assert len(contents(send)) == 1
