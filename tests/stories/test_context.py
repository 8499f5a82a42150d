"""What of a story the model sees."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from bot.stories.context import LETTERS, STEPS, end_of, fit, pieces


def words(sentences: list[str]) -> list[int]:
    return [len(sentence.split()) for sentence in sentences]


@given(st.text(st.sampled_from("ab .!?。！“” \n他"), max_size=400), st.integers(1, 4))
def test_pieces_joined_are_the_story(text: str, times: int) -> None:
    found = pieces(text * times)
    assert "".join(found) == text * times
    assert all(0 < len(piece) <= 1000 for piece in found)


def test_a_sentence_without_an_end_in_sight_is_cut() -> None:
    assert list(map(len, pieces("a" * 2600))) == [500, 500, 500, 500, 600]


@given(st.lists(st.integers(1, 30), min_size=1, max_size=60), st.integers(1, 200))
def test_what_is_shown_fits_ends_with_the_newest_sentence_and_is_an_end_of_the_story(
    tokens: list[int], room: int
) -> None:
    sentences = ["w " * count for count in tokens]
    story = "".join(sentences)
    context = fit(sentences, tokens, room)
    assert story.endswith(context.text)
    assert context.left_out == len(story) - len(context.text)
    if tokens[-1] <= room:
        assert len(context.text.split()) <= room
        assert context.text.endswith(sentences[-1])
    else:
        assert context.text
        assert len(context.text.split()) <= max(1, room)


def test_a_story_that_fits_is_shown_whole() -> None:
    assert fit(["One. ", "Two."], [1, 1], 2).text == "One. Two."
    assert fit([], [], 1).text == ""


def test_the_window_fills_at_least_most_of_the_room() -> None:
    sentences = [f"word{number}. " for number in range(500)]
    shown = fit(sentences, words(sentences), 100).text
    assert 100 - 100 // STEPS <= len(shown.split()) <= 100


def test_while_a_story_grows_its_context_keeps_its_beginning_for_many_turns() -> None:
    room, sentences, beginnings = 200, [f"s{number} a b c d e f. " for number in range(28)], []
    for number in range(28, 228):
        sentences.append(f"s{number} a b c d e f. ")
        shown = fit(sentences, words(sentences), room).text
        assert shown.endswith(sentences[-1])
        beginnings.append(shown.split()[0])
    changes = sum(one != other for one, other in itertools.pairwise(beginnings))
    # 200 sentences of 7 words are 1,400 words; a step is 50.
    assert changes <= 1400 // (room // STEPS) + 1


def test_a_last_sentence_beyond_the_room_is_cut_from_its_end() -> None:
    context = fit(["First. ", "x" * 100], [2, 100], 10)
    assert 0 < len(context.text) <= 10
    assert context.left_out == 107 - len(context.text)


def test_what_is_blank_at_the_end_never_takes_the_place_of_the_newest_words() -> None:
    sentences = ["First. ", "x" * 40, "\n\n"]
    assert fit(sentences, [2, 40, 1], 20).text == "x" * 8 + "\n\n"
    assert fit(["x" * 20, "\n\n"], [20, 1], 20).text.endswith("x\n\n")


def test_a_chinese_story_is_left_out_by_sentences() -> None:
    sentences = pieces("第一句话。第二句话。第三句话。第四句话。")
    context = fit(sentences, [5, 5, 5, 5], 12)
    assert context.text == "第三句话。第四句话。"
    assert context.left_out == 10


def test_of_a_long_story_only_its_end_is_looked_at_and_that_begins_anew_seldom() -> None:
    room, story, begun = 100, "", []
    for number in range(400):
        story += f"The clock struck {number} again. "
        end = end_of(story, room)
        assert story.endswith(end)
        assert len(end) >= min(len(story), LETTERS * room)
        assert len(end) < (LETTERS + 2) * room
        begun.append(len(story) - len(end))
    assert len(set(begun)) < len(story) / room
