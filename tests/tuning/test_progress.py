"""Which step of a run is kept."""

from __future__ import annotations

from bot.tuning.progress import Look, kept_of


def looks(*losses: float) -> list[Look]:
    return [Look(25 * number, loss, best=False) for number, loss in enumerate(losses)]


def test_the_step_with_the_lowest_loss_is_kept() -> None:
    assert kept_of(looks(3.4, 3.2, 3.1, 3.3)).step == 50


def test_what_was_there_before_the_first_step_is_not_kept_even_if_it_was_better() -> None:
    assert kept_of(looks(3.4, 5.7, 5.6)).step == 50


def test_a_run_that_was_never_looked_at_has_its_beginning() -> None:
    assert kept_of(looks(3.4)).step == 0
