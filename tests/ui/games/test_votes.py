"""Votes and duels, played by several people, by what they see."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from tests.cogs.test_write import said
from tests.ui.games.table import Table, start
from tests.world import World


@pytest.fixture
async def vote(world: World) -> Table:
    """A vote on three continuations."""
    return await start(world, "vote", quorum=3)


async def cast(table: Table, name: str, who: Any) -> Any:
    """Vote for a continuation by its letter."""
    label = next(label for label in table.buttons() if (label or "").startswith(f"{name} · "))
    return await table.click(label or "", who)


def named(table: Table, name: str) -> str:
    """What a letter stands for."""
    return next(text for text in reversed(table.passages) if text.startswith(f"**{name}**\n")).split("\n", 1)[1]


async def test_three_continuations_are_offered_and_the_most_votes_win(vote: Table, world: World) -> None:
    assert vote.buttons()[:4] == ["A · 0", "B · 0", "C · 0", "One of my own"]
    winner = named(vote, "B")
    for name, who in (("A", world.writer), ("B", world.guest)):
        await cast(vote, name, who)
    assert vote.buttons()[:3] == ["A · 1", "B · 1", "C · 0"]
    assert "2 votes so far." in vote.waits_for
    await cast(vote, "B", world.admin)
    assert winner in vote.passages
    chosen = next(message for message in vote.channel.history() if message.content.startswith("-# Chosen"))
    assert "Chosen with 2 of 3 votes." in chosen.content
    assert vote.buttons()[:3] == ["A · 0", "B · 0", "C · 0"]
    assert world.engine.requests[-1].prompt.endswith(winner)


async def test_a_vote_is_changed_and_taken_back(vote: Table, world: World) -> None:
    await cast(vote, "A", world.guest)
    await cast(vote, "B", world.guest)
    assert vote.buttons()[:3] == ["A · 0", "B · 1", "C · 0"]
    await cast(vote, "B", world.guest)
    assert vote.buttons()[:3] == ["A · 0", "B · 0", "C · 0"]


async def test_time_ends_a_vote(vote: Table, world: World) -> None:
    winner = named(vote, "C")
    await cast(vote, "C", world.guest)
    await vote.minutes(11)
    assert winner in vote.passages


async def test_a_vote_that_nobody_takes_part_in_rests(vote: Table) -> None:
    await vote.minutes(11)
    assert "The story is paused." in vote.waits_for
    await vote.click("Resume")
    assert vote.buttons()[:3] == ["A · 0", "B · 0", "C · 0"]


async def test_the_host_ends_a_vote(vote: Table, world: World) -> None:
    await cast(vote, "A", world.guest)
    assert "Only the host" in said(await vote.host("close", world.guest))
    winner = named(vote, "A")
    await vote.host("close")
    assert winner in vote.passages


async def test_people_put_their_own_to_the_vote(vote: Table, world: World) -> None:
    await vote.write("A fox came in.", world.guest, button="One of my own")
    assert named(vote, "D") == "A fox came in."
    assert "You have put a continuation to this vote already" in said(
        await vote.write("Two.", world.guest, button="One of my own")
    )
    for who in (world.writer, world.guest, world.admin):
        await cast(vote, "D", who)
    assert "A fox came in." in vote.passages
    assert world.engine.requests[-1].prompt == "The door stood open. A fox came in."


async def test_undo_brings_another_vote(vote: Table, world: World) -> None:
    for who in (world.writer, world.guest, world.admin):
        await cast(vote, "A", who)
    chosen = next(message for message in vote.channel.history() if message.content.startswith("-# Chosen"))
    before = len(world.engine.requests)
    await world.click(chosen, "Undo")
    assert len(world.engine.requests) == before + 3
    assert world.engine.requests[-1].prompt == "The door stood open."
    assert vote.buttons()[:3] == ["A · 0", "B · 0", "C · 0"]


async def test_a_vote_ends_with_its_last_round(world: World) -> None:
    table = await start(world, "vote", quorum=1, turns=1)
    await cast(table, "A", world.writer)
    assert any(text.startswith("**The end.**") for text in table.passages)
    assert "The story has ended." in table.waits_for


async def test_a_duel_is_between_two_ways_of_writing_that_are_named_after_it(world: World) -> None:
    table = await start(world, "duel", quorum=1, first="vivid", second="wild")
    assert table.buttons()[:2] == ["A · 0", "B · 0"]
    assert "One of my own" not in table.buttons()
    temperatures = {request.sampling.temperature for request in world.engine.requests}
    assert temperatures == {0.9, 1.15}
    assert not any(word in text for text in _all(table) for word in ("vivid", "wild"))
    await cast(table, "A", world.guest)
    told = next(text for text in _all(table) if "Chosen with 1 of 1 votes." in text)
    assert "**vivid**" in told
    assert "**wild**" in told


async def test_a_duel_draws_its_rivals_where_nobody_named_them(world: World) -> None:
    await start(world, "duel")
    one, other = (request.sampling for request in world.engine.requests)
    assert (one.temperature, one.top_p, one.top_k, one.do_sample) != (
        other.temperature,
        other.top_p,
        other.top_k,
        other.do_sample,
    )


async def test_a_duel_between_equals_is_refused(world: World) -> None:
    refused = await world.writer.slash(
        world.channel, "story start", game="duel", opening="It began.", first="wild", second="wild"
    )
    assert "Both would write alike here" in said(refused)
    assert world.texts() == []


def _all(table: Table) -> list[str]:
    history: list[discord.Message] = table.channel.history()
    return [message.content for message in history]
