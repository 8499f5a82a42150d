"""Little tales without end, for models to learn from: each has its own words, drawn by a seed."""

from __future__ import annotations

import random
from pathlib import Path

WHO = ("fox", "owl", "miller", "queen", "sailor", "giant", "girl", "clockmaker", "dragon", "tailor", "wolf", "baker")
WHERE = ("bridge", "tower", "forest", "river", "castle", "harbour", "mill", "garden", "market", "island")
WHAT = (
    "found a key",
    "lost a letter",
    "heard a song",
    "opened a door",
    "told a secret",
    "built a boat",
    "caught a star",
)
HOW = ("slowly", "gladly", "in the dark", "before dawn", "with a laugh", "without a word", "for the last time")
SAID = ("Who is there?", "Come with me.", "It was not I.", "The sea is rising.", "Let us go home.", "Do not wake him.")


def tale(chance: random.Random, lines: int) -> str:
    """Tell one, a paragraph a line."""
    return "\n\n".join(
        f"The {chance.choice(WHO)} at the {chance.choice(WHERE)} {chance.choice(WHAT)} {chance.choice(HOW)}, and the "
        f"{chance.choice(WHO)} said: “{chance.choice(SAID)}” So {chance.randrange(2, 99)} of them went to the "
        f"{chance.choice(WHERE)}, where the {chance.choice(WHO)} {chance.choice(WHAT)}."
        for _ in range(lines)
    )


def write_tales(folder: Path, count: int, lines: int, seed: int = 1) -> Path:
    """Write some, a file each, and give the folder."""
    chance = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"tale-{number}.txt").write_text(tale(chance, lines), encoding="utf-8")
    return folder
