from __future__ import annotations

from bot.engine.process.suspects import REFUSED_SECONDS, Refusals, Suspects


def test_what_was_there_at_one_death_goes_again_with_all_others() -> None:
    suspects = Suspects()
    assert suspects.died(["a", "b"]) == set()
    assert list(suspects.next(["a", "b", "c"])) == ["a", "b", "c"]


def test_the_only_one_that_was_there_twice_is_refused_before_a_third_death() -> None:
    suspects = Suspects()
    suspects.died(["a", "b"])
    suspects.cleared("b")
    assert suspects.died(["a", "c"]) == {"a"}
    assert list(suspects.next(["c"])) == ["c"]


def test_of_several_that_were_there_twice_each_is_tried_alone_and_the_guilty_one_alone_is_refused() -> None:
    suspects = Suspects()
    assert suspects.died(["a", "b", "c"]) == set()
    assert suspects.died(["a", "b", "c", "new"]) == set()
    assert list(suspects.next(["a", "b", "c", "new"])) == ["a"]
    assert list(suspects.next(["b", "c", "new"])) == [], "nobody stands beside it"
    suspects.cleared("a")
    assert list(suspects.next(["b", "c", "new"])) == ["b"]
    assert suspects.died(["b"]) == {"b"}
    assert list(suspects.next(["c", "new"])) == ["c"]
    suspects.cleared("c")
    assert list(suspects.next(["new"])) == ["new"]


def test_a_suspect_that_is_not_wanted_any_more_holds_nobody_up() -> None:
    suspects = Suspects()
    suspects.died(["a", "b"])
    suspects.died(["a", "b"])
    assert list(suspects.next(["a", "b", "c"])) == ["a"]
    suspects.cleared("b")
    suspects.cleared("a")
    assert list(suspects.next(["c"])) == ["c"]


def test_a_text_is_refused_for_a_while() -> None:
    now = 100.0
    refusals = Refusals(lambda: now)
    refusals.refuse("poison")
    assert refusals.refuses("poison")
    assert not refusals.refuses("water")
    now += REFUSED_SECONDS + 1
    assert not refusals.refuses("poison")
