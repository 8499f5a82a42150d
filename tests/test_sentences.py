"""Where sentences end, in both languages, and how texts are split there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sentences import cut_before, last_sentence_end, sentence_ends, split

PROSE = st.text(st.sampled_from("ab I.!?…。！？ \n\"”’)「」'1,，他来"), max_size=300)


def sentences(text: str) -> list[str]:
    starts = [0, *sentence_ends(text)]
    return [
        text[one:other].strip()
        for one, other in zip(starts, [*starts[1:], len(text)], strict=True)
        if text[one:other].strip()
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The fox left. The owl stayed.", ["The fox left.", "The owl stayed."]),
        ("Who? Me! Yes.", ["Who?", "Me!", "Yes."]),
        ("“Run.” She ran.", ["“Run.”", "She ran."]),
        ('He said "Go!" (He meant it.) Then he left.', ['He said "Go!"', "(He meant it.)", "Then he left."]),
        (
            "Mr. Toad met Dr. Mole at 5 p.m. by the river. They ate.",
            ["Mr. Toad met Dr. Mole at 5 p.m. by the river.", "They ate."],
        ),
        ("J. M. Barrie wrote it. We read it.", ["J. M. Barrie wrote it.", "We read it."]),
        ("It was I. Nobody else came.", ["It was I.", "Nobody else came."]),
        ("She said no. He left.", ["She said no.", "He left."]),
        ("They lived at No. 7. It rained.", ["They lived at No. 7.", "It rained."]),
        ("It took 3.5 hours. Then it rained.", ["It took 3.5 hours.", "Then it rained."]),
        ("He waited... She came.", ["He waited...", "She came."]),
        ("He waited… She came.", ["He waited…", "She came."]),
        ("He wait…ed for her. She came.", ["He wait…ed for her.", "She came."]),
        ("狐狸走了。猫头鹰留下了！谁来了？", ["狐狸走了。", "猫头鹰留下了！", "谁来了？"]),
        ("“你是谁？”狐狸问。", ["“你是谁？”", "狐狸问。"]),
        ("他等了很久……她来了。", ["他等了很久……", "她来了。"]),
        ("「走吧。」他说。", ["「走吧。」", "他说。"]),
        ("no end in sight", ["no end in sight"]),
        ("", []),
    ],
)
def test_sentences_are_told_apart(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "finished"),
    [("One. Two", "One."), ("One.", "One."), ("He met Mr.", "He met Mr."), ("not yet", ""), ("走了。还", "走了。")],
)
def test_the_last_finished_sentence_is_found(text: str, finished: str) -> None:
    assert text[: last_sentence_end(text)] == finished


@pytest.mark.parametrize(
    ("text", "limit", "first"),
    [
        ("short", 10, "short"),
        ("aaaa aaaa.\n\nbbbb bbbb", 16, "aaaa aaaa.\n\n"),
        ("aaaa aaaa. bbbb bbbb", 16, "aaaa aaaa."),
        ("aaaa aaaa. bbbb", 10, "aaaa aaaa."),
        ("aaaaaaaaaa\nbbbb bbbb", 16, "aaaaaaaaaa\n"),
        ("A. aaaaaaaaa bbbb", 14, "A. aaaaaaaaa "),
        ("aaaaaaaaaaaaaaaaaaaa", 8, "aaaaaaaa"),
        ("第一句话到这里。第二句话也到这里。", 10, "第一句话到这里。"),
    ],
)
def test_a_text_is_cut_at_the_coarsest_place_that_wastes_no_half(text: str, limit: int, first: str) -> None:
    assert text[: cut_before(text, limit)] == first


@given(PROSE, st.integers(1, 60))
def test_splitting_keeps_the_limit_and_loses_nothing_but_white_space(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < len(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(PROSE)
def test_sentence_ends_grow_and_each_follows_a_mark(text: str) -> None:
    ends = list(sentence_ends(text))
    assert ends == sorted(set(ends))
    assert all(text[:end].rstrip("\"'”’»)]}*_」』）】〉》")[-1] in ".!?…。！？" for end in ends)


@given(PROSE, PROSE)
def test_what_follows_a_space_does_not_move_the_ends_before_it(text: str, more: str) -> None:
    """What was taken as finished while a text grows stays finished."""
    whole = set(sentence_ends(f"{text} {more}"))
    assert {end for end in sentence_ends(f"{text} ") if end < len(text)} <= whole


def test_before_anything_follows_no_may_still_become_a_number() -> None:
    assert list(sentence_ends("They lived at No. ")) == []
    assert list(sentence_ends("She said no.")) == [12]


def test_a_pause_within_a_quotation_ends_nothing() -> None:
    assert list(sentence_ends("“wait…”and so on")) == []
