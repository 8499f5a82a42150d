"""What can be offered as an action, and what cannot."""

from __future__ import annotations

import pytest

from bot.writing.suggestions import chosen, is_action


@pytest.mark.parametrize("text", ["open the door", "take Anna's lamp", "walk slowly towards the old red-brick house"])
def test_what_begins_with_something_to_do_is_an_action(text: str) -> None:
    assert is_action(text, chinese=False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "run",
        "Open the door",
        "are afraid",
        "can't open it",
        "the door",
        "open the door and then the window and the gate",
        "open door (locked)",
        "write a short story",
        "visit www.example.com now",
        "take a very " + "x" * 80,
    ],
)
def test_what_is_too_short_too_long_no_action_or_no_story_is_none(text: str) -> None:
    assert not is_action(text, chinese=False)


@pytest.mark.parametrize(("text", "good"), [("拿起蜡烛", True), ("走", False), ("走" * 20, False), ("run away", False)])
def test_chinese_is_counted_by_characters(text: str, *, good: bool) -> None:
    assert is_action(text, chinese=True) is good


def test_each_is_there_once_in_the_order_in_which_they_came() -> None:
    assert chosen([" open  it", "see Tom", "open it", "see tom", "are"], chinese=False) == ("open it", "see Tom")
