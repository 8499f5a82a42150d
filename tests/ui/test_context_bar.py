"""How what the model sees is drawn: a bar of twenty squares, and lines."""

from __future__ import annotations

from gettext import NullTranslations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.stories.context import Context, LeftOut, Shares
from bot.ui.context_bar import SQUARES, bar, context_text
from bot.ui.texts import Translate
from bot.writing.contexts import Preview, Room
from tests.stories.test_world import entry

SPEAK = Translate("en-US", NullTranslations())


@pytest.mark.parametrize(
    ("tokens", "drawn"),
    [
        ({"a": 50, "b": 50}, "a" * 10 + "b" * 10),
        ({"a": 1, "b": 0, "c": 10}, "acc" + "⬛" * 17),
        ({"a": 100, "b": 1}, "a" * 19 + "b"),
        ({}, "⬛" * 20),
    ],
)
def test_what_takes_any_room_has_a_square_and_the_rest_is_free(tokens: dict[str, int], drawn: str) -> None:
    assert bar(tokens, 100) == drawn


@given(st.lists(st.integers(0, 2000), min_size=5, max_size=5), st.integers(1, 1024))
def test_a_bar_is_always_as_long_and_leaves_nothing_out(counts: list[int], total: int) -> None:
    drawn = bar(dict(zip("abcde", counts, strict=True)), total)
    assert len(drawn) == SQUARES
    assert all((square in drawn) is bool(count) for square, count in zip("abcde", counts, strict=True))


def test_all_that_was_left_out_is_said_and_entries_are_named_without_markdown() -> None:
    world = tuple(entry(number, f"*key {number}*") for number in range(9))
    context = Context(
        text="",
        shares=Shares(memory=200, world=160, note=80, story=364),
        left_out=LeftOut(story=2000, memory=1, note=20, world=world),
        entries=world[:1],
    )
    assert context_text(Preview("gpt2", context, Room(864, 160, 1024)), SPEAK) == (
        "**What gpt2 sees before it goes on:** 964 of 1,024 tokens, room to write included\n"
        "🟦🟦🟦🟩🟩🟩🟨🟧🟧🟧🟧🟧🟧🟧⬜⬜⬜⬛⬛⬛\n"
        "🟦 memory: 200\n🟩 world: 160 (\\*key 0\\*)\n🟨 author's note: 80\n🟧 story: 364\n⬜ room to write: 160\n"
        "⬛ free: 60\n"
        "-# The last 1 character of the memory had no room.\n"
        "-# The last 20 characters of the author's note had no room.\n"
        "-# No room, or not enough, for these entries of the world: "
        + ", ".join(f"\\*key {number}\\*" for number in range(8))
        + "…\n-# The model no longer sees the first 2000 characters of this story."
    )
