"""What is judged as one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.safety.units import LONGEST, unit_ends

PIECES = st.lists(
    st.sampled_from(
        [
            "He went. ",
            "“Who?” ",
            "no. 7 ",
            "No.",
            "Mr. Rook ",
            "\n\n",
            "\n",
            " ",
            "a" * 90,
            "他走了。",
            "！",
            "…",
            "x",
            ".”",
            "7",
        ]
    ),
    max_size=40,
).map("".join)


def units(text: str) -> list[str]:
    ends = list(unit_ends(text, last=True))
    return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two.", ["One. ", "Two."]),
        ("“Who goes?” he cried. No one.", ["“Who goes?” ", "he cried. ", "No one."]),
        ("Mr. Rook came in", ["Mr. Rook came in"]),
        ("他走了。“谁？”她问。", ["他走了。", "“谁？”", "她问。"]),
        ("a line\nand its end\n\nthe next", ["a line\nand its end\n\n", "the next"]),
        ("", [""]),
    ],
)
def test_a_unit_is_a_sentence_with_the_space_behind_it(text: str, expected: list[str]) -> None:
    assert units(text) == (expected if text else [""])


@given(PIECES)
def test_units_are_the_text_and_none_is_too_long(text: str) -> None:
    assert "".join(units(text)) == text
    assert all(len(unit) <= LONGEST for unit in units(text))


@given(PIECES, st.integers(0, 400))
def test_a_unit_that_has_come_to_its_end_stays_one_whatever_follows(text: str, cut: int) -> None:
    so_far = list(unit_ends(text[:cut], last=False))
    assert so_far == list(unit_ends(text, last=True))[: len(so_far)]


@given(PIECES)
def test_units_go_on_from_where_the_last_one_ended(text: str) -> None:
    ends = list(unit_ends(text, last=True))
    for number, end in enumerate(ends[:-1]):
        assert [end + more for more in unit_ends(text[end:], last=True)] == ends[number + 1 :]
