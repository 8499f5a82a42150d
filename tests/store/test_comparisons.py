"""Which of two presets won is counted once for each pair of texts, and for each server alone."""

from __future__ import annotations

from bot.ids import GuildId, TurnId
from bot.store import Database
from bot.store.comparisons import Arena, Comparison, Wins

HERE, THERE = GuildId(2**62), GuildId(5)


def compared(turn: int, first: str, second: str, votes: tuple[int, int]) -> Comparison:
    return Comparison(
        turn=TurnId(turn), first=first, second=second, first_votes=votes[0], second_votes=votes[1], arena=Arena.DUEL
    )


async def test_each_preset_has_what_it_won_and_lost_on_either_side(database: Database) -> None:
    await database.comparisons.add(HERE, compared(1, "vivid", "wild", (3, 1)))
    await database.comparisons.add(HERE, compared(2, "wild", "vivid", (0, 2)))
    await database.comparisons.add(HERE, compared(3, "calm", "vivid", (1, 0)))
    await database.comparisons.add(HERE, compared(4, "wild", "calm", (2, 2)))
    assert await database.comparisons.wins(HERE) == (
        Wins(preset="calm", won=1, lost=0, even=1),
        Wins(preset="vivid", won=2, lost=1, even=0),
        Wins(preset="wild", won=0, lost=2, even=1),
    )
    assert await database.comparisons.wins(THERE) == ()


async def test_the_same_texts_count_once_and_a_preset_against_itself_not_at_all(database: Database) -> None:
    for votes in ((1, 0), (0, 1)):
        await database.comparisons.add(HERE, compared(1, "vivid", "wild", votes))
    await database.comparisons.add(HERE, compared(2, "vivid", "vivid", (1, 0)))
    assert await database.comparisons.wins(HERE) == (
        Wins(preset="vivid", won=1, lost=0, even=0),
        Wins(preset="wild", won=0, lost=1, even=0),
    )


async def test_they_go_with_their_server(database: Database) -> None:
    await database.comparisons.add(HERE, compared(1, "vivid", "wild", (1, 0)))
    await database.comparisons.add(THERE, compared(2, "vivid", "wild", (1, 0)))
    assert await database.people.erase_server(HERE)
    assert await database.comparisons.wins(HERE) == ()
    assert await database.comparisons.wins(THERE) != ()
