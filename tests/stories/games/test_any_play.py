"""Whatever people and time do, a game stays one that can be played."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.games import VOTED, Game, GameKind, GameRules, Order, Phase, Presence
from bot.ids import TurnId, UserId
from bot.stories.games import ballot, play, relay
from bot.stories.games.errors import GameError
from bot.stories.games.happenings import AskModel, Step
from bot.stories.games.seats import MOST_VOTERS

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HOST = UserId(1)

Act = Callable[[Game, UserId, datetime], Step]

ACTS: dict[str, Act] = {
    "join": lambda game, user, _: play.join(game, user),
    "invite": lambda game, user, _: play.join(game, user, invited=True),
    "leave": lambda game, user, now: play.leave(game, user, now),
    "kick": lambda game, user, now: play.leave(game, user, now, barred=True),
    "write": lambda game, user, now: relay.wrote(game, user, 2, now),
    "summon": lambda game, user, _: relay.summon(game, user),
    "pass": lambda game, user, now: relay.pass_on(game, user, now),
    "skip": lambda game, _, now: relay.pass_on(game, None, now),
    "model": lambda game, _, now: play.model_wrote(game, [TurnId(number) for number in range(1, 4)], now),
    "fail": lambda game, _, now: play.model_failed(game, now),
    "vote": lambda game, user, _: ballot.voted(game, user, user % 3),
    "enter": lambda game, user, _: ballot.entered(game, user, TurnId(50 + user)),
    "close": lambda game, _, __: ballot.close(game),
    "time": lambda game, _, now: play.time_came(game, now),
    "pause": lambda game, _, __: play.pause(game),
    "resume": lambda game, _, now: play.resume(game, now),
    "move": lambda game, _, now: play.moved(game, now),
    "end": lambda game, _, __: play.end(game),
}

rules = st.builds(
    GameRules,
    order=st.sampled_from(Order),
    model_every=st.integers(0, 3),
    turn_minutes=st.sampled_from([0, 10]),
    choices=st.integers(2, 4),
    vote_minutes=st.just(10),
    quorum=st.integers(0, 3),
    most_players=st.integers(1, 4),
    turns=st.sampled_from([0, 0, 12]),
    seed=st.integers(0, 5),
)
doings = st.lists(
    st.tuples(st.sampled_from(sorted(ACTS)), st.integers(1, 5).map(UserId), st.integers(0, 12)), max_size=60
)


def check(game: Game) -> None:
    """What holds at every moment."""
    state, here = game.state, {player.seat for player in game.present}
    assert [player.seat for player in game.players] == list(range(1, len(game.players) + 1))
    assert len({player.user_id for player in game.players}) == len(game.players)
    assert len(game.present) <= (MOST_VOTERS if game.kind in VOTED else game.rules.most_players)
    assert len(set(state.queue)) == len(state.queue)
    assert set(state.queue) <= here
    if state.phase is Phase.PEOPLE:
        assert here or game.rules.order is Order.ANYONE
        assert (state.turn is None) is (game.rules.order is Order.ANYONE)
        assert state.turn is None or state.turn in here
        assert (state.ends_at is not None) is bool(game.rules.turn_minutes)
    elif state.phase is Phase.VOTE:
        assert state.choices
        assert state.ends_at
        assert all(player.vote is None or player.vote < len(state.choices) for player in game.present)
    else:
        assert state.turn is None or state.phase is Phase.PAUSED
        assert state.ends_at is None
    assert (state.resumes is not None) is (state.phase is Phase.PAUSED)
    assert all(player.presence is Presence.IN or player.vote is None for player in game.players)
    due = game.state.due_at
    assert due is None or (state.began_at is not None and due > state.began_at)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(GameKind), rules, doings)
def test_a_game_is_always_one_that_can_be_played(
    kind: GameKind, wanted: GameRules, acts: list[tuple[str, UserId, int]]
) -> None:
    now = NOW
    step = play.begin(kind, wanted, HOST, now)
    game = step.game
    check(game)
    for name, user, minutes in acts:
        now += timedelta(minutes=minutes)
        before = game
        with suppress(GameError):
            step = ACTS[name](game, user, now)
            game = step.game
            assert (game.state.phase is Phase.MODEL) is any(
                isinstance(happening, AskModel) for happening in step.happenings
            ) or game.state.phase is before.state.phase is Phase.MODEL
        check(game)
        assert game.state.number >= before.state.number
        assert game.state.written >= before.state.written
        changed = (before.state.phase, before.state.turn) != (game.state.phase, game.state.turn)
        assert not changed or game.state.number > before.state.number, "a button of before would still be taken"
        assert before.state.phase is not Phase.ENDED or game == before
