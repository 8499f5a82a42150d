"""A whole tree of turns is taken in at once, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.ids import TurnId
from bot.store.imports import Sapling
from bot.turns import Draft, TurnKind
from tests.store.filling import ADA, CHANNEL, HERE, begin

if TYPE_CHECKING:
    from bot.store import Database
    from tests.store.conftest import Clock


def sapling(text: str, parent: int | None, *, hidden: bool = False) -> Sapling:
    return Sapling(
        draft=Draft(kind=TurnKind.PROMPT, text=text, details={"writer": "Ada"}), parent=parent, hidden=hidden
    )


async def test_a_tree_is_kept_with_its_branches_and_its_head(database: Database, clock: Clock) -> None:
    await begin(database)
    tree = [sapling("One.", None), sapling("Two.", 0), sapling("Three.", 0, hidden=True), sapling("Uno.", None)]
    story = await database.imports.take_in(tree, head=2, guild_id=HERE, channel_id=CHANNEL, author_id=ADA)
    turns = await database.stories.since(story.id, TurnId(0))
    assert [turn.text for turn in turns] == ["One.", "Two.", "Three.", "Uno."]
    assert [turn.parent_id for turn in turns] == [None, turns[0].id, turns[0].id, None]
    assert [turn.hidden for turn in turns] == [False, False, True, False]
    assert {(turn.author_id, turn.created_at) for turn in turns} == {(None, clock.time)}
    assert story.head_id == story.tip_id == turns[2].id
    assert await database.stories.latest(CHANNEL) == story


async def test_a_large_tree_keeps_its_order(database: Database) -> None:
    tree = [sapling(f"{number}.", number - 1 if number else None) for number in range(3000)]
    story = await database.imports.take_in(tree, head=2999, guild_id=None, channel_id=CHANNEL, author_id=ADA)
    path = await database.stories.path(story.head_id)
    assert [turn.text for turn in path] == [f"{number}." for number in range(3000)]


async def test_a_tree_that_cannot_be_kept_leaves_nothing(database: Database) -> None:
    bad = Draft(kind=TurnKind.PROMPT, text="x", details={"a": object()})
    with pytest.raises(Exception, match="is not JSON"):
        await database.imports.take_in(
            [sapling("One.", None), Sapling(draft=bad, parent=0)],
            head=0,
            guild_id=None,
            channel_id=CHANNEL,
            author_id=ADA,
        )
    assert await database.stories.latest(CHANNEL) is None
