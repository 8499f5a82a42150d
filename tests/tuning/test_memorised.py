"""What stands word for word in what was learned from is found, however it is written, and nothing else is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.tuning.document import PARAGRAPH_BREAK
from bot.tuning.memorised import BEGINNING_WORDS, BEGINNINGS, PASSAGE_WORDS, RUN, beginnings, memorised

TALE = (
    "Once upon a time there was a fox who lived under the old stone bridge, and every evening it counted the lights in "
    "the village until it fell asleep."
)


def test_a_passage_of_its_texts_is_quoted_as_the_model_wrote_it() -> None:
    found = memorised([f"He said: there was a FOX who lived,\nunder the old stone bridge! So it {'ran ' * 9}"], [TALE])
    assert found.longest == "there was a FOX who lived, under the old stone bridge"
    assert 0 < found.share < 0.3


def test_a_text_that_was_learned_by_heart_warns() -> None:
    found = memorised([TALE], ["Something else. " + TALE + " And more."])
    assert found.share == 1
    assert found.longest == TALE.rstrip(".")
    assert found.warns


def test_words_of_ones_own_are_not_found(tmp_path: object) -> None:
    found = memorised(["The owl read a letter that nobody had written, and it wept."], [TALE])
    assert (found.share, found.longest, found.warns) == (0, "", False)


def test_the_longest_passage_is_of_one_place_and_not_of_two_side_by_side() -> None:
    first, second = "a b c d e f g h i j", "f g h i j k l m n o p"
    found = memorised(["a b c d e f g h i j k l m n o p"], [first, second])
    assert found.longest == "f g h i j k l m n o p"


def test_chinese_is_compared_by_characters() -> None:
    tale = "从前有一只狐狸住在一座古老的石桥下面每天晚上它都要数村子里的灯火"
    assert memorised([f"他说，{tale[3:25]}。"], [tale]).longest == tale[3:25]
    assert memorised([f"他说，{tale[3:15]}。"], [tale]).share == 0


def test_nothing_is_compared_with_nothing() -> None:
    assert memorised([], []).share == memorised(["a"], [TALE]).share == memorised([TALE], []).share == 0


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=30), st.lists(st.sampled_from(["a", "b", "c"]), max_size=60))
def test_it_finds_just_the_runs_that_are_in_both(one: list[str], other: list[str]) -> None:
    found = memorised([" ".join(one)], [" ".join(other)])
    runs = [one[at : at + RUN] for at in range(len(one) - RUN + 1)]
    there = [other[at : at + RUN] for at in range(len(other) - RUN + 1)]
    shared = [run for run in runs if run in there]
    assert found.share == (len(shared) / len(runs) if shared else 0)
    lengths = [
        length
        for length in range(RUN, len(one) + 1)
        for at in range(len(one) - length + 1)
        for to in range(len(other) - length + 1)
        if one[at : at + length] == other[to : to + length]
    ]
    assert len(found.longest.split()) == max(lengths, default=0)


def test_beginnings_are_those_of_long_passages_and_the_same_for_a_seed() -> None:
    passages = [f"Passage {number} " + " ".join(f"word{at}" for at in range(PASSAGE_WORDS)) for number in range(40)]
    text = PARAGRAPH_BREAK.join(["Too short a passage.", *passages])
    found = beginnings([text], seed=3)
    assert len(found) == BEGINNINGS
    assert all(text.count(each) >= 1 and len(each.split()) == BEGINNING_WORDS for each in found)
    assert found == beginnings([text], seed=3) != beginnings([text], seed=4)
    assert beginnings(["Too short a passage."], seed=3) == beginnings([], seed=3) == []
