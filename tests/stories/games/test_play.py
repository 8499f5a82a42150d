"""The rules of the games: whose turn it is, what the model is asked for, and what time does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.games import Game, GameKind, GameRules, Order, Phase, Presence
from bot.ids import TurnId, UserId
from bot.stories.games import errors, play, relay
from bot.stories.games.happenings import AskModel, Ended, Milestone, PassedOn, Reminder, Rested, Step

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
ANA, BEN, CLEO = UserId(11), UserId(22), UserId(33)


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def begun(kind: GameKind = GameKind.RELAY, *people: UserId, **rules: object) -> Game:
    """A game that Ana hosts and others have joined, in which the model has answered the opening."""
    wanted = replace(play.DEFAULTS[kind], seed=7, **rules)  # type: ignore[arg-type]
    game = play.begin(kind, wanted, ANA, NOW).game
    for person in people:
        game = play.join(game, person, invited=True).game
    return play.model_wrote(game, [TurnId(1)], NOW).game if game.state.phase is Phase.MODEL else game


def writer(game: Game) -> UserId:
    """Whose turn it is."""
    player = game.seated(game.state.turn or 0)
    assert player
    return player.user_id


def round_of(game: Game, turns: int) -> list[UserId]:
    """Who writes the next turns, when each takes theirs."""
    found = []
    for _ in range(turns):
        found.append(writer(game))
        game = relay.wrote(game, found[-1], 3, NOW).game
        game = play.model_wrote(game, [TurnId(2)], NOW).game
    return found


def test_after_the_opening_the_model_writes() -> None:
    step = play.begin(GameKind.RELAY, GameRules(model_every=1), ANA, NOW)
    assert step.happenings == (AskModel(),)
    assert step.game.state.phase is Phase.MODEL


def test_an_adventures_opening_is_a_scene_in_which_people_act_first() -> None:
    step = play.begin(GameKind.ADVENTURE, GameRules(), ANA, NOW)
    assert step.happenings == ()
    assert relay.wrote(step.game, ANA, 3, NOW).happenings == (AskModel(),)


def test_a_story_without_the_model_waits_for_people() -> None:
    step = play.begin(GameKind.RELAY, GameRules(model_every=0), ANA, NOW)
    assert step.happenings == ()
    assert step.game.state.phase is Phase.PEOPLE


def test_the_model_writes_after_every_nth_turn() -> None:
    game = begun(GameKind.RELAY, BEN, model_every=2, order=Order.ANYONE)
    asked = []
    for person in (BEN, ANA, BEN, ANA):
        step = relay.wrote(game, person, 3, NOW)
        asked.append(AskModel() in step.happenings)
        game = play.model_wrote(step.game, [TurnId(1)], NOW).game
    # The opening was the first of the first two.
    assert asked == [True, False, True, False]


def test_one_after_the_other_as_they_joined() -> None:
    game = begun(GameKind.RELAY, BEN, CLEO)
    # Ana wrote the opening.
    assert round_of(game, 6) == [BEN, CLEO, ANA] * 2


def test_in_random_order_everybody_once_a_round_and_nobody_twice_running() -> None:
    people = [UserId(number) for number in range(40, 46)]
    game = begun(GameKind.RELAY, *people, order=Order.RANDOM)
    order = [ANA, *round_of(game, 69)]
    rounds = [order[start : start + 7] for start in range(0, 70, 7)]
    assert all(sorted(each) == sorted([ANA, *people]) for each in rounds)
    assert len({tuple(each) for each in rounds}) > 5
    assert all(one != other for one, other in pairwise(order))


def test_the_same_seed_draws_the_same_order() -> None:
    assert round_of(begun(GameKind.RELAY, BEN, CLEO, order=Order.RANDOM), 9) == round_of(
        begun(GameKind.RELAY, BEN, CLEO, order=Order.RANDOM), 9
    )


def test_with_a_fixed_order_nobody_joins_uninvited() -> None:
    game = begun(GameKind.RELAY, BEN, order=Order.FIXED)
    with pytest.raises(errors.NotInvitedError):
        play.join(game, CLEO)
    assert round_of(game, 4) == [BEN, ANA, BEN, ANA]


def test_nobody_writes_out_of_turn() -> None:
    game = begun(GameKind.RELAY, BEN)
    with pytest.raises(errors.NotYourTurnError, match="<@22>"):
        relay.wrote(game, ANA, 3, NOW)
    with pytest.raises(errors.NotJoinedError):
        relay.wrote(game, CLEO, 3, NOW)


def test_nobody_writes_while_the_model_does() -> None:
    game = relay.wrote(begun(), ANA, 3, NOW).game
    with pytest.raises(errors.ModelWritesError):
        relay.wrote(game, ANA, 3, NOW)


def test_where_anybody_may_write_whoever_does_is_in() -> None:
    game = relay.wrote(begun(GameKind.RELAY, order=Order.ANYONE), CLEO, 5, NOW).game
    player = game.player(CLEO)
    assert player
    assert (player.turns, player.words) == (1, 5)


@pytest.mark.parametrize("kind", [GameKind.LINES, GameKind.WORDS])
def test_nobody_adds_a_line_or_word_twice_in_a_row(kind: GameKind) -> None:
    game = begun(kind, BEN, model_every=0)
    with pytest.raises(errors.TwiceInARowError):
        relay.wrote(game, ANA, 1, NOW)
    game = relay.wrote(game, BEN, 1, NOW).game
    with pytest.raises(errors.TwiceInARowError):
        relay.wrote(game, BEN, 1, NOW)
    assert relay.wrote(game, ANA, 1, NOW).game.state.written == 2


def test_alone_with_the_model_it_is_the_models_turn_in_between() -> None:
    game = begun(GameKind.WORDS, model_every=1)
    game = relay.wrote(game, ANA, 1, NOW).game
    game = play.model_wrote(game, [TurnId(2)], NOW).game
    assert relay.wrote(game, ANA, 1, NOW).game.state.written == 2


def test_milestones_are_told_as_they_are_reached() -> None:
    game, told = begun(GameKind.WORDS, BEN, model_every=0), []
    for number in range(26):
        step = relay.wrote(game, (BEN, ANA)[number % 2], 1, NOW)
        game = step.game
        told += [happening for happening in step.happenings if isinstance(happening, Milestone)]
    assert told == [Milestone(10), Milestone(25)]


def test_a_turn_is_passed_on() -> None:
    game = begun(GameKind.RELAY, BEN)
    with pytest.raises(errors.NotYourTurnError):
        relay.pass_on(game, ANA, NOW)
    step = relay.pass_on(game, BEN, NOW)
    assert step.happenings == (PassedOn(2),)
    assert writer(step.game) == ANA


def test_the_host_passes_over_whoever_it_is() -> None:
    assert writer(relay.pass_on(begun(GameKind.RELAY, BEN), None, NOW).game) == ANA


def test_where_anybody_may_write_there_is_nothing_to_pass() -> None:
    with pytest.raises(errors.NothingToPassError):
        relay.pass_on(begun(order=Order.ANYONE), ANA, NOW)


def test_when_whoever_writes_leaves_it_is_the_next_ones_turn() -> None:
    game = play.leave(begun(GameKind.RELAY, BEN, CLEO), BEN, NOW).game
    assert writer(game) == CLEO
    assert round_of(game, 4) == [CLEO, ANA, CLEO, ANA]


def test_whoever_comes_back_has_their_old_seat() -> None:
    game = play.leave(begun(GameKind.RELAY, BEN, CLEO), BEN, NOW).game
    game = play.join(game, BEN).game
    assert [player.user_id for player in game.players] == [ANA, BEN, CLEO]
    assert sorted(round_of(game, 3)) == [ANA, BEN, CLEO]


def test_when_all_have_left_the_game_rests() -> None:
    step = play.leave(begun(), ANA, NOW)
    assert step.happenings == (Rested(),)
    assert step.game.state.phase is Phase.PAUSED


def test_whom_the_host_sent_away_comes_back_by_invitation_alone() -> None:
    game = play.leave(begun(GameKind.RELAY, BEN), BEN, NOW, barred=True).game
    with pytest.raises(errors.BarredError):
        play.join(game, BEN)
    with pytest.raises(errors.BarredError):
        relay.wrote(game, BEN, 1, NOW)
    back = play.join(game, BEN, invited=True).game.player(BEN)
    assert back
    assert back.presence is Presence.IN


def test_there_are_so_many_seats() -> None:
    game = begun(GameKind.RELAY, BEN, most_players=2)
    with pytest.raises(errors.FullError, match="All 2 seats"):
        play.join(game, CLEO)
    game = play.leave(game, BEN, NOW).game
    assert play.join(game, CLEO).game.player(CLEO)


def test_a_turn_that_is_not_taken_is_called_to_mind_and_then_passed_on() -> None:
    game = begun(GameKind.RELAY, BEN, turn_minutes=40)
    assert game.state.due_at == after(30)
    assert play.time_came(game, after(29)) == Step(game)
    step = play.time_came(game, after(30))
    assert step.happenings == (Reminder(2),)
    assert step.game.state.due_at == after(40)
    assert play.time_came(step.game, after(31)).happenings == ()
    step = play.time_came(step.game, after(40))
    assert step.happenings == (PassedOn(2),)
    assert writer(step.game) == ANA
    assert step.game.state.due_at == after(70)


def test_what_was_missed_while_nobody_looked_counts_once() -> None:
    step = play.time_came(begun(GameKind.RELAY, BEN, turn_minutes=40), after(4000))
    assert step.happenings == (PassedOn(2),)
    assert step.game.state.due_at == after(4030)


def test_a_game_that_nobody_plays_rests() -> None:
    game = begun(GameKind.RELAY, BEN, CLEO, turn_minutes=10)
    told: list[object] = []
    for minutes in range(0, 200, 2):
        step = play.time_came(game, after(minutes))
        game = step.game
        told += step.happenings
    assert [type(happening) for happening in told] == [*(Reminder, PassedOn) * 2, Reminder, PassedOn, Rested]
    assert game.state.due_at is None


def test_where_anybody_may_write_the_model_goes_on_in_their_place_and_not_for_ever() -> None:
    game = begun(GameKind.RELAY, order=Order.ANYONE, turn_minutes=10)
    step = play.time_came(game, after(10))
    assert step.happenings == (AskModel(),)
    game = play.model_wrote(step.game, [TurnId(2)], after(11)).game
    assert play.time_came(game, after(21)).happenings == (Rested(),)


def test_the_model_can_be_called_by_whose_turn_it_is() -> None:
    game = begun(GameKind.RELAY, BEN, model_every=5)
    with pytest.raises(errors.NotYourTurnError):
        relay.summon(game, BEN)
    step = relay.summon(game, writer(game))
    assert step.happenings == (AskModel(),)
    assert writer(play.model_wrote(step.game, [TurnId(2)], NOW).game) == writer(game)


def test_when_the_model_fails_people_go_on_and_it_is_asked_again_after_them() -> None:
    game = relay.wrote(begun(GameKind.RELAY, BEN), BEN, 3, NOW).game
    game = play.model_failed(game, NOW).game
    assert writer(game) == ANA
    assert relay.wrote(game, ANA, 3, NOW).happenings == (AskModel(),)


def test_a_story_ends_after_as_many_turns_as_it_was_to_have() -> None:
    game = relay.wrote(begun(GameKind.RELAY, turns=2), ANA, 3, NOW).game
    game = play.model_wrote(game, [TurnId(2)], NOW).game
    step = relay.wrote(game, ANA, 3, NOW)
    assert step.happenings == (Ended(),)
    with pytest.raises(errors.EndedError):
        relay.wrote(step.game, ANA, 3, NOW)
    with pytest.raises(errors.EndedError):
        play.end(step.game)
    with pytest.raises(errors.EndedError):
        play.join(step.game, BEN)
    with pytest.raises(errors.EndedError):
        play.leave(step.game, ANA, NOW)


def test_a_pause_stops_the_clock_and_resuming_gives_the_whole_time_again() -> None:
    game = play.pause(begun(GameKind.RELAY, BEN, turn_minutes=40)).game
    assert game.state.due_at is None
    with pytest.raises(errors.PausedError):
        relay.wrote(game, BEN, 3, NOW)
    with pytest.raises(errors.PausedError):
        play.pause(game)
    game = play.resume(game, after(100)).game
    assert writer(game) == BEN
    assert game.state.ends_at == after(140)
    with pytest.raises(errors.NotPausedError):
        play.resume(game, NOW)


def test_what_the_model_wrote_during_a_pause_is_taken() -> None:
    game = play.pause(relay.wrote(begun(GameKind.RELAY, BEN), BEN, 3, NOW).game).game
    game = play.model_wrote(game, [TurnId(5)], NOW).game
    assert game.state.phase is Phase.PAUSED
    step = play.resume(game, NOW)
    assert step.happenings == ()
    assert writer(step.game) == ANA


def test_a_pause_before_the_model_wrote_asks_it_again() -> None:
    game = play.pause(relay.wrote(begun(), ANA, 3, NOW).game).game
    assert play.resume(game, NOW).happenings == (AskModel(),)


def test_after_the_story_was_moved_it_is_the_same_persons_turn_and_old_buttons_are_out_of_date() -> None:
    game = begun(GameKind.RELAY, BEN)
    step = play.moved(game, NOW)
    assert writer(step.game) == writer(game)
    assert step.game.state.number == game.state.number + 1


@pytest.mark.parametrize("kind", [GameKind.LINES, GameKind.WORDS])
def test_whoever_is_alone_goes_on_alone(kind: GameKind) -> None:
    game = relay.wrote(begun(kind), ANA, 1, NOW).game
    together = play.join(game, BEN).game
    with pytest.raises(errors.TwiceInARowError):
        relay.may_write(together, ANA)
    relay.may_write(play.leave(together, BEN, NOW).game, ANA)


def test_whoever_left_can_be_kept_out_and_who_never_played_is_named() -> None:
    left = play.leave(begun(GameKind.ADVENTURE, BEN), BEN, NOW).game
    barred = play.leave(left, BEN, NOW, barred=True).game
    with pytest.raises(errors.BarredError):
        play.join(barred, BEN)
    play.join(barred, BEN, invited=True)
    for nobody in (BEN, CLEO):
        with pytest.raises(errors.NeverPlayedError):
            play.leave(barred, nobody, NOW, barred=True)
