"""Games are kept with their players and where they stand, and no two people take the same step."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.games import Choice, Game, GameKind, GameRules, Order, Phase, Player, Presence, State
from bot.ids import MessageId, StoryId, TurnId
from bot.store.errors import GameMovedOnError
from tests.store.filling import ADA, BEN, CHANNEL, CLEO, ELSEWHERE, HERE, THERE, answer, begin, game_of, play, typed

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.store import Database
    from bot.store.games import StoredGame
    from bot.turns import Turn
    from tests.store.conftest import Clock


async def again(database: Database, game: StoredGame) -> StoredGame:
    found = await database.games.get(game.story.id)
    assert found
    return found


def as_is(game: Game) -> Callable[[Turn | None], Game]:
    """Go to a state whatever turn was added."""
    return lambda _: game


def phase(game: Game, wanted: Phase) -> Game:
    return replace(game, state=replace(game.state, phase=wanted))


async def test_a_game_comes_back_as_it_was_kept(database: Database, clock: Clock) -> None:
    game = Game(
        kind=GameKind.VOTE,
        rules=GameRules(order=Order.RANDOM, rivals=("vivid", "wild"), seed=2**62, mature=True),
        players=(
            Player(seat=1, user_id=ADA, turns=3, words=40, vote=0),
            Player(seat=2, user_id=BEN, presence=Presence.BARRED),
        ),
        state=State(
            phase=Phase.VOTE,
            number=9,
            queue=(2, 1),
            last=0,
            choices=(Choice(TurnId(5)), Choice(TurnId(6), 2)),
            began_at=clock.time,
            ends_at=clock.time + timedelta(minutes=5),
            resumes=Phase.MODEL,
        ),
    )
    story, _ = await begin(database)
    kept = await database.games.begin(story.id, game, title="The Door 门", locale="zh-CN")
    assert kept.game == game
    assert (kept.title, kept.locale, kept.story.author_id) == ("The Door 门", "zh-CN", ADA)
    assert await again(database, kept) == kept


async def test_a_story_that_nobody_plays_is_no_game(database: Database) -> None:
    story, _ = await begin(database)
    assert await database.games.get(story.id) is None
    assert await database.games.get(StoryId(404)) is None


async def test_a_step_keeps_the_turn_and_the_state_together(database: Database) -> None:
    before = await play(database, ADA, BEN)
    game = replace(before.game, players=(*before.game.players, Player(seat=3, user_id=CLEO, words=2)))
    after, turn = await database.games.advance(before, as_is(phase(game, Phase.MODEL)), draft=typed("And?", CLEO))
    assert turn
    assert (turn.text, turn.parent_id) == ("And?", before.story.head_id)
    assert after.story.head_id == after.story.tip_id == turn.id
    assert after.game.state.phase is Phase.MODEL
    assert [player.user_id for player in after.game.players] == [ADA, BEN, CLEO]
    assert await again(database, before) == after


async def test_what_the_model_was_asked_after_is_written_down(database: Database) -> None:
    before = await play(database, ADA)
    asking, turn = await database.games.advance(
        before, as_is(phase(before.game, Phase.MODEL)), draft=typed("And?", ADA)
    )
    assert turn
    assert asking.asked_after == turn.id
    answers = [await database.stories.append(turn.id, answer(text)) for text in (" Yes.", " No.")]
    assert await database.stories.since(before.story.id, turn.id) == tuple(answers)
    going_on, _ = await database.games.advance(asking, as_is(phase(before.game, Phase.PEOPLE)))
    assert going_on.asked_after is None


async def test_the_next_state_may_name_the_turn_that_leads_to_it(database: Database) -> None:
    before = await play(database, ADA)

    def put_to_the_vote(turn: Turn | None) -> Game:
        assert turn
        return replace(before.game, state=State(choices=(Choice(turn.id, 1),)))

    after, turn = await database.games.advance(before, put_to_the_vote, draft=typed("Mine.", ADA), shown=False)
    assert turn
    assert after.game.state.choices == (Choice(turn.id, 1),)


async def test_a_turn_that_is_voted_on_stands_beside_the_others(database: Database) -> None:
    before = await play(database, ADA)
    after, turn = await database.games.advance(before, as_is(before.game), draft=typed("Mine.", ADA), shown=False)
    assert turn
    assert turn.parent_id == after.story.head_id == before.story.head_id
    chosen, _ = await database.games.advance(after, as_is(after.game), head=turn.id)
    assert chosen.story.head_id == turn.id


async def test_only_one_of_two_takes_a_step(database: Database) -> None:
    before = await play(database, ADA, BEN)
    steps = (
        database.games.advance(before, as_is(before.game), draft=typed(f"I am {who % 10}.", who)) for who in (ADA, BEN)
    )
    results = await asyncio.gather(*steps, return_exceptions=True)
    assert sum(isinstance(result, GameMovedOnError) for result in results) == 1
    after = await again(database, before)
    assert len(await database.stories.path(after.story.head_id)) == 3


async def test_nothing_is_added_to_a_story_that_was_deleted(database: Database) -> None:
    before = await play(database, ADA)
    await database.stories.delete(before.story.id)
    with pytest.raises(GameMovedOnError):
        await database.games.advance(before, as_is(phase(before.game, Phase.MODEL)), draft=typed("x", ADA))
    assert (await again(database, before)).game == before.game


async def test_what_is_due_comes_in_its_order(database: Database, clock: Clock) -> None:
    late, early, never, gone, ahead = [await play(database, ADA) for _ in range(5)]
    for game, minutes in ((late, 10), (early, 5), (never, None), (gone, 1), (ahead, 60)):
        ends = None if minutes is None else clock.time + timedelta(minutes=minutes)
        state = replace(game.game.state, began_at=clock.time, ends_at=ends)
        await database.games.advance(game, as_is(replace(game.game, state=state)))
    await database.stories.delete(gone.story.id)
    assert await database.games.due(clock.time) == ()
    assert await database.games.due(clock.time + timedelta(minutes=30)) == (early.story.id, late.story.id)


async def test_games_are_found_by_their_channel_and_server(database: Database) -> None:
    first, second, ended, gone = [await play(database, ADA) for _ in range(4)]
    story, _ = await begin(database, guild=THERE, channel=ELSEWHERE)
    await database.games.begin(story.id, game_of(ADA), title="Elsewhere", locale="en")
    await database.games.advance(ended, as_is(phase(ended.game, Phase.ENDED)))
    await database.stories.delete(gone.story.id)

    def numbers(games: tuple[StoredGame, ...]) -> list[StoryId]:
        return [game.story.id for game in games]

    assert numbers(await database.games.running_in(CHANNEL)) == [second.story.id, first.story.id]
    assert numbers(await database.games.of_server(HERE)) == [second.story.id, first.story.id]
    assert numbers(await database.games.of_server(HERE, limit=1)) == [second.story.id]
    assert numbers(await database.games.of_server(HERE, ended=True)) == [ended.story.id]
    assert await database.games.in_phases([Phase.ENDED]) == (ended.story.id,)


async def test_title_and_panel_change_without_a_step(database: Database) -> None:
    game = await play(database, ADA)
    await database.games.describe(game.story.id, title="Another")
    await database.games.describe(game.story.id, panel_id=MessageId(7))
    now = await again(database, game)
    assert (now.title, now.panel_id, now.revision) == ("Another", 7, game.revision)
