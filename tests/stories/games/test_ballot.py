"""Votes and duels: what is offered, who wins, and what comes of a vote that nobody takes part in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.games import Choice, Game, GameKind, GameRules, Phase
from bot.ids import TurnId, UserId
from bot.stories.games import ballot, errors, play
from bot.stories.games.happenings import AskModel, Chosen, Ended, Rested, Step, Unpaired
from tests.stories.games.test_play import ANA, BEN, CLEO, NOW, after, begun


def vote(*people: UserId, kind: GameKind = GameKind.VOTE, **rules: object) -> Game:
    """A vote on three continuations, or a duel."""
    wanted = replace(play.DEFAULTS[kind], seed=7, **rules)  # type: ignore[arg-type]
    game = play.begin(kind, wanted, ANA, NOW).game
    for person in people:
        game = play.join(game, person).game
    turns = [TurnId(number) for number in range(1, 3 if kind is GameKind.DUEL else 4)]
    return play.model_wrote(game, turns, NOW).game


def chosen(step: Step) -> Chosen:
    return next(happening for happening in step.happenings if isinstance(happening, Chosen))


def test_the_model_offers_continuations_to_vote_on() -> None:
    assert play.begin(GameKind.VOTE, GameRules(choices=4), ANA, NOW).happenings == (AskModel(4),)
    assert play.begin(GameKind.DUEL, GameRules(choices=4), ANA, NOW).happenings == (AskModel(2),)
    assert vote().state.choices == (Choice(TurnId(1)), Choice(TurnId(2)), Choice(TurnId(3)))


def test_the_most_votes_win_when_there_are_enough() -> None:
    game = vote(quorum=3)
    for person, number in ((ANA, 1), (BEN, 2)):
        step = ballot.voted(game, person, number)
        assert step.happenings == ()
        game = step.game
    step = ballot.voted(game, CLEO, 1)
    assert chosen(step) == Chosen(Choice(TurnId(2)), vote().state.choices, (0, 2, 1), drawn=False)
    assert AskModel(3) in step.happenings
    assert {player.vote for player in step.game.players} == {None}


def test_the_same_vote_again_takes_it_back_and_another_changes_it() -> None:
    game = ballot.voted(vote(), ANA, 1).game
    assert ballot.tally(ballot.voted(game, ANA, 1).game) == (0, 0, 0)
    assert ballot.tally(ballot.voted(game, ANA, 2).game) == (0, 0, 1)


def test_time_ends_a_vote() -> None:
    game = ballot.voted(vote(vote_minutes=5), BEN, 2).game
    assert play.time_came(game, after(4)).happenings == ()
    assert chosen(play.time_came(game, after(5))).choice == Choice(TurnId(3))


def test_equals_are_drawn_from_the_seed() -> None:
    def drawn(seed: int) -> Chosen:
        game = vote(quorum=0)
        game = replace(game, rules=replace(game.rules, seed=seed))
        game = ballot.voted(ballot.voted(game, ANA, 0).game, BEN, 2).game
        return chosen(ballot.close(game))

    assert all(drawn(seed).drawn for seed in range(3))
    assert drawn(5) == drawn(5)
    assert {drawn(seed).choice.turn for seed in range(20)} == {1, 3}


def test_a_vote_in_which_nobody_voted_rests_and_is_opened_again() -> None:
    step = play.time_came(vote(vote_minutes=5), after(5))
    assert step.happenings == (Rested(),)
    with pytest.raises(errors.PausedError):
        ballot.voted(step.game, ANA, 0)
    game = play.resume(step.game, after(60)).game
    assert game.state.choices == vote().state.choices
    assert game.state.ends_at == after(65)


def test_people_put_their_own_to_the_vote_once_each() -> None:
    game = ballot.entered(vote(), BEN, TurnId(9)).game
    assert game.state.choices[-1] == Choice(TurnId(9), 2)
    with pytest.raises(errors.EnteredBeforeError):
        ballot.entered(game, BEN, TurnId(10))
    step = ballot.close(ballot.voted(game, ANA, 3).game)
    assert chosen(step).choice == Choice(TurnId(9), 2)
    winner = step.game.player(BEN)
    assert winner
    assert winner.turns == 1


def test_a_vote_has_so_many_continuations() -> None:
    game = vote()
    for number in range(5):
        game = ballot.entered(game, UserId(100 + number), TurnId(50 + number)).game
    with pytest.raises(errors.TooManyEntriesError):
        ballot.entered(game, ANA, TurnId(99))


def test_a_duel_is_between_two_of_the_models() -> None:
    game = vote(kind=GameKind.DUEL)
    with pytest.raises(errors.NoEntriesError):
        ballot.entered(game, ANA, TurnId(9))
    with pytest.raises(errors.NoSuchChoiceError):
        ballot.voted(game, ANA, 2)


def test_nobody_votes_before_there_is_a_vote() -> None:
    game = play.begin(GameKind.VOTE, GameRules(), ANA, NOW).game
    with pytest.raises(errors.ModelWritesError):
        ballot.voted(game, ANA, 0)
    with pytest.raises(errors.NoVoteError):
        ballot.voted(begun(), ANA, 0)


def test_whoever_leaves_takes_their_vote_along() -> None:
    game = ballot.voted(vote(BEN), BEN, 1).game
    assert ballot.tally(play.leave(game, BEN, NOW).game) == (0, 0, 0)


def test_a_vote_without_the_model_rests() -> None:
    game = play.begin(GameKind.VOTE, GameRules(), ANA, NOW).game
    step = play.model_failed(game, NOW)
    assert step.happenings == (Rested(),)
    assert play.resume(step.game, NOW).happenings == (AskModel(3),)


def test_a_story_that_was_moved_is_voted_on_anew() -> None:
    assert play.moved(vote(), NOW).happenings == (AskModel(3),)
    paused = play.moved(play.pause(vote()).game, NOW).game
    assert play.resume(paused, NOW).happenings == (AskModel(3),)


def test_a_vote_ends_the_story_after_as_many_rounds_as_it_was_to_have() -> None:
    step = ballot.close(ballot.voted(vote(turns=1), ANA, 0).game)
    assert [type(happening) for happening in step.happenings] == [Chosen, Ended]


def test_everybody_who_comes_can_vote() -> None:
    game = vote(quorum=30)
    for number in range(29):
        step = ballot.voted(game, UserId(100 + number), 1)
        assert step.happenings == ()
        game = step.game
    assert chosen(ballot.voted(game, UserId(200), 0)).votes == (1, 29, 0)


def test_a_duel_of_one_text_is_held_anew_and_a_vote_goes_on_with_what_people_add() -> None:
    duel = play.begin(GameKind.DUEL, replace(play.DEFAULTS[GameKind.DUEL], seed=7), ANA, NOW).game
    step = play.model_wrote(duel, [TurnId(1)], NOW)
    assert step.happenings == (Unpaired(),)
    assert step.game.state.phase is Phase.PAUSED
    assert play.resume(step.game, NOW).happenings == (AskModel(2),)
    alone = play.begin(GameKind.VOTE, replace(play.DEFAULTS[GameKind.VOTE], seed=7), ANA, NOW).game
    assert play.model_wrote(alone, [TurnId(1)], NOW).game.state.phase is Phase.VOTE
