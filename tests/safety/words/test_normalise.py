"""Text as a matcher sees it, with a way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.safety.words.normalise import normalise


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("The FOX", "the fox"),
        ("ｆｏｘ", "fox"),
        ("fóx", "fox"),
        ("fo\u0301x", "fox"),
        ("f\u200bo\u00adx", "fox"),
        ("f\x00ox", "fox"),
        ("𝐟𝐨𝐱 𝒻ℴ𝓍 ⓕⓞⓧ", "fox fox fox"),
        ("Straße", "strasse"),
        ("ﬁne", "fine"),
        ("the\u00a0fox", "the fox"),
        ("the \t\n  fox", "the fox"),
        ("狐狸。", "狐狸。"),
        ("", ""),
    ],
)
def test_what_looks_alike_is_folded_alike(text: str, folded: str) -> None:
    assert normalise(text)[0] == folded


@given(st.text(max_size=60))
def test_each_folded_character_knows_where_it_came_from(text: str) -> None:
    folded, origin = normalise(text)
    assert len(folded) == len(origin)
    assert origin == sorted(origin)
    assert all(0 <= offset < len(text) for offset in origin)


@given(st.text(max_size=30), st.text(max_size=30))
def test_folding_goes_character_by_character(one: str, other: str) -> None:
    """A text in pieces is folded as the whole is, but for the white space that both pieces have at the seam."""
    whole = normalise(one + other)[0]
    in_pieces = normalise(one)[0] + normalise(other)[0]
    assert in_pieces == whole or in_pieces.replace("  ", " ") == whole
