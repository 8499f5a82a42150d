"""Every game, played a little with a real model in its own process."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.games.table import Table, start
from tests.world import open_real_world

OPENING = "Once upon a time there was a king who lost his crown in the river."


@pytest.mark.parametrize(
    ("game", "rules", "acts"),
    [
        ("relay", {}, ["Write: He sent for the fox."]),
        ("adventure", {"dice": True}, ["Do: open the door", "Say: who is there?"]),
        ("lines", {"model_every": 2}, ["Write: the river kept the crown"]),
        ("words", {"model_every": 2}, ["Write: and"]),
        ("vote", {"quorum": 1}, ["press A · 0"]),
        ("duel", {"quorum": 1}, ["press B · 0"]),
    ],
)
async def test_the_real_model_takes_its_turns(
    game: str, rules: dict[str, object], acts: list[str], exported_tiny: Path, tmp_path: Path
) -> None:
    async with open_real_world(exported_tiny, tmp_path) as world:
        table = await start(world, game, OPENING, **rules)
        for act in acts:
            await do(table, act)
        stored = await table.stored()
        branch = await world.bot.services.store.stories.path(stored.story.head_id)
        by_model = [turn for turn in branch if turn.model]
        assert by_model
        assert all(turn.text.strip() and turn.tokens for turn in by_model)
        assert "The model is writing" not in table.waits_for
        shown = "\n".join(table.passages)
        assert all(turn.text.strip() in shown for turn in by_model)


async def do(table: Table, act: str) -> None:
    """Press a button, or press one and fill in the form."""
    button, _, text = act.partition(": ")
    if not text:
        await table.click(button.removeprefix("press "))
        return
    lines = table.world.guest if button == "Write" and await _alternates(table) else None
    await table.write(text, lines, button=button)


async def _alternates(table: Table) -> bool:
    return (await table.stored()).game.kind in {"lines", "words"}
